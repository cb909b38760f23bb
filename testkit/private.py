"""A message of which nothing may show in an error, a log or a repr, and what looks for it there."""

# ruff: noqa: S101  a suite asserts

import traceback
from collections.abc import Sequence
from typing import Any

from forwarders.base import Failure, Forwarder, Message
from testkit.case import Case, deliver

PRIVATE = Message(
    title="Privata Persona",
    text="these words are nobody's business",
    fields=(("From", "+4915112345678"),),
    notes=("remarkable",),
    code="735911",
    key="0f" * 32,
    thread="thread-4915112345678",
)


async def attempt(forwarder: Forwarder[Any]) -> Failure | None:
    """Deliver the private message; return the failure, if it is one that a forwarder may raise."""
    try:
        await deliver(forwarder, PRIVATE)
    except Failure as failure:
        return failure
    return None


def nothing_shows(case: Case, places: Sequence[str | Failure | None]) -> None:
    """Check that neither a secret nor anything of the private message is in one of the places."""
    texts = [
        "".join(traceback.format_exception(each)) if isinstance(each, Failure) else each for each in places
    ]
    texts += [repr(each) for each in places if isinstance(each, Failure)]
    private = [PRIVATE.title, PRIVATE.text, "4915112345678", str(PRIVATE.code), PRIVATE.notes[0]]
    for word in [*case.secrets, *private]:
        assert not [text for text in texts if text and word in text], "something private shows"
