"""One project as Google's API would show it, and the commands that read or change it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ProjectState = dict[str, Any]
Resource = dict[str, Any]


class Refused(Exception):
    """Google refuses the command."""


class Call(NamedTuple):
    """A parsed command line, its working directory and its standard input."""

    words: list[str]
    flags: dict[str, str]
    folder: Path
    given: str

    def path(self, flag: str) -> Path:
        return self.folder / self.flags[flag]

    def file(self, flag: str) -> str:
        return self.path(flag).read_text()

    @property
    def service(self) -> str:
        """Return the key of the Cloud Run service that it names."""
        return f"{self.flags['--region']}/{self.words[0]}"

    def label(self, flag: str) -> dict[str, str]:
        return dict(each.split("=", 1) for each in self.flags.get(flag, "").split(",") if each)


COMMANDS: dict[str, tuple[Callable[[ProjectState, Call], Any], bool]] = {}


def command(name: str, *, reads: bool = False) -> Callable[[Callable[[ProjectState, Call], Any]], Any]:
    def register(function: Callable[[ProjectState, Call], Any]) -> Callable[[ProjectState, Call], Any]:
        COMMANDS[name] = (function, reads)
        return function

    return register


def empty() -> ProjectState:
    """Return a new project."""
    return {
        "project": "test-project",
        "number": "123456789012",
        "account": "owner@example.org",
        "url": "http://127.0.0.1:1",
        "services": ["logging.googleapis.com", "cloudresourcemanager.googleapis.com"],
        "accounts": [],
        "policy": {"bindings": [{"role": "roles/owner", "members": ["user:owner@example.org"]}]},
        "databases": [],
        "ttl": [],
        "sinks": {"_Default": {"name": "_Default", "exclusions": []}},
        "metrics": [],
        "secrets": {},
        "repositories": [],
        "functions": [],
        "run": {},
        "zips": [],
        "forbidden": set(),
        "expired": False,
        "unreachable": "",
        "channels": [],
        "policies": [],
        "jobs": [],
        "log": [],
        "answers": "",
        "not_registered": [],
        "deleted": [],
    }


def parse(argv: list[str], folder: Path, given: str) -> Call:
    flags = {word.partition("=")[0]: word.partition("=")[2] for word in argv if word.startswith("--")}
    return Call([word for word in argv if not word.startswith("--")], flags, folder, given)


def find_command(call: Call) -> tuple[str, Call]:
    """Find the command that the line starts with, and keep only its arguments."""
    for length in range(len(call.words), 0, -1):
        name = " ".join(call.words[:length])
        if name in COMMANDS:
            return name, call._replace(words=call.words[length:])
    raise Refused(f"Invalid choice: {' '.join(call.words)}")


def one(resources: list[Resource], name: str) -> Resource:
    found = [each for each in resources if name in (each["name"], each["name"].rpartition("/")[2])]
    if not found:
        raise Refused(f"NOT_FOUND: {name}")
    return found[0]


def make(resources: list[Resource], resource: Resource) -> None:
    if any(each["name"] == resource["name"] for each in resources):
        raise Refused(f"ALREADY_EXISTS: {resource['name']}")
    resources.append(resource)


def drop(state: ProjectState, resources: list[Resource], name: str) -> None:
    gone = one(resources, name)
    resources.remove(gone)
    state["deleted"].append(gone["name"])


def forbid(state: ProjectState, policy: str, message: str) -> None:
    """Refuse if the organisation enforces a policy."""
    if policy in state["forbidden"]:
        raise Refused(message)


def require(fact: bool, otherwise: str) -> None:
    if not fact:
        raise Refused(f"FAILED_PRECONDITION: {otherwise}")
