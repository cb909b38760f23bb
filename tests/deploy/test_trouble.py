"""deploy.sh where the machine, gcloud or files are not as they should be: it loses nothing, and says why."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.settings import Settings
from tests.deploy.clone import Clone

PROJECT = "--project=test-project"


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond some bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_env_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("API_KEY=the-only-copy\n")
    settings = Settings(file)

    with full_disk(), pytest.raises(OSError, match="too large"):
        settings.remember("LEDGER_SECRET", "another")

    assert [each.name for each in tmp_path.iterdir()] == [".env"]
    assert file.read_text() == "API_KEY=the-only-copy\n"


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_a_mark_that_ends_a_line_elsewhere_stays_in_its_line(tmp_path: Path, mark: str) -> None:
    expected = {"ONE": f"a{mark}B=c", "TWO": "2"}
    for name, value in expected.items():
        Settings(tmp_path / ".env").remember(name, value)

    assert dict(Settings(tmp_path / ".env")) == expected


def test_where_env_cannot_be_written_it_says_so(clone: Clone) -> None:
    (clone.folder / ".env").unlink()
    (clone.folder / ".env").symlink_to("another/folder/.env")

    done = clone.deploy(PROJECT, "--yes")

    assert done.returncode == 1
    assert "Stopped at: API_KEY is set to a strong key\n  Is .env writable?" in done.stderr
    assert "Traceback" not in done.stderr
    assert clone.changes() == []


@pytest.mark.parametrize("command", ["url", "logs"])
def test_what_only_reads_also_says_where_to_get_gcloud(clone: Clone, command: str) -> None:
    (clone.folder / "bin" / "gcloud").unlink()
    clone.path = str(clone.folder / "bin")
    for name in ("bash", "dirname"):
        (clone.folder / "bin" / name).symlink_to(f"/usr/bin/{name}")

    assert clone.deploy(command, PROJECT).stderr.startswith("\n✗ gcloud is not installed.")


def test_the_doctor_goes_on_without_the_packages(deployed: Clone) -> None:
    deployed.exported["PYTHON"] = ""

    done = deployed.deploy("doctor")

    assert "✗ The packages of this project are installed\n  make setup" in done.stdout
    assert "No such file or directory: '.venv/bin/python'" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("variable", ["PYTHONSAFEPATH=1", "PYTHONIOENCODING=latin-1"])
def test_how_python_is_set_in_the_shell_does_not_matter(deployed: Clone, variable: str) -> None:
    name, _, value = variable.partition("=")
    deployed.exported[name] = value

    done = deployed.deploy("doctor")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", ["a = [", "destinations = 1", "[destinations]\nme = 1"])
def test_the_doctor_names_a_configuration_file_that_is_not_valid(deployed: Clone, text: str) -> None:
    deployed.write("config.toml", text)

    done = deployed.deploy("doctor")

    assert "  config.toml is not valid.\n  ./sms-relay check says what to fix." in done.stdout
    assert "Traceback" not in done.stderr


def test_no_key_is_changed_where_the_configuration_is_not_valid(deployed: Clone) -> None:
    deployed.cloud.always_fails = "relay check"
    before = deployed.env

    done = deployed.deploy("rotate-key", "--compromised", "--yes")

    assert "Stopped at: The configuration is valid" in done.stderr
    assert (deployed.changes(), deployed.env) == ([], before)


def test_what_gcloud_prints_instead_of_json_is_shown(deployed: Clone) -> None:
    program = (deployed.folder / "bin" / "gcloud").read_text()
    deployed.program(
        "gcloud", program.replace("#!/bin/bash\n", "#!/bin/bash\necho 'Updates are available'\n")
    )

    done = deployed.deploy()

    assert done.returncode == 1
    assert "does not print JSON, but: Updates are available" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_gcloud_that_does_not_know_a_flag_is_called_old(deployed: Clone) -> None:
    refusal = "ERROR: (gcloud.functions.list) unrecognized arguments: --v2"
    deployed.program(
        "gcloud", f"#!/bin/bash\n[[ $1 != functions ]] || {{ echo '{refusal}' >&2; exit 2; }}\necho '[1]'\n"
    )

    assert "gcloud components update" in deployed.deploy().stderr


def test_a_reader_of_the_log_may_end_early(deployed: Clone) -> None:
    deployed.door.cloud = deployed.cloud
    deployed.state["log"] = [
        {"hours": 1, "resource": {"type": "cloud_run_revision", "labels": {"service_name": "sms-relay"}}}
    ]
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        ["bash", "./deploy.sh", "logs"],
        cwd=deployed.folder,
        env=deployed.environ(),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (1, b"")


def test_a_folder_that_the_shell_searches_is_not_another_clone(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "other" / "clone").mkdir(parents=True)
    environ = clone.environ() | {"CDPATH": str(tmp_path / "other")}

    done = subprocess.run(
        ["bash", "clone/deploy.sh", "--help"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", ["LEDGER_SECRET", "SIGNING_KEYS"])
def test_a_secret_that_was_stored_with_the_end_of_its_line_is_taken_over_without(
    deployed: Clone, name: str
) -> None:
    """The function and the commands have to see the same."""
    deployed.clear()
    versions = deployed.state["secrets"][f"sms-relay-{name}"]["versions"]
    versions.append(versions[0] | {"name": f"{versions[0]['name'][:-1]}2", "data": "by-openssl\n"})

    done = deployed.deploy(PROJECT, "--yes")

    assert done.returncode == 0, done.stderr
    assert deployed.setting(name) == deployed.value(name) == "by-openssl"
    assert deployed.deployed()["secrets"][name] == f"sms-relay-{name}:3"


def test_a_configuration_file_is_restored_however_its_name_is_written(deployed: Clone) -> None:
    deployed.write("mine.toml", '[destinations.me]\ntype = "webhook"\nurl = "https://example.org"\n')
    deployed.write(".env", f"{deployed.env}CONFIG_FILE=./mine.toml\n")
    deployed.deploy()
    deployed.clear()
    (deployed.folder / "mine.toml").unlink()

    deployed.deploy("restore-env", PROJECT)

    assert (deployed.folder / "mine.toml").stat().st_mode & 0o777 == 0o600
