"""An SMS on its way from a chat: what is to be sent, how far it is, and what changes that."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from relay.events import Event
from relay.gateway import LONGEST_ID, Reply, Result
from relay.keys import stored_name
from relay.lines import clean_line
from relay.rendering.reasons import explain

LEASE = 60.0
"""Seconds that one attempt lasts; afterwards another instance may go on with it."""
PREFIX = "reply-"
REPORTS = ("sms:sent", "sms:delivered", "sms:failed", "sms:cancelled")
"""The types of events that say what became of an SMS."""


class Phase(StrEnum):
    """How far an SMS is between the chat and the gateway."""

    ASKED = "asked"
    """Its text is shown, and nobody has pressed a button yet."""
    CANCELLED = "cancelled"
    SENDING = "sending"
    """The gateway is being asked; whether it has accepted is not recorded yet."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The gateway has not taken it on: nothing leaves, unless it is asked again."""
    UNKNOWN = "unknown"
    """The gateway was asked and has not answered."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An SMS. `said` and `shown` name the messages in which it was written and is shown.

    `devices` are the ids of the phone, the first being that which received; `asked_at`, `lease_until` and
    `accepted_at` are in Unix seconds. `reported` are the ids of the reports that have come, of each kind.
    `is_doubtful` is whether the gateway may have accepted it at an earlier attempt.
    """

    id: str
    destination: str
    said: str
    user: int
    heading: str = field(repr=False)
    to: str = field(repr=False)
    text: str = field(repr=False)
    parts: int
    devices: tuple[str, ...]
    sim: int | None
    asked_at: float
    shown: str = ""
    phase: Phase = Phase.ASKED
    reason: str = ""
    owner: str = ""
    lease_until: float = 0.0
    accepted_at: float = 0.0
    is_overdue: bool = False
    is_doubtful: bool = False
    reported: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failure: str = ""

    @property
    def is_on_its_way(self) -> bool:
        """Whether the phone may have been asked to send it."""
        return self.phase in (Phase.SENDING, Phase.ACCEPTED, Phase.UNKNOWN) or bool(self.reported)

    @property
    def is_bad_news(self) -> bool:
        """Whether it was not sent, or nobody knows."""
        has_failed = self.count("sms:failed") or self.count("sms:cancelled")
        return self.phase in (Phase.REFUSED, Phase.UNKNOWN) or bool(has_failed)

    @property
    def is_over(self) -> bool:
        """Whether no more is expected: it was delivered in whole, has failed, or was not sent."""
        is_delivered = self.count("sms:delivered") >= self.parts
        is_final = self.phase in (Phase.CANCELLED, Phase.REFUSED) and not self.reported
        return is_delivered or is_final or bool(self.count("sms:failed") or self.count("sms:cancelled"))

    def count(self, report: str) -> int:
        """Return how many reports of a type have come."""
        return len(self.reported.get(report, ()))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def read_draft(content: Mapping[str, Any] | None) -> Draft | None:
    """Return what `to_json` made, by this version or a later one; None if it is not readable."""
    if content is None:
        return None
    known = {each.name: content[each.name] for each in fields(Draft) if each.name in content}
    try:
        reported = {name: tuple(ids) for name, ids in known.get("reported", {}).items()}
        draft = Draft(**{**known, "devices": tuple(known["devices"]), "reported": reported})
        return replace(draft, phase=Phase(draft.phase))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def sms_id(said: str, secret: bytes) -> str:
    """Return the id of the SMS that is made of a message in a chat: always the same."""
    return f"{PREFIX}{stored_name(f'reply {said}', secret)}"[:LONGEST_ID]


def claimed(draft: Draft, owner: str, now: float) -> Draft | None:
    """Return the draft as it is while its owner asks the gateway; None if that is not to be done now."""
    lasts = draft.lease_until - now  # longer than a lease: by a clock that was ahead
    is_held = draft.phase is Phase.SENDING and 0 < lasts <= LEASE and draft.owner != owner
    if is_held or draft.phase in (Phase.ACCEPTED, Phase.CANCELLED) or draft.reported:
        return None
    is_doubtful = draft.is_doubtful or draft.phase in (Phase.SENDING, Phase.UNKNOWN)
    held = replace(draft, owner=owner, lease_until=now + LEASE)
    return replace(held, phase=Phase.SENDING, reason="", is_doubtful=is_doubtful)


def answered(draft: Draft, reply: Reply, now: float, device: str = "") -> Draft:
    """Return the draft after the gateway's answer; what was accepted, or may have been, stays so.

    `device` is the id of the phone that was asked last: it is asked first from then on.
    """
    if device in draft.devices:
        others = [each for each in draft.devices if each != device]
        draft = replace(draft, devices=(device, *others))
    if draft.phase is Phase.ACCEPTED:
        return draft
    if reply.result is Result.ACCEPTED:
        return replace(draft, phase=Phase.ACCEPTED, accepted_at=now, reason="", is_doubtful=False)
    is_refused = reply.result is Result.REFUSED and not draft.is_doubtful
    phase = Phase.REFUSED if is_refused else Phase.UNKNOWN
    return replace(draft, phase=phase, reason=reply.reason)


def cancelled(draft: Draft, reason: str = "") -> Draft:
    """Return the draft as one that is not sent, unless it may have been."""
    return draft if draft.is_on_its_way else replace(draft, phase=Phase.CANCELLED, reason=reason)


def with_reason(draft: Draft, reason: str) -> Draft:
    """Return the draft with the reason why it waits, if it does."""
    return replace(draft, reason=reason) if draft.phase is Phase.ASKED else draft


def reported(draft: Draft, event: Event) -> Draft:
    """Return the draft with a report; in any order, and counted once however often it comes.

    Failed parts of a delivered text do not count: `sms:sent` and `sms:failed` come once, `sms:delivered` once
    for each part.
    """
    known = draft.reported.get(event.type, ())
    name = event.id or event.type
    if name in known:
        return draft
    counted = {**draft.reported, event.type: (*known, name)}
    parts = getattr(event.payload, "parts", None) or draft.parts
    reason = event.payload.reason
    failure = clean_line(explain(reason)[0]) if reason else draft.failure
    return replace(draft, reported=counted, parts=parts, failure=failure)


def overdue(draft: Draft) -> Draft:
    """Return the draft as one of which no report has come, unless one has."""
    return replace(draft, is_overdue=not draft.reported)
