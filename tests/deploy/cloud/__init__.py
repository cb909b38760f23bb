"""A stand-in for gcloud: it records every command line, and keeps the state of one project.

It refuses what Google would refuse: a service that is off, a thing that is not there or is there already,
an account without its rights.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from tests.deploy.cloud import function, logs, project, vault  # noqa: F401  (their commands come with them)
from tests.deploy.cloud.printing import printed
from tests.deploy.cloud.state import (
    COMMANDS,
    Call,
    DeliveryState,
    Refused,
    Resource,
    empty,
    named,
    require,
    taken_apart,
)

SERVICE_OF = {
    "artifacts": "artifactregistry",
    "firestore": "firestore",
    "functions": "cloudfunctions",
    "iam": "iam",
    "monitoring": "monitoring",
    "secrets": "secretmanager",
}
FILES = ("--policy-from-file", "--config-from-file", "--env-vars-file", "--policy")


class Line(NamedTuple):
    """One command line as it came, and what became of it."""

    argv: list[str]
    reads: bool
    files: dict[str, str]
    failed: bool = False
    resources: list[Resource] | None = None
    answer: str = ""

    @property
    def text(self) -> str:
        """Return it without what differs from run to run."""
        return re.sub(r"=/\S*/|source=\w{40}", "=", " ".join(self.argv))


class Cloud:
    """A project, and what was asked of it."""

    def __init__(self) -> None:
        self.state: DeliveryState = empty()
        self.lines: list[Line] = []
        self.stumbles: Callable[[str], bool] = lambda _line: False
        """Which of the commands that change something fail the first time."""
        self.broken: str | None = None
        """How a command begins that always fails."""

    def run(self, argv: list[str], folder: Path, given: str) -> str:
        """Do one command, and return what it prints; `given` is its standard input.

        Raises:
            Refused: Google would not do it.
        """
        whole = taken_apart(argv, folder, given)
        name, call = named(whole)
        does, reads = COMMANDS[name]
        line = Line(argv, reads, {flag: call.file(flag) for flag in FILES if flag in call.flags})
        if self._fails(line):
            self.lines.append(line._replace(failed=True))
            raise Refused("UNAVAILABLE: it did not work this time")
        refuse_if_off(self.state, name)
        self.lines.append(done(line, deepcopy(does(self.state, call)), whole))
        return self.lines[-1].answer

    def _fails(self, line: Line) -> bool:
        new = line.text not in [each.text for each in self.lines]
        broken = self.broken is not None and line.text.startswith(self.broken)
        return broken or (new and not line.reads and self.stumbles(line.text))


def done(line: Line, result: Any, call: Call) -> Line:
    """Add to a line what came of it."""
    if isinstance(result, str):
        return line._replace(answer=result)
    return line._replace(resources=result, answer=printed(result, call.flags) if line.reads else "")


def refuse_if_off(state: DeliveryState, name: str) -> None:
    group = next((word for word in name.split() if word not in {"alpha", "beta"}), "")
    service = f"{SERVICE_OF[group]}.googleapis.com" if group in SERVICE_OF else ""
    require(not service or service in state["services"], f"SERVICE_DISABLED: {service}")
