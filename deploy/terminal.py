"""What the operator sees and answers: lines, commands, questions."""

import re
import shlex
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from deploy.failures import Stopped

_PLAIN = re.compile(r"[A-Za-z0-9_./:@,=+%~-]+")
"""A word that needs no quotes in a shell."""

_WIDEST = 100
"""Characters of the longest command that is shown in one line."""
_WRAP = 90
"""Characters after which a longer one is wrapped."""


def say(*lines: str) -> None:
    """Print lines at once, so that they keep their order beside those of other programs."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def complain(*lines: str) -> None:
    """Print lines to standard error."""
    sys.stdout.flush()
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def format_command(words: Sequence[str]) -> str:
    """Return a command as one would type it, wrapped and indented."""
    is_wide = len(" ".join(words)) > _WIDEST
    lines, width = "", 0
    for word in map(_quote, words):
        if is_wide and width and (word.startswith("--") or width + len(word) > _WRAP):
            lines, width = f"{lines} \\\n        ", 4
        lines, width = f"{lines} {word}", width + len(word) + 1
    return f"    {lines}"


def _quote(word: str) -> str:
    """Quote a word for a shell; of a flag only its value."""
    flag, equals, value = word.partition("=")
    if not (word.startswith("--") and equals):
        flag, equals, value = "", "", word
    return f"{flag}{equals}{value if is_plain(value) else shlex.quote(value)}"


def is_plain(value: str) -> bool:
    """Return whether a value needs no quotes."""
    return bool(_PLAIN.fullmatch(value))


def ask(question: str, default: str = "") -> str:
    """Return one line of answer, or the default.

    Raises:
        Stopped: there is none.
    """
    _prompt(f"{question}{f' [{default}]' if default else ''}: ")
    return _read_answer().strip() or default


def ask_secretly(question: str) -> str:
    """Return one line of answer, which is not shown while it is typed.

    Raises:
        Stopped: there is none.
    """
    _prompt(f"{question}: ")
    with _without_echo():
        answer = _read_answer()
    complain("")
    return answer.rstrip("\n")


def _prompt(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.stderr.flush()


def _read_answer() -> str:
    answer = sys.stdin.readline()
    if not answer:  # Ctrl-D
        raise Stopped("There was no answer.", "Run it again; earlier answers are kept.")
    return answer


@contextmanager
def _without_echo() -> Iterator[None]:
    """Hide what is typed; what was typed ahead is kept."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    hidden = list(before)
    hidden[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSADRAIN, hidden)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
