"""The operator's commands, each imported only when it is called."""

import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

COMMANDS: Mapping[str, str] = {
    "check": "relay_cli.check",
    "explain": "relay_cli.explain",
    "codes": "relay_cli.codes",
    "send": "relay_cli.send",
    "chats": "relay_cli.chats",
    "phone": "relay_cli.phone",
    "register": "relay_cli.webhooks",
    "registered": "relay_cli.webhooks",
    "unregister": "relay_cli.webhooks",
    "undelivered": "relay_cli.undelivered",
    "replay": "relay_cli.undelivered",
    "drop": "relay_cli.ledger",
    "ledger": "relay_cli.ledger",
}


class Commands(click.Group):
    """Imports a command when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names, in the order in which an operator needs them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[name]), name)
        return command


def print_version(ctx: click.Context, _option: click.Parameter, is_requested: bool) -> None:
    """Print the version, which only pyproject.toml holds, and exit."""
    if is_requested:
        project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
        click.echo(f"{project['name']} {project['version']}")
        ctx.exit()


@click.command(cls=Commands)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=print_version,
    help="Show the version.",
)
def relay() -> None:
    """Operate a relay: check it, test it, and deliver what was not delivered.

    The commands use config.toml and .env in the project's folder.
    """
