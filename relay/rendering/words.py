"""The words in which each type of event is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from relay.events.payloads import AppStarted, MmsReceived, SmsSent, SystemPing
from relay.health import describe_checks, health_status
from relay.lines import clean_line
from relay.rendering.report import Report
from relay.rendering.unknown import text_and_fields

ALERT = "⚠️"
_CARDS = 10
_REASON = 80


@dataclass(frozen=True, slots=True)
class Words:
    """A title of one line, a text, and the fields that go with it."""

    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def in_full(report: Report) -> Words:
    """Tell all of an event that may be seen."""
    words = _TELLERS.get(report.event.type, _unknown)(report)
    return Words(clean_line(words.title), words.text, words.fields)


def bare(event_type: str) -> Words:
    """Tell that something came, and nothing of it."""
    return Words(_BARE.get(event_type, "Something came"))


def _received(report: Report) -> Words:
    return Words(f"SMS from {_sender(report)}", report.text, report.fields())


def _data_received(report: Report) -> Words:
    return Words(f"Data SMS from {_sender(report)}", report.text, report.fields())


def _mms_announced(report: Report) -> Words:
    payload = report.event.payload
    size = payload.size if isinstance(payload, MmsReceived) else None
    told_size = f"{max(1, size // 1000)} kB" if size else None
    fields = report.fields(("Subject", payload.subject), ("Size", told_size))
    return Words(f"MMS from {_sender(report)} is on its way", "", fields)


def _mms(report: Report) -> Words:
    fields = report.fields(("Subject", report.event.payload.subject))
    return Words(f"MMS from {_sender(report)}", report.text, fields)


def _sent(report: Report) -> Words:
    payload = report.event.payload
    parts = payload.parts if isinstance(payload, SmsSent) else None
    several = parts if parts and parts > 1 else None
    return _outcome(report, f"SMS to {_recipient(report)} sent", ("Parts", several))


def _delivered(report: Report) -> Words:
    return _outcome(report, f"SMS to {_recipient(report)}: one part delivered")


def _failed(report: Report) -> Words:
    reason = report.event.payload.reason or ""
    said = report.line(_reason(reason), _REASON)
    title = f"{ALERT} SMS to {_recipient(report)} failed"
    own = ("Reason", "" if reason == said else reason)
    return _outcome(report, f"{title}: {said}" if said else title, own)


def _cancelled(report: Report) -> Words:
    return _outcome(report, f"SMS to {_recipient(report)} cancelled")


def _outcome(report: Report, title: str, *own: tuple[str, object]) -> Words:
    return Words(title, "", report.fields(*own, ("Message", report.event.payload.message_id)))


def _ping(report: Report) -> Words:
    payload = report.event.payload
    found = report.line(", ".join(describe_checks(payload.health))) if isinstance(payload, SystemPing) else ""
    alert = f"{ALERT} " if health_status(payload) in ("warn", "fail") else ""
    return Words(f"{alert}{report.phone}: {found or 'a sign of life'}", "", report.fields())


def _started(report: Report) -> Words:
    payload = report.event.payload
    cards = payload.sim_cards if isinstance(payload, AppStarted) else ()
    told = [_card(report, each.sim, each.carrier, each.number) for each in cards[:_CARDS]]
    told += [f"{len(cards) - _CARDS} more"] if len(cards) > _CARDS else []
    return Words(": ".join(filter(None, (f"{report.phone} started", ", ".join(told)))), "", report.fields())


def _card(report: Report, sim: int | None, carrier: str | None, number: str | None) -> str:
    name = report.names.card(report.event, sim) if sim else None
    told = ", ".join(filter(None, (report.line(carrier or ""), report.person(number))))
    return f"{name or f'SIM {sim}' if sim else 'a SIM'}{f' ({told})' if told else ''}"


def _unknown(report: Report) -> Words:
    return Words(f"Event {report.event.type}", *text_and_fields(report))


def _sender(report: Report) -> str:
    return report.person(report.event.payload.sender, "an unknown sender")


def _recipient(report: Report) -> str:
    return report.person(report.event.payload.recipient, "an unknown number")


def _reason(reason: str) -> str:
    """Turn a name of Android's, like RESULT_ERROR_NO_SERVICE, into words."""
    if not reason.startswith("RESULT_"):
        return reason
    return reason.removeprefix("RESULT_").removeprefix("ERROR_").replace("_", " ").lower()


_TELLERS: Mapping[str, Callable[[Report], Words]] = {
    "sms:received": _received,
    "sms:data-received": _data_received,
    "mms:received": _mms_announced,
    "mms:downloaded": _mms,
    "sms:sent": _sent,
    "sms:delivered": _delivered,
    "sms:failed": _failed,
    "sms:cancelled": _cancelled,
    "system:ping": _ping,
    "app:started": _started,
}
_BARE: Mapping[str, str] = {
    "sms:received": "An SMS came",
    "sms:data-received": "A data SMS came",
    "mms:received": "An MMS is on its way",
    "mms:downloaded": "An MMS came",
    "sms:sent": "An SMS was sent",
    "sms:delivered": "A part of an SMS was delivered",
    "sms:failed": f"{ALERT} An SMS could not be sent",
    "sms:cancelled": "An SMS was cancelled",
    "system:ping": "A phone gave a sign of life",
    "app:started": "A phone started the app",
}
