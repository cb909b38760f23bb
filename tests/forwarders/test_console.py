import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Attachment, Message, TransientFailure
from forwarders.console import Console
from forwarders.http import Http
from forwarders.text import plain

pytestmark = pytest.mark.anyio

CONSOLE = Console(Console.Options(), Http())


class Terminal(io.TextIOWrapper):
    """A stream with an encoding, which counts what is written to it."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self.writes = 0

    def write(self, text: str, /) -> int:
        self.writes += 1
        return super().write(text)

    def shown(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


async def write(message: Message, encoding: str = "utf-8") -> Terminal:
    terminal = Terminal(encoding)
    (post,) = CONSOLE.plan(message)
    with redirect_stdout(terminal):
        assert await CONSOLE.send(post) is None
    return terminal


async def test_a_message_is_readable() -> None:
    message = Message(
        "SMS from Bank",
        text="481 516 is your code\n<b>*not* bold</b>",
        fields=(("To", "+12025550143"),),
        notes=("arrived 3 h late",),
        code="481516",
        attachments=(Attachment("view.png", "image/png", b"x" * 1234),),
    )

    terminal = await write(message)

    assert terminal.shown() == (
        "SMS from Bank\n  481516\n\n  481 516 is your code\n  <b>*not* bold</b>\n\n"
        "  To: +12025550143\n\n  arrived 3 h late\n  [view.png, 1,234 bytes]\n\n"
    )
    assert terminal.writes == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07\x1b[2J", "␛]0;owned␇␛[2J"),
        ("\x9b31m \x85", "\\x9b31m \\x85"),
        ("over\rwritten\b\x7f", "over␍written␈␡"),
        ("\x00\v\f", "␀␋␌"),
        ("a\r\nb\tc", "a\n  b\tc"),
        ("שלום 😀 \u202e", "שלום 😀 \u202e"),
    ],
)
async def test_the_terminal_obeys_no_text(text: str, shown: str) -> None:
    terminal = await write(Message("SMS", text=text))

    assert terminal.shown() == f"SMS\n\n  {shown}\n\n"


async def test_no_text_passes_for_a_title() -> None:
    terminal = await write(Message("SMS", text="hello\n\nSMS from Bank\n  481516"))

    assert [line for line in terminal.shown().split("\n") if line and line[0] != " "] == ["SMS"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "shift_jis", "utf-16"])
async def test_any_encoding_will_do(encoding: str) -> None:
    terminal = await write(Message("SMS", text="Ж\x1b 😀 \ud800"), encoding)

    assert "SMS" in terminal.shown()
    assert "\x1b" not in terminal.shown()


@given(st.text(), st.sampled_from(["ascii", "utf-8", "cp1252"]))
def test_no_control_character_reaches_the_terminal(text: str, encoding: str) -> None:
    (post,) = CONSOLE.plan(Message("SMS", text=text))

    written = post.text.encode(encoding, "backslashreplace").decode(encoding)

    assert not [each for each in written if each not in "\n\t" and (each < " " or "\x7f" <= each < "\xa0")]
    if not [each for each in text if each < " " or "\x7f" <= each < "\xa0"]:
        read = [line.removeprefix("  ") for line in post.text.split("\n")]
        assert "\n".join(read) == plain(Message("SMS", text=text)) + "\n\n"


def closed() -> io.TextIOWrapper:
    stream = Terminal("utf-8")
    stream.close()
    return stream


def broken() -> io.TextIOWrapper:
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


@pytest.mark.parametrize("gone", [closed, broken])
async def test_a_terminal_that_is_gone_is_transient(gone: Callable[[], io.TextIOWrapper]) -> None:
    terminal = gone()
    (post,) = CONSOLE.plan(Message("SMS"))

    with redirect_stdout(terminal), pytest.raises(TransientFailure) as caught:
        await CONSOLE.send(post)

    assert caught.value.__context__ is None
    if not terminal.closed:
        with pytest.raises(BrokenPipeError):
            terminal.close()


async def test_there_is_nothing_to_probe(capsys: pytest.CaptureFixture[str]) -> None:
    assert (await CONSOLE.probe()).status == "ok"
    assert capsys.readouterr().out == ""
    assert sys.stdout.writable()
