"""In what words an event is told at a destination: a pure function of event, configuration and moment."""

from typing import TYPE_CHECKING

from forwarders.base import Attachment, Message
from relay.config import Config
from relay.config.routes import Template
from relay.config.times import zone
from relay.events import INBOUND, Event
from relay.keys import stored_name
from relay.model import DeliverySpec, Visibility
from relay.names import Names
from relay.names.numbers import folded
from relay.reading import attachment_count, code_of, subject_and_text
from relay.rendering.report import Report
from relay.rendering.words import Words, bare, in_full

if TYPE_CHECKING:
    from relay.rendering.templates import Templates

Remarks = tuple[str, ...]
_CODE_ONLY = Words("One-time code")
_EMPTY = "It came empty"
_FAILED = "The template failed; these are the usual words"


class Renderer:
    """Tells events in the words of a configuration.

    Raises:
        ConfigurationError: a template is wrong, or a contact stands there twice.
    """

    def __init__(self, config: Config) -> None:
        self._destinations = config.destinations
        self._routing = config.routing
        self._secret = config.settings.ledger_secret
        self._names = Names(config)
        self._zone = zone(config.settings.timezone) if config.settings.timezone else None
        self._templates = self._tried() if config.routing.templates else None

    def message(
        self, event: Event, spec: DeliverySpec, *, key: str, first_seen_at: float, notes: Remarks = ()
    ) -> Message:
        """Return what is due to a destination of an event that was first seen then (Unix seconds)."""
        content = self._content(spec)
        full = content == "full"
        report = self._report(event, first_seen_at, content == "masked")
        words, remarks = self._worded(report, spec, content)
        files, faults = _files(event, content)
        late = (f"Arrived {report.late} late",) if report.late else ()
        return Message(
            title=words.title,
            text=words.text,
            fields=words.fields,
            notes=(*late, *faults, *remarks, *notes),
            code=report.code if content in ("full", "code") else None,
            attachments=files,
            silent=spec.silent or event.type == "mms:received",
            key=key if full else self._hidden(key, event),
            thread=self._thread(event) if full else "",
            type=event.type,
            event=event.raw if full else None,
        )

    def _content(self, spec: DeliverySpec) -> Visibility:
        """Return what the route and the destination both allow to be seen."""
        destination = self._destinations.get(spec.destination)
        return narrower(spec.content, destination.content if destination else None)

    def _report(self, event: Event, first_seen_at: float, masked: bool) -> Report:
        return Report(event, self._names, self._zone, first_seen_at, code_of(event), masked)

    def _worded(self, report: Report, spec: DeliverySpec, content: Visibility) -> tuple[Words, Remarks]:
        """Return the words, and a remark where they are not those of the template that is due."""
        if content == "none" or (content == "code" and not report.code):
            return bare(report.event.type), ()
        words = _CODE_ONLY if content == "code" else in_full(report)
        template = self._template(spec)
        if template is None or self._templates is None:
            return words, ()
        own = self._templates.words(template, report, words, code_alone=content == "code")
        return (own, ()) if own else (words, (_FAILED,))

    def _template(self, spec: DeliverySpec) -> Template | None:
        """Return the route's template, else the destination's; one that is gone since is none."""
        destination = self._destinations.get(spec.destination)
        own = destination.template if destination else None
        return self._routing.templates.get(spec.template, own) if spec.template else own

    def _thread(self, event: Event) -> str:
        """Return a name for the conversation: one phone with one number, or with one contact."""
        payload = event.payload
        other = (payload.sender if event.type in INBOUND else payload.recipient) or ""
        phone = self._names.phone(event) or event.device_id
        return stored_name(f"thread {phone} {self._names.contact(other) or folded(other)}", self._secret)

    def _hidden(self, key: str, event: Event) -> str:
        """Return a key that does not tell what is hidden: without a secret one could try out all codes."""
        return key if self._secret or not event.id else stored_name(event.id, None)

    def _tried(self) -> "Templates":
        from relay.rendering.templates import Templates  # noqa: PLC0415  (110 ms of Jinja, only for who uses it)

        return Templates(self._routing.templates, self._report)


def narrower(one: Visibility, other: Visibility | None) -> Visibility:
    """Return what two limits leave to be seen together."""
    if other is None or other in (one, "full"):
        return one
    return other if one == "full" else "none"


def _files(event: Event, content: Visibility) -> tuple[tuple[Attachment, ...], Remarks]:
    attached = event.payload.attachments
    if event.type == "mms:received" or content in ("code", "none"):
        return (), ()
    if not attached:
        return (), (_EMPTY,) if event.type == "mms:downloaded" and not subject_and_text(event) else ()
    count = attachment_count(event)
    if content != "full":
        return (), (f"Attachments not shown here: {count}",)
    from relay.rendering.attachments import unpacked  # noqa: PLC0415  (few messages have files)

    files, faults = unpacked(attached)
    more = count - len(attached)
    return files, (*faults, *([f"{more:,} more attachments are not shown"] if more else []))
