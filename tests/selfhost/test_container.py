"""The container: its two files, as far as they can be checked without Docker."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.selfhost.conftest import relay
from tools.function import ROOT, free_port

INSTRUCTIONS = {
    *("ARG", "CMD", "COPY", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN"),
    *("STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
}


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """The instructions and their values, without comments and line breaks."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def last(dockerfile: list[tuple[str, str]], name: str) -> str:
    return [value for instruction, value in dockerfile if instruction == name][-1]


def test_it_has_two_stages_of_the_deployed_python(dockerfile: list[tuple[str, str]]) -> None:
    version = (ROOT / ".python-version").read_text().split()[0]
    stages = [value for name, value in dockerfile if name == "FROM"]

    assert {name for name, _ in dockerfile} <= INSTRUCTIONS
    assert dockerfile[0] == ("ARG", f"PYTHON={version}")
    assert stages == ["python:${PYTHON}-slim-bookworm AS build", "python:${PYTHON}-slim-bookworm"]


def test_it_runs_without_root_and_can_be_stopped(dockerfile: list[tuple[str, str]]) -> None:
    assert last(dockerfile, "USER") == "relay"
    assert last(dockerfile, "VOLUME") == "/data"
    assert last(dockerfile, "STOPSIGNAL") == "SIGTERM"
    command = json.loads(last(dockerfile, "CMD"))
    assert command[:3] == ["python", "-m", "functions_framework"]
    assert [name for name, value in dockerfile if name == "RUN" and "--require-hashes" in value] == ["RUN"]


def test_each_script_of_it_is_one(dockerfile: list[tuple[str, str]]) -> None:
    for script in (value for name, value in dockerfile if name == "RUN"):
        subprocess.run(["sh", "-n", "-c", script], check=True)


def test_its_health_check_tells_a_function_that_answers(dockerfile: list[tuple[str, str]]) -> None:
    command = json.loads(last(dockerfile, "HEALTHCHECK").partition("CMD ")[2])
    port = free_port()

    def check() -> int:
        environ = {"PORT": str(port), "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            ["python3", *command[1:]], check=False, env=environ, capture_output=True
        ).returncode

    assert check() != 0
    with relay(port):
        assert check() == 0


def test_all_that_is_copied_is_in_the_context(dockerfile: list[tuple[str, str]]) -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"]

    for source in copied(dockerfile):
        found = list(ROOT.glob(source))
        assert found, source
        assert any(found == list(ROOT.glob(each)) or source == each for each in allowed), source
    assert all(list(ROOT.glob(each)) for each in allowed)


def copied(dockerfile: list[tuple[str, str]]) -> Iterator[str]:
    for name, value in dockerfile:
        if name == "COPY" and not value.startswith("--from"):
            yield from shlex.split(value)[:-1]


def test_what_compose_mounts_exists(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for mount in service["volumes"]:
            source = mount.partition(":")[0]
            assert Path(ROOT, source).exists() if source.startswith(".") else source in compose["volumes"]


def test_every_container_is_locked_down(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"


def test_the_relay_is_only_reached_through_this_machine(compose: dict[str, Any]) -> None:
    relay, caddy = compose["services"]["relay"], compose["services"]["caddy"]
    assert relay["ports"] == ["127.0.0.1:8080:8080"]
    assert relay["environment"]["LEDGER_URL"] == "sqlite:////data/ledger.db"
    assert caddy["profiles"] == ["https"]
    assert set(caddy["environment"]) == set(
        re.findall(r"\{\$(\w+):", (ROOT / "selfhost/Caddyfile").read_text())
    )
