"""The operator's commands, each imported only when it is called."""

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from relay.config.problems import suggest

PROGRAM = "./sms-relay"
"""What the commands are called: by this they work in any environment."""
COMPLETION = "_SMS_RELAY_COMPLETE"
"""By this variable a shell asks for completions."""
WHOLE = 1000
"""Characters that are enough for what a command does."""
WIDEST = 100
"""Characters of a line of help; longer ones are hard to read."""
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
    "replies": "relay_cli.replies",
    "undelivered": "relay_cli.undelivered",
    "replay": "relay_cli.undelivered",
    "drop": "relay_cli.ledger",
    "ledger": "relay_cli.ledger",
    "status": "relay_cli.watch",
    "tick": "relay_cli.watch",
    "forget": "relay_cli.watch",
    "canary": "relay_cli.canary",
    "completion": "relay_cli.completion",
}


class Misused(click.ClickException):
    """A command was typed wrongly: one line that says what would be right."""

    exit_code = 2


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does, in a whole sentence."""
        commands = ((name, self.get_command(ctx, name)) for name in COMMANDS)
        rows = [(name, each.get_short_help_str(WHOLE)) for name, each in commands if each]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names."""
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS:
            raise Misused(f'there is no command "{name}"; {suggest(name, COMMANDS)}')
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options before the command."""
        with one_line():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command."""
        with one_line():
            return super().invoke(ctx)


@contextmanager
def one_line() -> Iterator[None]:
    """Report wrong options and arguments like all other errors, without the usage above them."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        text = error.format_message()
        raise Misused(f"{text[:1].lower()}{text[1:]} See {path} --help") from None


def print_version(ctx: click.Context, _option: click.Parameter, is_requested: bool) -> None:
    """Print the version, which only pyproject.toml holds, and exit."""
    if is_requested:
        project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
        click.echo(f"{project['name']} {project['version']}")
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"max_content_width": min(shutil.get_terminal_size().columns, WIDEST)},
)
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


def run() -> None:
    """Run the command that was typed, or complete it for the shell."""
    relay(prog_name=PROGRAM, complete_var=COMPLETION)
