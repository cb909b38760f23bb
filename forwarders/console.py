"""Write each message to standard output."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from forwarders import base
from forwarders.base import Forwarder, Message, Post, Probe, TransientFailure
from forwarders.http import Http
from forwarders.text import describe_file, plain

_PICTURES = 0x2400
"""The first of Unicode's symbols for control characters: ESC is shown as ␛."""
_VISIBLE: Mapping[int, int | str] = {
    **{control: _PICTURES + control for control in range(0x20) if chr(control) not in "\t\n"},
    0x7F: 0x2421,
    **{control: f"\\x{control:02x}" for control in range(0x80, 0xA0)},  # the C1 controls have no symbols
}


@dataclass(frozen=True, slots=True)
class ConsolePost(Post):
    """The text to write, in one piece."""

    text: str = field(repr=False)


class Console(Forwarder[ConsolePost]):
    """Show messages in the terminal that runs the function; on a server they would end up in its log."""

    class Options(base.Options):
        """There are none."""

    def __init__(self, options: Options, http: Http) -> None:
        del options, http

    def plan(self, message: Message) -> tuple[ConsolePost, ...]:
        """Return one post: the title, then the rest indented, so that no text looks like a title."""
        files = [describe_file(attachment) for attachment in message.attachments]
        title, *rest = _visible("\n".join([plain(message), *files])).split("\n")
        return (ConsolePost("\n".join([title, *(line and f"  {line}" for line in rest)]) + "\n\n"),)

    async def send(self, post: ConsolePost) -> str | None:
        """Write the post, whatever the terminal's encoding.

        Raises:
            TransientFailure: the terminal is gone.
        """
        encoding = sys.stdout.encoding or "utf-8"
        try:
            sys.stdout.write(post.text.encode(encoding, "backslashreplace").decode(encoding))
            sys.stdout.flush()
        except (OSError, ValueError):  # a closed stream is a ValueError
            failure = TransientFailure("standard output is closed")
        else:
            return None
        raise failure

    async def probe(self) -> Probe:
        """Return ok: there is nothing to check."""
        return Probe("ok")


def _visible(text: str) -> str:
    """Replace control characters, which a terminal would obey, by visible symbols."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)
