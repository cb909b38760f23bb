"""`completion`: the shell fills in commands and options."""

import click
from click.shell_completion import get_completion_class

from relay_cli.main import COMPLETION

NAME = "sms-relay"


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that lets the shell complete commands and options.

    zsh and fish need sms-relay in a folder of PATH: ln -s "$PWD/sms-relay" ~/.local/bin/

    \b
    Example: ./sms-relay completion bash >>~/.bashrc
             ./sms-relay completion zsh >>~/.zshrc
             ./sms-relay completion fish >~/.config/fish/completions/sms-relay.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.BadParameter(f"there is no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, NAME, COMPLETION).source())
