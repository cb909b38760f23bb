"""What the answers of an ntfy server mean: it explains a refusal by a number, beside the status."""

from forwarders.base import Failure, Misconfigured
from forwarders.http import Answer
from forwarders.status import refusal

_MENDS = {
    40009: "the server takes no topic of that name: choose another",
    40010: "the server takes no topic of that name: choose another",
    40101: "the token is not valid, or no longer: set a new one",
    40301: "the topic is protected: set a token that may write to it",
    41303: "the server takes only shorter messages: raise its message-size-limit to 4096",
}
"""https://github.com/binwiederhier/ntfy/blob/main/server/errors.go"""
_ACTIONS = 40018
_FILES = (40014, 41301)


def failure(answer: Answer) -> Failure | None:
    """Return what a refusal means, by its number if that is known, else by its status."""
    mend = _MENDS.get(_code(answer))
    if mend:
        return Misconfigured(f"{mend} ({_code(answer)})")
    return refusal(answer, "ntfy")


def is_about_actions(answer: Answer) -> bool:
    """Tell whether the server does not know the button: it is older than the button."""
    return _code(answer) == _ACTIONS


def is_about_files(answer: Answer) -> bool:
    """Tell whether the server takes no files, or none of this size."""
    return _code(answer) in _FILES


def _code(answer: Answer) -> int:
    told = answer.json()
    code = told.get("code") if isinstance(told, dict) else 0
    return code if isinstance(code, int) else 0
