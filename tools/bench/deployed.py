"""The function's source as it is in the image that Google builds."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = {"SOURCE_DATE_EPOCH": "315532800"}
"""The variable that `deploy.sh` sets for the build."""
IMAGE_TIME = 315_532_800
"""When every file of the image was changed, as the buildpacks have it: 1980-01-01, in Unix seconds."""


def copy_upload(folder: Path) -> Path:
    """Copy what is uploaded, without what only `python -m relay` uses; return the folder."""
    for name in ("relay", "forwarders"):
        ignored = shutil.ignore_patterns("__pycache__", "__main__.py")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "main.py", folder)
    return folder


def build(folder: Path, variables: Mapping[str, str]) -> None:
    """Do what the buildpacks do with a function: compile it, give all files one time, and lock them.

    https://github.com/GoogleCloudPlatform/buildpacks/tree/main/cmd/python
    """
    command = [sys.executable, "-m", "compileall", "-f", "-q", "."]
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(command, cwd=folder, env={**environ, **variables}, check=True)
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (IMAGE_TIME, IMAGE_TIME))
        path.chmod(0o555 if path.is_dir() else 0o444)


def unlock(folder: Path) -> None:
    """Let the folder be removed."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
