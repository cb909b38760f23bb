"""What the commands share: the configuration of this folder, its parts, and how things are told."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forwarders.base import Failure
from relay.app import App, build_app
from relay.config import Config, ConfigurationError, load
from relay.ledger import Ledger, LedgerUnavailable
from relay.ledger.secret import CHANGED, MEMO, Fingerprint
from relay.ledger.tiered import TieredLedger
from relay.logs import Log
from relay_cli.dotenv import with_file

FOLDER = Path(__file__).parent.parent
T = TypeVar("T")
WIDE = 10_000
"""Characters of a line of a table: the terminal may wrap it, but an id or a key is never cut."""

out = Console(highlight=False, soft_wrap=True)


def fail(problem: str) -> NoReturn:
    """End the command with exit code 1 and a line that says why."""
    raise click.ClickException(problem)


def environment() -> dict[str, str]:
    """Return the variables of `.env` and of the environment, which win."""
    try:
        return with_file(os.environ, FOLDER)
    except ConfigurationError as problem:
        fail(str(problem))


def configured() -> Config:
    """Return the configuration as the function would read it, with `.env` beside the environment."""
    try:
        config = load(environment(), FOLDER)
    except ConfigurationError as problem:
        fail(str(problem))
    ledger_url = from_project(config.settings.ledger_url)
    return replace(config, settings=config.settings.model_copy(update={"ledger_url": ledger_url}))


def from_project(ledger_url: str) -> str:
    """Return a ledger's URL with an absolute path: a relative one starts at the project's folder."""
    scheme, separator, file = ledger_url.partition(":///")
    return f"sqlite:///{FOLDER / file}" if scheme == "sqlite" and separator else ledger_url


def require_ledger(url: str) -> None:
    """End the command if there is no ledger of this address that outlives the function."""
    if url.startswith("memory:"):
        fail("LEDGER_URL is memory: nothing is kept outside the function; name its ledger, like firestore:")
    scheme, _, file = url.partition(":///")
    if scheme == "sqlite" and not Path(file).exists():
        fail(f"there is no ledger {file}: look at LEDGER_URL; an absolute path begins with sqlite:////")


async def warn_of_secret(config: Config, ledger: Ledger | TieredLedger) -> None:
    """Warn if a ledger of Google's was used with another LEDGER_SECRET; a file says so when it is opened."""
    settings = config.settings
    if settings.ledger_secret is None or not settings.ledger_url.startswith("firestore:"):
        return
    fingerprint = Fingerprint(settings.ledger_secret)
    await ledger.update_note(MEMO, fingerprint.note)
    if fingerprint.differs:
        click.echo(f"! {CHANGED}", err=True)


@asynccontextmanager
async def parts(config: Config) -> AsyncIterator[App]:
    """Build the parts as the function would, and let go of them at the end."""
    log = Log("WARNING", structured=False)
    log.install_log_handler()
    try:
        built = build_app(config, log)
    except (ConfigurationError, LedgerUnavailable) as problem:
        fail(str(problem))
    try:
        yield built
    finally:
        await built.aclose()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work to its end; a ledger or a service that is away ends it in one line."""
    try:
        return asyncio.run(work)
    except LedgerUnavailable as problem:
        fail(str(problem))
    except Failure as failure:
        fail(failure.reason)


def say(line: str, *, good: bool | None = None) -> None:
    """Print a line, with ✓ if something is good, ✗ if it is not."""
    mark = {True: "[green]✓[/] ", False: "[red]✗[/] ", None: ""}[good]
    out.print(mark, end="")
    out.print(line, markup=False)


def show(names: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table; a cell is never cut, and no cell is markup or a command to the terminal."""
    table = Table(*names, box=None)
    for row in rows:
        table.add_row(*(Text("".join(filter(str.isprintable, str(cell)))) for cell in row))
    Console(width=WIDE, soft_wrap=True).print(table)


def as_json(value: Any) -> None:
    """Print a value for a script."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
