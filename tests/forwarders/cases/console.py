"""The terminal under the contract."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

from forwarders.base import Forwarder
from forwarders.console import Console, ConsolePost
from forwarders.http import Http
from testkit.case import Case


class ConsoleCase(Case):
    path = "forwarders.console:Console"
    remote = False

    def __init__(self) -> None:
        self._written = io.StringIO()

    def options(self) -> dict[str, Any]:
        return {}

    def forwarder(self, http: Http) -> Forwarder[Any]:
        written = self._written

        class Overheard(Console):
            async def send(self, post: ConsolePost) -> str | None:
                with redirect_stdout(written):
                    return await super().send(post)

        return Overheard(Console.Options(), http)

    def shown(self) -> Sequence[str]:
        lines = [line.removeprefix("  ") for line in self._written.getvalue().split("\n")]
        return ["\n".join(lines)] if any(lines) else []
