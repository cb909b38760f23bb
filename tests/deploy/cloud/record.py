"""The folder that keeps the state, and what was asked."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.deploy.cloud.state import State

FILES = ("--policy-from-file", "--config-from-file", "--env-vars-file", "--policy")


class Folder(NamedTuple):
    """Where the state and the record are."""

    path: Path

    @property
    def state(self) -> State:
        loaded: State = json.loads((self.path / "state.json").read_text())
        return loaded

    def save(self, state: State) -> None:
        (self.path / "state.json").write_text(json.dumps(state))

    def record(self, **fields: Any) -> None:
        with (self.path / "calls.jsonl").open("a") as file:
            file.write(json.dumps(fields) + "\n")

    def calls(self) -> list[dict[str, Any]]:
        file = self.path / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def tried(self, argv: list[str]) -> bool:
        """Tell whether this was asked before, whatever temporary files it named."""
        return plain(argv) in [plain(each["argv"]) for each in self.calls()]


def plain(argv: list[str]) -> list[str]:
    return [re.sub(r"=/\S*/|source=\w{40}", "=", word) for word in argv]


def contents(flags: dict[str, str]) -> dict[str, str]:
    """Keep the files that a command names: they are gone when it is looked at again."""
    return {name: Path(flags[name]).read_text() for name in FILES if name in flags}


def aged(state: State, name: str, hours: float) -> None:
    """Let the newest version of a secret be older than it is."""
    newest = state["secrets"][name]["versions"][-1]
    made = datetime.fromisoformat(newest["createTime"]) - timedelta(hours=hours)
    newest["createTime"] = made.isoformat()
