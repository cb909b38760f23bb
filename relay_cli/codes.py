"""`codes`: which one-time code a text contains, and why, in a form that may be published."""

import re
import sys
import unicodedata
from collections.abc import Iterator

import click

from relay.otp import READ_LIMIT, find_code
from relay.otp.candidates import Candidate
from relay.otp.keywords import find_keywords
from relay.otp.kinds import ENDS
from relay.otp.normalization import normalize
from relay.otp.scoring import THRESHOLD
from relay.otp.search import weigh
from relay_cli.terminal import fail, print_table, say

_SECRET = re.compile("[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*|(?<=[:\n])[ \n]{0,2}[A-Z]{4,12}")
"""What may be a code or a part of one: words with digits, and capital letters where a code may be stated."""

Word = tuple[int, int, str]
"""Where a word that the finder knows starts and ends, and its kind."""


@click.command()
@click.argument("text", default="-")
@click.option("--sender", default="", help="Who sent it; it is never the code, and never shown.")
@click.option("--explain", "is_explained", is_flag=True, help="Show what decides, but no digit and no name.")
def codes(text: str, sender: str, is_explained: bool) -> None:
    """Find the one-time code in TEXT, or in what is piped in.

    With --explain each digit becomes 0, and each letter x except in words that the finder knows. What is
    shown contains no code, and says enough to report that one was missed or misread.

    \b
    Example: ./sms-relay codes "481516 is your code"
             ./sms-relay codes --explain < message.txt
    """
    text = (sys.stdin.read() if text == "-" else text).removesuffix("\n")
    code = find_code(text, sender)
    if is_explained:
        _explain(text[:READ_LIMIT], sender, code)
    elif code:
        say(code)
    else:
        fail("the text has no code; --explain shows what it has")


def _explain(text: str, sender: str, code: str | None) -> None:
    text, candidates, _ = weigh(normalize(text), sender)
    words = list(_known_words(text))
    say(_mask(text, words))
    if words:
        say("")
        print_table(("word", "what it says"), [(text[start:end], kind) for start, end, kind in words])
    if candidates:
        say("")
        print_table(("number", "points", ""), [_row(*each, code) for each in candidates])
        say(f"\nThe number with the most points is the code if these are more than {THRESHOLD}.")
    if code is None:
        say("No code was found.")
    elif all(code != each[2] for each, _ in candidates):
        say("The code consists of letters only, or the last line binds it to a site.")


def _known_words(text: str) -> Iterator[Word]:
    """Yield the words that the finder knows, without those inside of what may be a code."""
    secret = {index for found in _SECRET.finditer(text) for index in range(*found.span())}
    keywords = find_keywords(text)
    for kind, (start, end) in zip(keywords.kinds, keywords.spans, strict=True):
        if kind not in ENDS and secret.isdisjoint(range(start, end)):
            yield start, end, kind


def _mask(text: str, words: list[Word]) -> str:
    """Return the text without its digits and its unknown words; signs, spaces and lengths stay."""
    known = {index for start, end, _ in words for index in range(start, end)}
    return "".join(each if index in known else _hide(each) for index, each in enumerate(text))


def _hide(text: str) -> str:
    return "".join("0" if each.isdecimal() else each if _is_sign(each) else "x" for each in text)


def _is_sign(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "PS"


def _row(candidate: Candidate, points: float, code: str | None) -> tuple[str, str, str]:
    return _hide(candidate[2]), f"{points:.1f}", "the code" if candidate[2] == code else ""
