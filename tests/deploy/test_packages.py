"""Which Python deploy.sh uses, and what it does where that one cannot read `.env`."""

import subprocess
import sys

import pytest

from tests.deploy.clone import ROOT, Clone

SETUP = """
setup:
\t@mkdir -p .venv/bin && cp bin/python .venv/bin/python && touch .venv/.needed && echo made with $(PYTHON)
"""
WITHOUT_PACKAGES = "#!/bin/bash\nexit 1\n"


@pytest.fixture
def bare(deployed: Clone) -> Clone:
    """A clone without `.venv`, on a machine whose own Python has no packages."""
    deployed.write("Makefile", SETUP)
    deployed.program("bare-python", WITHOUT_PACKAGES)
    deployed.exported["PYTHON"] = "bare-python"
    return deployed


def test_a_python_without_the_packages_creates_the_environment(bare: Clone) -> None:
    done = bare.deploy()

    assert done.returncode == 0, done.stderr
    assert "made with bare-python" in done.stdout
    assert bare.changes() == []


def test_a_python_in_path_is_used_if_it_has_the_packages(bare: Clone) -> None:
    bare.exported["PYTHON"] = "python"

    done = bare.deploy()

    assert done.returncode == 0, done.stderr
    assert "made with" not in done.stdout
    assert bare.changes() == []


@pytest.mark.parametrize("interrupted", [WITHOUT_PACKAGES, '#!/bin/bash\nexec bin/python "$@"\n'])
def test_an_interrupted_setup_is_run_again(bare: Clone, interrupted: str) -> None:
    bare.write(".venv/bin/python", interrupted)
    (bare.folder / ".venv/bin/python").chmod(0o755)

    done = bare.deploy()

    assert done.returncode == 0, done.stderr
    assert "made with bare-python" in done.stdout


@pytest.mark.parametrize("command", ["url", "logs"])
def test_what_only_reads_needs_no_packages(bare: Clone, command: str) -> None:
    done = bare.deploy(command)

    assert done.returncode == 0, done.stderr
    assert "made with" not in done.stdout


def test_without_a_new_enough_python_it_says_where_to_get_one(bare: Clone) -> None:
    for name in ("python", "python3", "python3.13", "python3.12", "python3.11"):
        bare.program(name, WITHOUT_PACKAGES)
    bare.path = str(bare.folder / "bin")
    for name in ("bash", "dirname", "env"):
        (bare.folder / "bin" / name).symlink_to(f"/usr/bin/{name}")

    assert "python.org/downloads" in bare.deploy().stderr


def test_the_operators_python_needs_the_standard_library_alone() -> None:
    modules = ", ".join(f"deploy.{each.stem}" for each in (ROOT / "deploy").glob("*.py"))
    code = f"import sys; sys.path.insert(0, sys.argv[1]); import {modules}"

    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], check=True)
