"""The operator's commands, each imported when it is called."""

import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

COMMANDS: Mapping[str, str] = {
    "check": "relay_cli.check",
    "explain": "relay_cli.explain",
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
    """Finds a command in its module."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a person needs them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, or None if there is no such one."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[name]), name)
        return command


def show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    """Print the version, which pyproject.toml alone holds, and end."""
    if asked:
        project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
        click.echo(f"{project['name']} {project['version']}")
        ctx.exit()


@click.command(cls=Commands)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=show_version,
    help="Show the version.",
)
def relay() -> None:
    """Look after a relay: check it, ask it, repair it.

    The commands read config.toml and .env in the project's folder, as the function would.
    """
