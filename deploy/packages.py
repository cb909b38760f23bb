"""The Python that has the packages of this project: for its own commands, which deploy.sh calls."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.deployment import Deployment
from deploy.failures import Stopped

_OWN = ".venv/bin/python"
_PROBE = "import sys; from importlib.util import find_spec as f; sys.exit(not (f('click') and f('pydantic')))"


def find_python() -> str:
    """Return the Python that was named, if it has the packages, else that of `make setup`."""
    named = shutil.which(os.environ.get("PYTHON") or _OWN) or ""
    return named if named and _has_packages(named) else _OWN


def _has_packages(python: str) -> bool:
    return (
        bool(shutil.which(python))
        and not subprocess.run(
            [python, "-c", _PROBE], check=False, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        ).returncode
    )


def install_packages(deployment: Deployment) -> None:
    """Install what the commands of this project need."""
    named = [f"PYTHON={os.environ['PYTHON']}"] if os.environ.get("PYTHON") else []
    deployment.plan.step(
        "The packages of this project are installed",
        "Is Python 3.11 or newer installed? Name it: make PYTHON=/path/to/python3 setup",
        _are_installed,
        lambda: deployment.google.run("make", "--no-print-directory", *named, "setup"),
        fix="make setup",
    )


def _are_installed() -> bool:
    """Return whether they are there; an interrupted `make setup` leaves no `.needed`."""
    python = find_python()
    return (python != _OWN or Path(".venv/.needed").exists()) and _has_packages(python)


def require_program(program: str, where: str) -> None:
    """Check that a program is installed.

    Raises:
        Stopped: it is not.
    """
    if not shutil.which(program):
        raise Stopped(f"{program} is not installed.", f"Get it: {where}")
