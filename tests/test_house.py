"""The rules of the project: imports, documents, pinned versions, and what is uploaded."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.function import RUNTIME
from forwarders import REGISTRY
from relay.config import load
from relay.config.variables import KNOWN
from relay.events import TYPES, Unknown, parse
from relay_cli.main import COMMANDS
from relay_cli.posting import post
from testkit.services.telegram import TOKEN
from tools.function import HOST, free_port, running

ROOT = Path(__file__).parent.parent
PINS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
EXCEPTION = re.compile(r"#\s*(noqa|type: ignore|pragma)(?!\w).*")
NAMED = re.compile(r"(?<![\w/.<])((?:[\w.-]+/)+(?:[\w-]+\.\w+)?|\w+\.(?:py|sh))(?![\w<])")
"""A folder, a file in one, or a script at the root."""
REASONED = re.compile(r"#\s*(noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[\w, -]+\])\s+\W*\w.{3,}")


def list_documents() -> Iterator[Path]:
    yield from [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def list_sources() -> Iterator[Path]:
    for folder in ("relay", "relay_cli", "forwarders", "testkit", "tools", "tests"):
        yield from ROOT.glob(f"{folder}/**/*.py")
    yield from ROOT.glob("*.py")


# Imports


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    # As a process: in this one it would silence the loggers of other tests.
    done = subprocess.run(
        [sys.executable, linter, "--no-logo", "--no-cache"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout


def test_the_function_imports_only_what_all_forwarders_share() -> None:
    imported = set(find_imports(ROOT / "main.py"))

    assert {name for name in imported if name.startswith("forwarders")} <= {
        "forwarders.base",
        "forwarders.http",
    }


def find_imports(path: Path) -> Iterator[str]:
    """Yield the modules that a module imports, and the names that it imports from them."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_exception_to_a_rule_has_a_reason() -> None:
    unexplained = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in list_sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (found := EXCEPTION.search(line)) and not REASONED.match(found[0])
    ]

    assert unexplained == []


# Documents


def test_every_link_has_a_target() -> None:
    broken = [
        f"{path.name}: {link}"
        for path in list_documents()
        for link in find_links(path)
        if not has_target(path, link)
    ]

    assert broken == []


def find_links(path: Path) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link]


def has_target(path: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (path.parent / name) if name else path
    return target.exists() and (not anchor or anchor in find_anchors(target))


def find_anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_document_is_found_from_the_readme() -> None:
    found, new = set[Path](), {ROOT / "README.md"}
    while new:
        found |= new
        new = {each for path in new for each in linked_documents(path)} - found

    assert set(list_documents()) - found == set()


def linked_documents(path: Path) -> Iterator[Path]:
    for link in find_links(path):
        target = (path.parent / link.partition("#")[0]).resolve()
        if target.suffix == ".md" and target.exists():
            yield target


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_file_and_folder_that_a_guide_to_the_code_names_exists(name: str) -> None:
    prose = re.sub(r"\]\([^)]*\)", "]", (ROOT / name).read_text())  # links are tested above
    named = {found[1] for found in NAMED.finditer(prose)}

    assert len(named) > 10
    assert {each for each in named if not (ROOT / each).exists()} == set()


def test_the_readme_lists_every_type_of_destination() -> None:
    rows = re.findall(r"^\| `(\w+)` ", section("Destinations"), re.MULTILINE)

    assert rows == list(REGISTRY)


def test_the_configuration_in_the_readme_can_be_loaded(tmp_path: Path) -> None:
    [example] = re.findall(r"^```toml\n(.*?)^```", section("Configuration"), re.MULTILINE | re.DOTALL)
    (tmp_path / "config.toml").write_text(example)
    named = re.findall(r"\$\{(\w+)\}", example)
    values = {"TELEGRAM_BOT_TOKEN": TOKEN, "SMTP_URL": "smtps://user:password@mail.example.org:465"}

    config = load({"API_KEY": "a-key-of-this-test"} | {name: values[name] for name in named}, tmp_path)

    assert config.warnings == ()


def test_every_variable_in_the_readme_exists() -> None:
    named = re.findall(r"`([A-Z_]{5,})`", (ROOT / "README.md").read_text())

    assert set(named) <= KNOWN


def section(title: str) -> str:
    return (ROOT / "README.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_make_command_in_a_document_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    words = re.compile(r"(?:^\s*|`)make ([a-z]+)\b", re.MULTILINE)
    named = {name for path in list_documents() for name in words.findall(path.read_text())}

    assert {"demo", "run", "test"} <= named <= set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


def test_every_command_of_the_operator_in_a_document_exists() -> None:
    words = re.compile(r"(?:\./|sudo |exec relay )sms-relay ([a-z]+)\b")
    named = {name for path in list_documents() for name in words.findall(path.read_text())}

    assert {"check", "register", "undelivered"} <= named <= set(COMMANDS)


def test_the_changelog_starts_with_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert found
    assert found[1] == project["version"]


def test_there_is_a_sample_of_every_event_type_and_of_an_unknown_one(samples: Mapping[str, bytes]) -> None:
    events = [parse(body) for body in samples.values()]

    assert set(TYPES) <= {event.type for event in events}
    assert any(isinstance(event.payload, Unknown) for event in events)


# Pythons


def test_the_first_python_is_the_one_that_is_deployed_and_the_last_the_oldest_supported() -> None:
    versions = (ROOT / ".python-version").read_text().split()
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = f"python{versions[0].replace('.', '')}"

    assert runtime == RUNTIME
    assert tools["project"]["requires-python"] == f">={versions[-1]}"
    assert tools["tool"]["mypy"]["python_version"] == versions[-1]
    assert tools["tool"]["ruff"]["target-version"] == f"py{versions[-1].replace('.', '')}"


@pytest.mark.parametrize(
    ("versions", "found"),
    [("3.98 3.97", "3.98"), ("3.96 3.97", "3.97"), ("3.99 3.98", "3.99"), ("3.96", None)],
)
def test_a_python_is_found_by_its_version(tmp_path: Path, versions: str, found: str | None) -> None:
    """One is in PATH with its version in its name, one as python3, one only in the folder of pyenv."""
    for name, number in {
        "bin/python3.98": "3.98",
        "bin/python3": "3.97",
        "pyenv/versions/3.99.1/bin/python": "3.99",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'#!/bin/sh\n[ "$3" = {number} ]\n')
        (tmp_path / name).chmod(0o755)

    done = subprocess.run(
        [ROOT / "tools" / "find_python.sh", *versions.split()],
        check=False,
        env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "PYENV_ROOT": str(tmp_path / "pyenv")},
        capture_output=True,
        text=True,
    )

    paths = {"3.98": "bin/python3.98", "3.97": "bin/python3", "3.99": "pyenv/versions/3.99.1/bin/python"}
    assert done.stdout == (f"{tmp_path / paths[found]}\n" if found else "")
    assert (done.returncode == 0) == (found is not None)


# Pinned versions


@pytest.mark.parametrize("name", PINS)
def test_everything_is_pinned_by_hash_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    bare = re.sub(r"\s*\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))

    for line in bare.splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [^#]+?)?( --hash=sha256:[0-9a-f]{64})+", line), line
    assert "://" not in text


@pytest.mark.parametrize("name", PINS)
def test_every_requirement_is_pinned(name: str) -> None:
    lines = (ROOT / name).with_suffix(".in").read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and line[0] not in "#-"]

    for each in requirements:
        assert each.specifier.contains(pinned_version(read_pins(name)[canonicalize_name(each.name)]))


def test_all_files_pin_the_same_versions() -> None:
    first = read_pins("requirements.txt")

    for name in PINS:
        assert {key: str(each.specifier) for key, each in read_pins(name).items() if key in first} == {
            key: str(first[key].specifier) for key in read_pins(name) if key in first
        }


def test_the_tests_run_with_the_pinned_versions() -> None:
    applicable = [
        each for each in read_pins("requirements.txt").values() if not each.marker or each.marker.evaluate()
    ]

    assert {each.name: version(each.name) for each in applicable} == {
        each.name: pinned_version(each) for each in applicable
    }


def read_pins(name: str) -> dict[str, Requirement]:
    lines = re.findall(r"^(\w[^\\#]*?) \\?$", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


def pinned_version(requirement: Requirement) -> str:
    return next(iter(requirement.specifier)).version


# The upload


@pytest.fixture
def uploaded(need: Callable[[str], str], project: Path, tmp_path: Path) -> list[str]:
    """The files that gcloud would upload from a project in use."""
    gcloud = need("gcloud")
    (project / "relay").unlink()
    shutil.copytree(ROOT / "relay", project / "relay")
    for name in (".env", ".env.family", ".relay/ledger.db", "notes.txt", "relay/__pycache__/webhook.pyc"):
        create_empty(project / name)
    for name in ("config.toml", "my_forwarder.py"):
        create_empty(project / name)
    listing = subprocess.run(
        [gcloud, "meta", "list-files-for-upload", "."],
        cwd=project,
        env=os.environ | {"CLOUDSDK_CONFIG": str(tmp_path / "gcloud")},
        capture_output=True,
        check=True,
        text=True,
    )
    return listing.stdout.split()


def create_empty(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("")


def test_the_upload_contains_only_the_function(uploaded: list[str]) -> None:
    top_level = {"main.py", "requirements.txt", "config.toml", "my_forwarder.py"}
    read_by_the_function = {"relay/otp/words.index"}

    assert set(uploaded) == top_level | read_by_the_function | set(importable_files())


def importable_files() -> Iterator[str]:
    """Yield the files that main.py and the registry of forwarders can import, directly or indirectly."""
    graph = grimp.build_graph("relay", "forwarders", cache_dir=None)
    first = {*find_imports(ROOT / "main.py"), *(entry.path.partition(":")[0] for entry in REGISTRY.values())}
    found = first & graph.modules
    found |= {upstream for each in found for upstream in graph.find_upstream_modules(each)}
    for module in found | {package for each in found for package in parent_packages(each)}:
        path = Path(*module.split("."))
        yield str(path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py"))


def parent_packages(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def test_what_is_uploaded_starts_and_forwards(
    uploaded: list[str], project: Path, tmp_path: Path, samples: Mapping[str, bytes]
) -> None:
    for name in uploaded:
        (tmp_path / "cloud" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, tmp_path / "cloud" / name)
    environ = {name: value for name, value in os.environ.items() if name not in KNOWN}
    port = free_port()

    with running(environ | {"API_KEY": "a-key-of-this-test"}, port, tmp_path / "cloud"):
        answer = post(
            f"http://{HOST}:{port}/?apiKey=a-key-of-this-test", samples["sms-received"], "no-signing-key"
        )

    assert json.loads(answer.body)["deliveries"] == {"console": "delivered"}
