"""Which ledger the commands look at, and what they say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from relay.config import Config, load
from relay.ledger import Ledger
from relay.ledger.tiered import TieredLedger
from relay_cli.terminal import FOLDER, fail, from_project, read_environment, reporting_mistakes

LOCAL = "sqlite:///.relay/ledger.db"
"""The ledger of `make run`, unless LEDGER_URL names another."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A ledger's URL, and why it is this one."""

    url: str
    why: str


def choose(config: Config, environ: Mapping[str, str]) -> Choice:
    """Return the configured ledger, else Firestore if `.env` holds a deployment, else that of `make run`."""
    if "ledger_url" in config.settings.model_fields_set:
        return Choice(config.settings.ledger_url, "LEDGER_URL names it")
    project, kind = environ.get("DEPLOY_PROJECT"), environ.get("DEPLOY_LEDGER", "firestore")
    if project and kind == "firestore":
        return Choice(f"firestore://{project}", "./deploy.sh deployed with it")
    return Choice(LOCAL, "`make run` uses it")


def load_with_ledger() -> Config:
    """Return the configuration with the ledger to look at, and name it on standard error."""
    config, choice = load_chosen()
    if choice.url.startswith("memory:"):
        fail("LEDGER_URL is memory: nothing is stored outside the function; name its ledger, like firestore:")
    click.echo(f"Ledger: {choice.url} ({choice.why})", err=True)
    require_file(choice)
    if choice.url.startswith("firestore:") and choice.why != "LEDGER_URL names it" and _file(LOCAL).exists():
        click.echo(f"`make run` has another one: put LEDGER_URL={LOCAL} before this command", err=True)
    return config


def load_chosen() -> tuple[Config, Choice]:
    """Return the configuration with the ledger to look at, and the choice of it."""
    environ = read_environment()
    with reporting_mistakes(environ):
        config = load(environ, FOLDER)
        choice = choose(config, environ)
        config = load({**environ, "LEDGER_URL": choice.url}, FOLDER)
    url = from_project(choice.url)
    return replace(config, settings=config.settings.model_copy(update={"ledger_url": url})), choice


def require_file(choice: Choice) -> None:
    """End the command if the ledger is a file that does not exist: a new one would say that all is well."""
    if not is_missing(choice):
        return
    if choice.url == LOCAL:
        fail(
            f"there is no ledger {_file(LOCAL)}: `make run` creates it; "
            "if your function uses another one, set LEDGER_URL in .env"
        )
    fail(
        f"there is no ledger {_file(choice.url)}: check LEDGER_URL; an absolute path starts with sqlite:////"
    )


def is_missing(choice: Choice) -> bool:
    """Return whether the ledger is a file that does not exist."""
    return choice.url.startswith("sqlite:") and not _file(choice.url).exists()


def _file(url: str) -> Path:
    return Path(from_project(url).partition(":///")[2])


async def warn_if_empty(ledger: Ledger | TieredLedger) -> bool:
    """Say so if a ledger has no record at all, and return it: nothing can be concluded from that."""
    is_empty = await ledger.is_empty()
    if is_empty:
        click.echo(
            "! This ledger holds no event, delivered or not. If your function has forwarded some within the "
            "last week, it uses another one: set LEDGER_URL in .env",
            err=True,
        )
    return is_empty
