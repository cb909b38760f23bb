"""What the answers of an ntfy server mean: it explains a refusal by a code in the body."""

import math

from forwarders.acceptance import Accepts, has_id, member
from forwarders.base import Failure, Misconfigured
from forwarders.http import Answer
from forwarders.status import refusal

_REMEDIES = {
    40009: "the server takes no topic of that name: choose another",
    40010: "the server takes no topic of that name: choose another",
    40101: "the token is not valid, or no longer: set a new one",
    40301: "the topic is protected: set a token that may write to it",
    41303: "the server takes only shorter messages: raise its message-size-limit to 4096",
}
"""https://github.com/binwiederhier/ntfy/blob/main/server/errors.go"""
_ACTIONS = 40018
_TAKES_NO_FILES, _TOO_LARGE = 40014, 41301


def find_failure(answer: Answer, accepts: Accepts = has_id) -> Failure | None:
    """Return what a refusal means, by its code if that is known, else by its status."""
    remedy = _REMEDIES.get(_code(answer))
    if remedy:
        return Misconfigured(f"{remedy} ({_code(answer)})")
    return refusal(answer, "ntfy", accepts)


def is_server(body: bytes) -> bool:
    """Return whether an answer to a GET is one of an ntfy server."""
    return member(body, "healthy") is not None or isinstance(member(body, "username"), str)


def is_about_actions(answer: Answer) -> bool:
    """Return whether the server refuses the button, because it is too old to know it."""
    return _code(answer) == _ACTIONS


def takes_no_files(answer: Answer) -> bool:
    """Return whether the server takes no files at all."""
    return _code(answer) == _TAKES_NO_FILES


def is_about_size(answer: Answer) -> bool:
    """Return whether the file is too large for the server, or for what is left of the quota."""
    return _code(answer) == _TOO_LARGE


def largest_file(account: Answer) -> float:
    """Return how many bytes a file may have, according to the account's limits."""
    body = account.json()
    limits = body.get("limits") if isinstance(body, dict) else None
    numbers = limits if isinstance(limits, dict) else {}
    sizes = [numbers.get(name) for name in ("attachment_file_size", "attachment_total_size")]
    return min((size for size in sizes if isinstance(size, int)), default=math.inf)


def _code(answer: Answer) -> int:
    body = answer.json()
    code = body.get("code") if isinstance(body, dict) else 0
    return code if isinstance(code, int) else 0
