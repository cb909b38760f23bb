"""Render an event as the message that a destination gets."""

from typing import TYPE_CHECKING

from forwarders.base import Attachment, Message
from relay.config import Config
from relay.config.routes import Template
from relay.config.times import load_zone
from relay.events import ALERT, CALLS, INBOUND, Event
from relay.keys import stored_name
from relay.lines import clean_line
from relay.logs import shown_type
from relay.model import DeliverySpec, Visibility
from relay.names import Names
from relay.names.numbers import normalize_party
from relay.reading import attachment_count, code_of, is_empty
from relay.rendering.view import EventView
from relay.rendering.wording import RenderedText, announce, describe

if TYPE_CHECKING:
    from relay.rendering.templates import Templates

Notes = tuple[str, ...]
_CODE_ONLY = RenderedText("One-time code")
_EMPTY = "It came empty"
_FAILED = "The template failed; these are the usual words"


class Renderer:
    """Renders events with the names, templates and limits of a configuration.

    Raises:
        ConfigurationError: a template is invalid, or a contact is defined twice.
    """

    def __init__(self, config: Config) -> None:
        self._destinations = config.destinations
        self._routing = config.routing
        self._secret = config.settings.ledger_secret
        self._names = Names(config)
        self._zone = load_zone(config.settings.timezone) if config.settings.timezone else None
        self._templates = self._load_templates() if config.routing.templates else None

    def message(
        self, event: Event, spec: DeliverySpec, *, key: str, first_seen_at: float, notes: Notes = ()
    ) -> Message:
        """Return the message for a destination about an event that was first seen then (Unix seconds)."""
        if event.type == ALERT:
            return _alert(event, key)
        visibility = self.visibility(spec)
        is_full = visibility == "full"
        view = self._view(event, first_seen_at, is_masked=visibility == "masked")
        text, template_notes = self._text(view, spec, visibility)
        files, file_notes = _attachments(event, visibility)
        late = (f"Arrived {view.lateness} late",) if view.lateness else ()
        return Message(
            title=text.title,
            text=text.text,
            fields=text.fields,
            notes=(*late, *file_notes, *template_notes, *notes),
            code=view.code if visibility in ("full", "code") else None,
            attachments=files,
            silent=spec.silent or event.type == "mms:received",
            key=key if is_full else self._opaque_key(key, event),
            thread=self._thread(event) if is_full else "",
            type=event.type if is_full else shown_type(event.type),
            event=event.raw if is_full else None,
        )

    def visibility(self, spec: DeliverySpec) -> Visibility:
        """Return what both the route and the destination allow to be shown."""
        destination = self._destinations.get(spec.destination)
        return intersect(spec.content, destination.content if destination else None)

    def _view(self, event: Event, first_seen_at: float, *, is_masked: bool) -> EventView:
        return EventView(event, self._names, self._zone, first_seen_at, code_of(event), is_masked)

    def _text(
        self, view: EventView, spec: DeliverySpec, visibility: Visibility
    ) -> tuple[RenderedText, Notes]:
        """Return the text, and a note if the template failed."""
        if visibility == "none" or (visibility == "code" and not view.code):
            return announce(view.event.type), ()
        default = _CODE_ONLY if visibility == "code" else describe(view)
        template = self._template(spec)
        if template is None or self._templates is None:
            return default, ()
        text = self._templates.render(template, view, default, code_only=visibility == "code")
        return (text, ()) if text else (default, (_FAILED,))

    def _template(self, spec: DeliverySpec) -> Template | None:
        """Return the route's template, else the destination's; one that no longer exists is ignored."""
        destination = self._destinations.get(spec.destination)
        template = destination.template if destination else None
        return self._routing.templates.get(spec.template, template) if spec.template else template

    def _thread(self, event: Event) -> str:
        """Return a name for the conversation: one phone with one number or contact; empty if nobody is known.

        Events that are no messages, such as pings, are a conversation of their phone with nobody.
        """
        payload, is_inbound = event.payload, event.type in INBOUND or event.type in CALLS
        party = (payload.sender if is_inbound else payload.recipient) or ""
        if is_inbound and not party:
            return ""
        phone = self._names.phone_name(event) or event.device_id
        name = self._names.contact_name(party) or normalize_party(party)
        return stored_name(f"thread {phone} {name}", self._secret)

    def _opaque_key(self, key: str, event: Event) -> str:
        """Return a key that does not reveal hidden content: without a secret all codes could be tried."""
        return key if self._secret or not event.id else stored_name(event.id, None)

    def _load_templates(self) -> "Templates":
        from relay.rendering.templates import Templates, samples  # noqa: PLC0415  (110 ms of Jinja)

        views = [
            self._view(event, samples.FIRST_SEEN_AT, is_masked=is_masked)
            for event in samples.events()
            for is_masked in (False, True)
        ]
        return Templates(self._routing.templates, views)


def _alert(event: Event, key: str) -> Message:
    """Return an alert of the relay itself: it holds no message, so nothing in it is hidden."""
    title = str(event.raw.get("payload", {}).get("title", ""))
    return Message(title=clean_line(title), text=event.payload.text or "", key=key, type="alert")


def intersect(one: Visibility, other: Visibility | None) -> Visibility:
    """Return what two limits together allow to be shown."""
    if other is None or other in (one, "full"):
        return one
    return other if one == "full" else "none"


def _attachments(event: Event, visibility: Visibility) -> tuple[tuple[Attachment, ...], Notes]:
    """Return the attachments that may be shown, and notes about those that are not."""
    attachments = event.payload.attachments
    if event.type == "mms:received" or visibility in ("code", "none"):
        return (), ()
    if not attachments:
        return (), (_EMPTY,) if is_empty(event) else ()
    count = attachment_count(event)
    if visibility != "full":
        return (), (f"Attachments not shown here: {count}",)
    from relay.rendering.attachments import unpack  # noqa: PLC0415  (few messages have attachments)

    files, notes = unpack(attachments)
    more = count - len(attachments)
    return files, (*notes, *([f"{more:,} more attachments are not shown"] if more else []))
