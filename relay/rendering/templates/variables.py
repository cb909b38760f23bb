"""The variables of a template."""

from typing import Any

from relay.logs import shown_type
from relay.rendering.view import EventView
from relay.rendering.wording import RenderedText


def all_variables(view: EventView, text: RenderedText) -> dict[str, Any]:
    """Return everything that may be shown; what the event does not have is empty."""
    payload, names = view.event.payload, view.names
    return {
        **_common_variables(view, text),
        "sender": view.party(payload.sender),
        "recipient": view.party(payload.recipient),
        "text": text.text,
        "fields": list(text.fields),
        "subject": view.line(payload.subject or ""),
        "reason": view.line(payload.reason or ""),
        "attachments": [view.line(each.name or "") for each in payload.attachments],
        "phone": names.phone_name(view.event) or "",
        "sim": names.sim_name(view.event) or "",
        "time": view.time,
    }


def code_variables(view: EventView, text: RenderedText) -> dict[str, Any]:
    """Return the same names for a destination that may see the code and nothing else."""
    empty = dict.fromkeys(all_variables(view, text), "")
    shown = _common_variables(view, text) | {"type": shown_type(view.event.type)}
    return {**empty, "fields": [], "attachments": [], **shown}


def _common_variables(view: EventView, text: RenderedText) -> dict[str, Any]:
    return {
        "type": view.type,
        "title": text.title,
        "code": "" if view.is_masked else view.code or "",
        "late": view.lateness,
    }
