"""The default texts for each type of event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from relay.events.payloads import AppStarted, MmsReceived, SmsSent, SystemPing
from relay.health import describe_checks, health_status
from relay.lines import clean_line
from relay.rendering.unknown import text_and_fields
from relay.rendering.view import EventView

ALERT = "⚠️"
_MOST_CARDS = 10
_LONGEST_REASON = 80


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A title of one line, a text, and fields."""

    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def describe(view: EventView) -> RenderedText:
    """Return the default text for an event, with everything that may be shown."""
    text = _DESCRIPTIONS.get(view.event.type, _unknown)(view)
    return RenderedText(clean_line(text.title), text.text, text.fields)


def announce(event_type: str) -> RenderedText:
    """Return a text that says that an event came, and nothing about it."""
    return RenderedText(_ANNOUNCEMENTS.get(event_type, "Something came"))


def _sms_received(view: EventView) -> RenderedText:
    return RenderedText(f"SMS from {_sender(view)}", view.text, view.fields())


def _data_sms_received(view: EventView) -> RenderedText:
    return RenderedText(f"Data SMS from {_sender(view)}", view.text, view.fields())


def _mms_received(view: EventView) -> RenderedText:
    payload = view.event.payload
    size = payload.size if isinstance(payload, MmsReceived) else None
    shown_size = f"{max(1, size // 1000)} kB" if size else None
    fields = view.fields(("Subject", payload.subject), ("Size", shown_size))
    return RenderedText(f"MMS from {_sender(view)} is on its way", "", fields)


def _mms_downloaded(view: EventView) -> RenderedText:
    fields = view.fields(("Subject", view.event.payload.subject))
    return RenderedText(f"MMS from {_sender(view)}", view.text, fields)


def _sms_sent(view: EventView) -> RenderedText:
    payload = view.event.payload
    parts = payload.parts if isinstance(payload, SmsSent) else None
    return _outcome(
        view, f"SMS to {_recipient(view)} sent", ("Parts", parts if parts and parts > 1 else None)
    )


def _sms_delivered(view: EventView) -> RenderedText:
    return _outcome(view, f"SMS to {_recipient(view)}: one part delivered")


def _sms_failed(view: EventView) -> RenderedText:
    from relay.rendering.reasons import explain  # noqa: PLC0415  (few messages fail)

    reason = view.event.payload.reason or ""
    plain, is_ours = explain(reason)
    shown = plain if is_ours else view.line(plain, _LONGEST_REASON)
    title = f"{ALERT} SMS to {_recipient(view)} failed"
    field = ("Reason", "" if shown == view.line(reason) else reason)
    return _outcome(view, f"{title}: {shown}" if shown else title, field)


def _sms_cancelled(view: EventView) -> RenderedText:
    return _outcome(view, f"SMS to {_recipient(view)} cancelled")


def _outcome(view: EventView, title: str, *specific: tuple[str, object]) -> RenderedText:
    return RenderedText(title, "", view.fields(*specific, ("Message", view.event.payload.message_id)))


def _ping(view: EventView) -> RenderedText:
    payload = view.event.payload
    checks = ", ".join(describe_checks(payload.health)) if isinstance(payload, SystemPing) else ""
    alert = f"{ALERT} " if health_status(payload) in ("warn", "fail") else ""
    return RenderedText(f"{alert}{view.phone}: {view.line(checks) or 'a sign of life'}", "", view.fields())


def _app_started(view: EventView) -> RenderedText:
    payload = view.event.payload
    cards = payload.sim_cards if isinstance(payload, AppStarted) else ()
    shown = [_sim_card(view, each.sim, each.carrier, each.number) for each in cards[:_MOST_CARDS]]
    shown += [f"{len(cards) - _MOST_CARDS} more"] if len(cards) > _MOST_CARDS else []
    title = ": ".join(filter(None, (f"{view.phone} started", ", ".join(shown))))
    return RenderedText(title, "", view.fields())


def _sim_card(view: EventView, sim: int | None, carrier: str | None, number: str | None) -> str:
    name = view.names.sim_card_name(view.event, sim) if sim else None
    details = ", ".join(filter(None, (view.line(carrier or ""), view.party(number))))
    return f"{name or f'SIM {sim}' if sim else 'a SIM'}{f' ({details})' if details else ''}"


def _call_ringing(view: EventView) -> RenderedText:
    caller = view.party(view.event.payload.sender, "An unknown number")
    return RenderedText(f"{caller} is calling", "", view.fields())


def _call_started(view: EventView) -> RenderedText:
    return RenderedText(f"Call with {_caller(view)} started", "", view.fields())


def _call_ended(view: EventView) -> RenderedText:
    return RenderedText(f"Call with {_caller(view)} ended", "", view.fields())


def _unknown(view: EventView) -> RenderedText:
    return RenderedText(f"Event {view.type}", *text_and_fields(view))


def _sender(view: EventView) -> str:
    return view.party(view.event.payload.sender, "an unknown sender")


def _caller(view: EventView) -> str:
    return view.party(view.event.payload.sender, "an unknown number")


def _recipient(view: EventView) -> str:
    return view.party(view.event.payload.recipient, "an unknown number")


_DESCRIPTIONS: Mapping[str, Callable[[EventView], RenderedText]] = {
    "sms:received": _sms_received,
    "sms:data-received": _data_sms_received,
    "mms:received": _mms_received,
    "mms:downloaded": _mms_downloaded,
    "sms:sent": _sms_sent,
    "sms:delivered": _sms_delivered,
    "sms:failed": _sms_failed,
    "sms:cancelled": _sms_cancelled,
    "system:ping": _ping,
    "app:started": _app_started,
    "call:ringing": _call_ringing,
    "call:started": _call_started,
    "call:ended": _call_ended,
}
_ANNOUNCEMENTS: Mapping[str, str] = {
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
    "call:ringing": "A phone is ringing",
    "call:started": "A call started",
    "call:ended": "A call ended",
}
