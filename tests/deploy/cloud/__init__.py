"""A fake gcloud: it records every command line, and keeps the state of one project.

It refuses what Google would refuse: a disabled service, a resource that is missing or exists already, an
account without the necessary rights.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.deploy.cloud import function, logs, project, scheduler, vault  # noqa: F401  (importing them registers their commands)
from tests.deploy.cloud.printing import format_resources
from tests.deploy.cloud.state import (
    COMMANDS,
    Call,
    ProjectState,
    Refused,
    Resource,
    empty,
    find_command,
    parse,
    require,
)

SERVICE_OF = {
    "artifacts": "artifactregistry",
    "run": "run",
    "firestore": "firestore",
    "functions": "cloudfunctions",
    "iam": "iam",
    "monitoring": "monitoring",
    "scheduler": "cloudscheduler",
    "secrets": "secretmanager",
}
LOCAL = ("auth list", "config get project", "relay check")
EXPIRED = """Reauthentication failed. cannot prompt during non-interactive execution.
There was a problem refreshing your current auth tokens. Please run:

  $ gcloud auth login

to obtain new credentials."""
FILES = ("--policy-from-file", "--config-from-file", "--env-vars-file", "--policy", "--flags-file")


class Line(NamedTuple):
    """A command line, and its result."""

    argv: list[str]
    reads: bool
    files: dict[str, str]
    failed: bool = False
    resources: list[Resource] | Resource | None = None
    answer: str = ""

    @property
    def text(self) -> str:
        """Return it without what differs between runs."""
        return re.sub(r"=/\S*/|source=\w{40}", "=", " ".join(self.argv))


@dataclass
class Delay:
    """Commands that start like this fail so many times, as in the first minutes of a project."""

    start: str
    message: str
    times: int = 2


class Cloud:
    """A project, and the commands that it received."""

    def __init__(self) -> None:
        self.state: ProjectState = empty()
        self.lines: list[Line] = []
        self.fails_once: Callable[[str], bool] = lambda _line: False
        """Which of the commands that change something fail the first time."""
        self.always_fails: str | None = None
        """The start of the commands that always fail."""
        self.interrupts_once: Callable[[str], bool] = lambda _line: False
        """After which of the commands that change something the operator presses Ctrl-C, the first time."""
        self.interrupt: Callable[[], None] = lambda: None
        self.delays: list[Delay] = []
        """What Google does not know everywhere yet."""

    def run(self, argv: list[str], folder: Path, given: str) -> str:
        """Run one command, and return what it prints; `given` is its standard input.

        Raises:
            Refused: Google would refuse it.
        """
        parsed = parse(argv, folder, given)
        name, call = find_command(parsed)
        run, reads = COMMANDS[name]
        line = Line(argv, reads, {flag: call.file(flag) for flag in FILES if flag in call.flags})
        if self._fails(line):
            self.lines.append(line._replace(failed=True))
            raise Refused("UNAVAILABLE: it did not work this time")
        self._refuse(line, name)
        is_new = line.text not in [each.text for each in self.lines]
        self.lines.append(with_result(line, deepcopy(run(self.state, call)), parsed))
        if is_new and not reads and self.interrupts_once(line.text):
            self.interrupt()
        return self.lines[-1].answer

    def _refuse(self, line: Line, name: str) -> None:
        """Refuse what Google would refuse: without a login, a service, or time."""
        if self.state["expired"] and name not in LOCAL:
            raise Refused(EXPIRED)
        refuse_if_disabled(self.state, name)
        for delay in self.delays:
            if line.text.startswith(delay.start) and delay.times:
                delay.times -= 1
                self.lines.append(line._replace(failed=True))
                raise Refused(delay.message)

    def _fails(self, line: Line) -> bool:
        new = line.text not in [each.text for each in self.lines]
        broken = self.always_fails is not None and line.text.startswith(self.always_fails)
        return broken or (new and not line.reads and self.fails_once(line.text))


def with_result(line: Line, result: Any, call: Call) -> Line:
    """Add the result to a line."""
    if isinstance(result, str):
        return line._replace(answer=result)
    return line._replace(resources=result, answer=format_resources(result, call.flags) if line.reads else "")


def refuse_if_disabled(state: ProjectState, name: str) -> None:
    group = next((word for word in name.split() if word not in {"alpha", "beta"}), "")
    service = f"{SERVICE_OF[group]}.googleapis.com" if group in SERVICE_OF else ""
    require(not service or service in state["services"], f"SERVICE_DISABLED: {service}")
