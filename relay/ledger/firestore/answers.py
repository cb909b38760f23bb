"""What Firestore's answers mean; its own words are never quoted, because they may contain what was sent."""

from collections.abc import Callable
from typing import Any, TypeVar

from forwarders.http import Answer
from relay.ledger import LedgerUnavailable

T = TypeVar("T")

OK = 200

_OVERTAKEN = frozenset({"ALREADY_EXISTS", "ABORTED", "FAILED_PRECONDITION", "NOT_FOUND"})
_REASONS = {
    "DEADLINE_EXCEEDED": "it did not answer in time",
    "FAILED_PRECONDITION": "the database is in Datastore mode; name another: firestore://PROJECT/DATABASE",
    "INVALID_ARGUMENT": "the record is refused; a document holds 1 MiB",
    "NOT_FOUND": "the project has no such database; `gcloud firestore databases list` shows what it has",
    "PERMISSION_DENIED": "this account may not use the database; it needs the role roles/datastore.user",
    "RESOURCE_EXHAUSTED": "the quota is used up; the free one lasts until tomorrow, billing lifts it",
    "SERVICE_DISABLED": "the project does not use it; run `gcloud services enable firestore.googleapis.com`",
    "UNAUTHENTICATED": "Google does not know these credentials; is the clock of this machine correct?",
    "UNAVAILABLE": "it is down",
}
"""Firestore's word for a failure -> what to do.

https://docs.cloud.google.com/apis/design/errors
"""
_WORDS = {429: "RESOURCE_EXHAUSTED", 502: "UNAVAILABLE", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
"""The word for a status with which one of Google's servers in front of Firestore answers."""
_STRANGE = "it is not Firestore that answered, with status {}; is a proxy or a login page in between?"


def unavailable(reason: str) -> LedgerUnavailable:
    """Return the ledger's exception; the reason says what to do, if something can be done."""
    return LedgerUnavailable(f"the ledger in Firestore is not available: {reason}")


def content(answer: Answer, read: Callable[[Any], T]) -> T:
    """Return what `read` makes of the answer's JSON.

    Raises:
        LedgerUnavailable: the answer says that it failed, or `read` does not find what belongs there.
    """
    found = answer.json()
    word = _failure(found)
    if answer.status == OK and not word:
        try:
            return read(found)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise unavailable(_STRANGE.format(OK)) from None
    word = word or _WORDS.get(answer.status, "")
    reason = f"it failed with {word}" if word else _STRANGE.format(answer.status)
    raise unavailable(_REASONS.get(word, reason))


def is_overtaken(answer: Answer) -> bool:
    """Return whether a write is refused because a document is not as it was known to be."""
    return answer.status != OK and _failure(answer.json()) in _OVERTAKEN


def _failure(found: Any) -> str:
    """Return the word for why it failed, or an empty string.

    A list of results that fails ends with the failure.
    """
    last = found[-1] if isinstance(found, list) and found else found
    try:
        error = last["error"]
        reasons = [each.get("reason") for each in error.get("details", ())]
        word = "SERVICE_DISABLED" if "SERVICE_DISABLED" in reasons else error["status"]
        return word if word.isupper() and word.isidentifier() else ""
    except (AttributeError, KeyError, TypeError):
        return ""
