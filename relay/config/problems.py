"""The errors that the validators of options raise, and suggestions for misspelled names."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import PydanticCustomError


def option_error(message: str, key: str = "", others: Iterable[tuple[str, str]] = ()) -> PydanticCustomError:
    """Return the error of an option: what is wrong, what would be right, and which key below it is meant.

    `others` are further keys and what is wrong with them.
    """
    context = {"problem": message, "option": key, "others": tuple(others)}
    return PydanticCustomError("option", "{problem}", context)


def suggest(word: str, candidates: Iterable[str]) -> str:
    """Return which of the candidates the word may be a misspelling of, else all of them."""
    names = sorted(candidates)
    close = get_close_matches(word, names, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"there are: {', '.join(names)}" if names else "there are none"
