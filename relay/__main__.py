"""`python -m relay`: the operator's commands. Each is imported when it is called."""

import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

COMMANDS: Mapping[str, str] = {
    "check": "relay.commands.check",
    "explain": "relay.commands.explain",
    "send": "relay.commands.send",
    "chats": "relay.commands.chats",
    "phone": "relay.commands.phone",
    "register": "relay.commands.webhooks",
    "registered": "relay.commands.webhooks",
    "unregister": "relay.commands.webhooks",
    "undelivered": "relay.commands.undelivered",
    "replay": "relay.commands.undelivered",
    "drop": "relay.commands.ledger",
    "ledger": "relay.commands.ledger",
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


if __name__ == "__main__":
    relay(prog_name="python -m relay")
