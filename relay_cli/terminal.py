"""What the commands share: the project's configuration, the app built from it, and the output."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
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
from relay.config.errors import key_of
from relay.ledger import Ledger, LedgerUnavailable
from relay.ledger.secret import CHANGED, MEMO, Fingerprint
from relay.ledger.tiered import TieredLedger
from relay.logs import Log
from relay_cli.dotenv import merge_file
from relay_cli.locating import locate

FOLDER = Path(__file__).parent.parent
T = TypeVar("T")
SHOWN = 10
"""How many mistakes are listed at once."""
TABLE_WIDTH = 10_000
"""Characters: the terminal may wrap a line of a table, but an id or a key is never cut."""

out = Console(highlight=False, soft_wrap=True)


def fail(*problems: str) -> NoReturn:
    """End the command with exit code 1 and a line for each problem, or for the first ten."""
    more = [f"{len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
    raise click.ClickException("\nError: ".join([*problems[:SHOWN], *more]))


@contextmanager
def reporting_mistakes(environ: Mapping[str, str]) -> Iterator[None]:
    """End the command with the mistakes of the configuration, each with its line, if there are any."""
    try:
        yield
    except ConfigurationError as error:
        fail(*(with_line(each, environ) for each in error.problems))


def with_line(problem: str, environ: Mapping[str, str]) -> str:
    """Return a problem of the configuration with the line of the file in which it is, if it is in one."""
    dotenv = Path(os.devnull) if key_of(problem) in os.environ else FOLDER / ".env"
    return locate(problem, config_file(environ), dotenv)


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the configuration file, whether it exists or not."""
    return FOLDER / (environ.get("CONFIG_FILE") or "config.toml")


def read_environment() -> dict[str, str]:
    """Return the variables of `.env` and of the environment, which takes precedence."""
    with reporting_mistakes(os.environ):
        return merge_file(os.environ, FOLDER)


def load_config() -> Config:
    """Return the configuration as the function would read it, from `.env` and the environment."""
    environ = read_environment()
    with reporting_mistakes(environ):
        config = load(environ, FOLDER)
    ledger_url = from_project(config.settings.ledger_url)
    return replace(config, settings=config.settings.model_copy(update={"ledger_url": ledger_url}))


def from_project(ledger_url: str) -> str:
    """Return a ledger's URL with an absolute path: a relative one starts at the project's folder."""
    scheme, separator, file = ledger_url.partition(":///")
    return f"sqlite:///{FOLDER / file}" if scheme == "sqlite" and separator else ledger_url


async def warn_of_changed_secret(config: Config, ledger: Ledger | TieredLedger) -> None:
    """Warn if a ledger in Firestore was used with another LEDGER_SECRET; a file says so when it is opened."""
    settings = config.settings
    if settings.ledger_secret is None or not settings.ledger_url.startswith("firestore:"):
        return
    fingerprint = Fingerprint(settings.ledger_secret)
    await ledger.update_note(MEMO, fingerprint.note)
    if fingerprint.differs:
        click.echo(f"! {CHANGED}", err=True)


@asynccontextmanager
async def open_app(config: Config) -> AsyncIterator[App]:
    """Build the app as the function would, and close its connections at the end."""
    log = Log("WARNING", structured=False)
    log.install_log_handler()
    try:
        app = build_app(config, log)
    except ConfigurationError as error:
        fail(*(with_line(each, os.environ) for each in error.problems))
    except LedgerUnavailable as problem:
        fail(str(problem))
    try:
        yield app
    finally:
        await app.aclose()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; an unreachable ledger or service ends it with one line."""
    try:
        return asyncio.run(work)
    except LedgerUnavailable as problem:
        fail(str(problem))
    except Failure as failure:
        fail(failure.reason)


def say(line: str, *, good: bool | None = None) -> None:
    """Print a line, marked with ✓ if `good` is true and with ✗ if it is false."""
    mark = {True: "[green]✓[/] ", False: "[red]✗[/] ", None: ""}[good]
    out.print(mark, end="")
    out.print(line, markup=False)


def print_table(names: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table; cells are never cut, and never taken for markup or control characters."""
    table = Table(*names, box=None)
    for row in rows:
        table.add_row(*(Text("".join(filter(str.isprintable, str(cell)))) for cell in row))
    Console(width=TABLE_WIDTH, soft_wrap=True).print(table)


def print_json(value: Any) -> None:
    """Print a value as JSON, for scripts."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
