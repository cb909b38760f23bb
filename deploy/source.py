"""What is uploaded: the files of the function, the packages they need, and its open variables."""

import hashlib
import json
import shutil
from collections.abc import Container, Sequence
from pathlib import Path

from deploy.deployment import Deployment
from deploy.destinations import destination_types
from deploy.failures import Stopped
from deploy.packages import find_python

MEMORY_MIB = 1024
"""Mebibytes. With one destination, 12 of the largest MMS fit in them at once."""
CONCURRENCY = 12


def config_file(deployment: Deployment) -> Path | None:
    """Return the configuration file, if it exists."""
    return deployment.settings.config_file


def ledger_url(deployment: Deployment) -> str:
    """Return the ledger's address, as the function needs it."""
    return f"firestore://{deployment.project}" if deployment.uses_firestore else "memory:"


def open_variables(deployment: Deployment) -> dict[str, str]:
    """Return the variables that the function gets as they are."""
    memory = str(MEMORY_MIB * 1024 * 1024)
    return {"LEDGER_URL": ledger_url(deployment), "MEMORY_BYTES": memory, **deployment.settings.open()}


def check_configuration(deployment: Deployment) -> None:
    """Check the configuration as the function will see it, without the variables of this shell.

    Raises:
        Stopped: a secret is empty, which Secret Manager would not take.
        CommandFailed: it is not valid; what is wrong was printed.
    """
    for name in () if deployment.is_dry else deployment.settings.secrets():
        if name in deployment.settings and not deployment.settings[name]:
            raise Stopped(f"{name} is empty in .env.", "Set it, or remove it.")
    variables = open_variables(deployment)
    environ = {
        "K_SERVICE": deployment.name,
        **{name: variables[name] for name in ("LEDGER_URL", "MEMORY_BYTES")},
    }
    deployment.google.run(find_python(), "-m", "relay", "check", environ=environ)


def collect_source(deployment: Deployment) -> None:
    """Copy what is uploaded into the working folder.

    Raises:
        Stopped: the configuration file would not be uploaded.
    """
    if deployment.is_dry:
        deployment.google.show("gcloud", "meta", "list-files-for-upload", ".")
        return
    files = deployment.google.read("meta", "list-files-for-upload", ".").splitlines()
    _refuse_other_folders(deployment, files)
    target = deployment.work / "source"
    shutil.rmtree(target, ignore_errors=True)
    for file in files:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / file)
    _add_requirements(target, destination_types(deployment.settings, config_file(deployment)))
    (deployment.work / "settings.yaml").write_text(
        json.dumps(open_variables(deployment))
    )  # JSON is valid YAML


def _refuse_other_folders(deployment: Deployment, files: Sequence[str]) -> None:
    path = config_file(deployment)
    if path and str(path) not in files:
        raise Stopped(
            f"{path} is not uploaded.", "CONFIG_FILE has to name a file in this folder, such as NAME.toml."
        )


def _add_requirements(target: Path, types: Container[str]) -> None:
    """Include what an optional destination needs: Google installs only `requirements.txt`."""
    with (target / "requirements.txt").open("a") as requirements:
        for file in sorted(Path().glob("requirements-*.txt")):
            if file.stem.removeprefix("requirements-") in types:
                shutil.copy(file, target)
                requirements.write(f"-r {file}\n")


def fingerprint(work: Path, flags: Sequence[str]) -> str:
    """Return 40 digits for everything that determines how the function behaves."""
    digest = hashlib.sha256("\n".join(flag.replace(str(work), "") for flag in flags).encode())
    files = [work / "settings.yaml", *(each for each in (work / "source").rglob("*") if each.is_file())]
    for file in sorted(files):
        digest.update(f"{file.relative_to(work)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:40]
