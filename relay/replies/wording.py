"""What people read when they answer by SMS."""

from collections.abc import Iterator

from forwarders.replies import Shown
from relay.moments import format_duration
from relay.replies.draft import Draft, Phase

SEND, CANCEL = "send", "cancel"
"""What the buttons begin with; the id of the draft follows."""
HELP = (
    "Reply to a forwarded SMS, and your text goes back as an SMS.",
    "/status shows the phones, if they are watched.",
)
NEW = "/sms +49… text writes to a number of your own choice."
TEXT_ONLY = "Only plain text can be sent as an SMS: write it as a new reply."
NO_REPLY = "To answer an SMS, reply to the message in which it was forwarded. /help says more."
NOT_KNOWN = (
    "To which number this would go is not known: it was forwarded more than a week ago, before answers were "
    "switched on, or is no SMS. Nothing was sent."
)
NOT_YOURS = "Only who has written it can send it."
BROKEN = "Something broke here: what you did has had no effect, or not all of it."
TOO_LATE = "It is too late to try this again. Write it as a new reply."
STILL_UNKNOWN = (
    "It is still not known whether this was sent, and too late to try it again. Look at the phone before you "
    "write it once more."
)
GONE = "This is not known any more. Write it again as a new reply."
EMPTY = "There is no text to send."
UNSENDABLE = "Nothing was sent: the text has characters that no SMS can carry."
NOT_NEW = "Only numbers that have written can be answered: `new = true` in `replies` allows others."
NO_WATCH = "The phones are not watched: [watch] switches that on."
OVERDUE_AFTER = 600.0
"""Seconds without a report after which the chat says so."""


def show(draft: Draft) -> Shown:
    """Return what the chat shows of an SMS."""
    return Shown(draft.heading, draft.text, state_of(draft), tuple(_buttons(draft)))


def _buttons(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.reported:
        return
    if draft.phase is Phase.ASKED:
        yield "Send", f"{SEND} {draft.id}"
        yield "Cancel", f"{CANCEL} {draft.id}"
    elif draft.phase is Phase.REFUSED:
        yield "Try again", f"{SEND} {draft.id}"
        yield "Cancel", f"{CANCEL} {draft.id}"
    elif draft.phase is Phase.UNKNOWN:
        yield "Try again", f"{SEND} {draft.id}"


def state_of(draft: Draft) -> str:
    """Return how far an SMS is, in words."""
    if draft.reported:
        return _reported(draft)
    if draft.phase is Phase.ACCEPTED:
        late = f"; no report after {format_duration(OVERDUE_AFTER)}: is the phone online?"
        return f"queued{late if draft.is_overdue else ''}"
    words = {
        Phase.ASKED: f"{draft.parts} SMS" if draft.parts > 1 else "",
        Phase.CANCELLED: "not sent",
        Phase.SENDING: "sending …",
        Phase.REFUSED: "not sent",
        Phase.UNKNOWN: "not known whether it was sent; to try again never sends a second one",
    }[draft.phase]
    return ": ".join(filter(None, (words, draft.reason)))


def _reported(draft: Draft) -> str:
    """Return the state by what the phone has reported, in whatever order that came."""
    delivered, parts = draft.count("sms:delivered"), draft.parts
    if delivered >= parts:
        return "delivered ✓"
    if draft.count("sms:failed"):
        step = "not delivered" if draft.count("sms:sent") or delivered else "not sent"
        return f"{step}: {draft.failure}" if draft.failure else step
    if draft.count("sms:cancelled"):
        return "cancelled on the phone: not sent"
    return f"delivered {delivered} of {parts}" if delivered else "sent"


def which_phone(phones: tuple[str, ...]) -> str:
    """Return that it has to be said which phone is to send."""
    return f"Which phone is to send it? Write /sms {phones[0]} +49… text. There are: {', '.join(phones)}."


def late(seconds: float) -> str:
    """Return that a message came too late to be sent."""
    return (
        f"This came {format_duration(seconds)} late, so nothing was sent. Write it again if it still holds."
    )


def limit(per_hour: int, wait: float) -> str:
    """Return that a limit is reached, and for how many seconds."""
    return (
        f"The limit of {per_hour} SMS an hour is reached: nothing is sent for another "
        f"{format_duration(max(60.0, wait))}."
    )


def too_long(parts: int, per_hour: int) -> str:
    """Return that a text is longer than the limit allows at all."""
    return f"Nothing was sent: this text is {parts} SMS, and the limit is {per_hour} an hour."
