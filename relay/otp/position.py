# ruff: noqa: RUF001, SIM905 - words of many scripts, some of which look like Latin ones; split: legible
"""A candidate in its text: the signs and short words that join it to what is around it."""

import re
from functools import cache

from relay.otp.candidates import Candidate
from relay.otp.kinds import CODES
from relay.otp.lexicon import look_up

NEXT = 14
"""Characters within which a word only speaks of the number next to it."""
JOINT = 2
"""Characters between a number and the short word or sign that joins it."""
_INDENT = 4
"""Spaces around a number that has a line of its own."""
_SIGNS_BEFORE = (*":=>«“\u2018\"'「【[(<-",)
_SIGNS_AFTER = (*'-=()»”」】]„“"<',)
_PURPOSES = tuple(
    map(" {} ".format, ("to", "for", "pour", "para", "per", "zum", "zur", "voor", "для", "için", "untuk"))
)
"""Short words between a number and what it is for."""
_AND = tuple(
    map(
        " {} ".format, "and und et y e en og och ja i a és și si ve dan và in ir un и й та і και و और".split()
    )
)
_LONGEST_AND = 6
"""Characters of the longest of these."""
_LONGEST_HEADING = 26
"""Characters of a name before the number with which a message begins."""
_SIGNS_AFTER_NAME = (*":>])!,-】",)
_NOT_IN_NAME = frozenset("0123456789.?\n")
_FEW_SIGNS = 4
"""Signs before the number with which a message begins."""


class Position:
    """Where a candidate is in a text, and the text right before and after it."""

    __slots__ = ("code", "doubt", "end", "is_heading", "is_signed", "start", "text")

    def __init__(self, candidate: Candidate, text: str) -> None:
        self.start, self.end, self.code, self.doubt = candidate
        self.text = text
        self.is_heading = not self.start or (self.start <= _LONGEST_HEADING and _is_name(text[: self.start]))
        """Whether the message begins with the number, or with a name and the number."""
        self.is_signed = self._is_signed()

    def has_comma(self, start: int, end: int) -> bool:
        """Return whether there is a comma or the like in a part of the text."""
        return _comma().search(self.text, start, end) is not None

    def has_sign_after(self) -> bool:
        """Return whether a sign joins the number to what follows it."""
        return self.text[self.end : self.end + JOINT].removeprefix(" ").startswith(_SIGNS_AFTER)

    def follows_numbered_place(self) -> bool:
        """Return whether the place before the number has a number of its own: `locker 12: 4815`."""
        return _own_number().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def follows_and(self) -> bool:
        """Return whether `and` separates the number from the word before it: `the phone number and 4815`."""
        return self.text[max(0, self.start - _LONGEST_AND) : self.start].endswith(_AND)

    def has_purpose_after(self) -> bool:
        """Return whether a short word says what the number is for: `481516 to log in`."""
        return self.text.startswith(_PURPOSES, self.end)

    def has_own_line(self) -> bool:
        """Return whether the number has a line of its own and more lines follow."""
        if not self.text[self.end : self.end + _INDENT].lstrip(" ").startswith("\n"):
            return False
        before = self.text[max(0, self.start - _INDENT) : self.start].rstrip(" ")
        return before.endswith("\n") or (self.start <= _INDENT and not before)

    def has_last_line(self) -> bool:
        """Return whether the number has the last line, after others."""
        before = self.text[max(0, self.start - _INDENT) : self.start].rstrip(" ")
        return before.endswith("\n") and not self.text[self.end :].strip()

    def ends_with_hash(self) -> bool:
        """Return whether the number ends with the `#` or `*` key that a door expects."""
        return self.text.startswith(("#", "*"), self.end)

    def follows_to(self) -> bool:
        """Return whether the word before the number is the one before a number to send a message to."""
        return _to().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def follows_keyword(self) -> bool:
        """Return whether a word in capitals may be sent to the number, where the verb comes last."""
        return _keyword().search(self.text, max(0, self.start - NEXT), self.start) is not None

    def follows_keyword_to(self) -> bool:
        """Return whether a word in capitals is to be sent to the number: `WIN to 50505`."""
        found = _keyword_to().search(self.text, max(0, self.start - NEXT), self.start)
        return found is not None and look_up(found[1].lower())[0] not in CODES

    def _is_signed(self) -> bool:
        """Return whether a sign joins the number to what precedes it."""
        before = self.text[max(0, self.start - JOINT - 1) : self.start]
        if self.doubt:
            before = before.removesuffix("-")  # of the sender's name, as in `G-481516`
        return before.removesuffix("\n").rstrip(" ").endswith(_SIGNS_BEFORE)


@cache
def _comma() -> re.Pattern[str]:
    return re.compile("[,;\u3001\u060c](?![0-9])")


@cache
def _keyword() -> re.Pattern[str]:
    return re.compile(r"\b(?:[A-Z]{3,}|[А-Я]{3,})\b")


@cache
def _keyword_to() -> re.Pattern[str]:
    return re.compile(r"\b([A-Z]{3,}|[А-Я]{3,}) \w{1,4} $")


@cache
def _own_number() -> re.Pattern[str]:
    return re.compile(r"(?<![0-9])[0-9]{1,3}\D{0,3}[:\uff1a-] ?$")


@cache
def _to() -> re.Pattern[str]:
    words = "to al au an na на do на la naar till til στο إلى الى به ke kepada đến den"
    return re.compile(rf"\b(?:{'|'.join(words.split())}):? (?:no:? )?$", re.IGNORECASE)


def _is_name(before: str) -> bool:
    """Return whether a name with a sign after it, or a few signs, are all that precedes a number."""
    name = before.removesuffix(" ")
    if name.endswith(_SIGNS_AFTER_NAME):
        return _NOT_IN_NAME.isdisjoint(name[:-1])
    return len(before) <= _FEW_SIGNS and not any(map(str.isalnum, before))
