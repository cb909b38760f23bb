"""The links in a text: rich text does not detect them by itself."""

import re
import unicodedata
from collections import Counter

_LONGEST = 3000  # https://docs.slack.dev/reference/block-kit/blocks/section-block
_START = re.compile(r"https?://", re.IGNORECASE)
_NO_LETTER = re.compile(r"[^\x00-\x7f\w]")
_UNSPACED = "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\U0010ffff"
"""Thai to Burmese, Hangul, Khmer, Chinese, Japanese and all above: there, no space follows a link."""
_SPACED = re.compile(rf"[^\s\x00-\x1f\x7f<>\"{_UNSPACED}]*")
_ANY = re.compile(r"[^\s\x00-\x1f\x7f<>\"]*")
_UNSPACED_HOST = re.compile(rf"(?:[a-z0-9-]+\.)?[{_UNSPACED}]", re.IGNORECASE)
"""A host in such a script, also after `www.`: a host without a dot is none that a stranger writes."""
_JOINERS = "\u200c\u200d"
"""What some scripts write within words."""
_TRAILING = frozenset(".,;:!?'`*|\\([{")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def split_links(text: str) -> list[str]:
    """Split a text at its links: every second part is one, and all parts joined are the text.

    A link ends where a person would end it: before the punctuation of a sentence, a bracket that was opened
    before it, and the words of a script without spaces, unless its host is in such a script.
    """
    parts, done = [], 0
    visible = text if text.isascii() else _NO_LETTER.sub(_end_links, text)
    at = _START.search(visible)
    while at:
        pattern = _ANY if _UNSPACED_HOST.match(visible, at.end()) else _SPACED
        found = pattern.match(visible, at.end())
        link = _trim(found[0]) if found else ""
        end = at.end() + len(link)
        if link and end - at.start() <= _LONGEST:
            parts += [text[done : at.start()], text[at.start() : end]]
            done = end
        at = _START.search(visible, end)
    return [*parts, text[done:]]


def _end_links(found: re.Match[str]) -> str:
    """Replace a character by a space if no word has it: unlike a mark, or a joiner before a letter."""
    character, follower = found[0], found.string[found.end() : found.end() + 1]
    can_be_in_word = unicodedata.category(character)[0] == "M"
    return character if can_be_in_word or (character in _JOINERS and follower.isalpha()) else " "


def _trim(link: str) -> str:
    """Remove punctuation at the end, and closing brackets that the link does not open."""
    counts, end = Counter(link), len(link)
    while end:
        last = link[end - 1]
        is_open = last in _PAIRS and counts[last] > counts[_PAIRS[last]]
        if last not in _TRAILING and not is_open:
            break
        counts[last] -= 1
        end -= 1
    return link[:end]
