"""What is done about each thing that a person writes or presses in a chat."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NamedTuple

from forwarders.replies import Conversation, Pressed, Said, Shown
from relay.gateway.parts import count_parts
from relay.replies import wording
from relay.replies.book import DAY, HOUR, Book
from relay.replies.draft import LEASE, Draft, Phase, cancelled, sms_id
from relay.replies.numbers import NotAnswerable
from relay.replies.people import People
from relay.replies.sending import Sender
from relay.replies.store import Answerable, Store

MAX_AGE = 900.0
"""Seconds after which what was written is not sent any more: whoever wrote it has found another way."""
RETRY_FOR = 3600.0
"""Seconds for which an SMS that the gateway has not taken on can be tried again."""
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_BUTTON = re.compile(rf"({wording.SEND}|{wording.CANCEL}) (\S+)")
_UNSENDABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Chat(NamedTuple):
    """The name of a destination, and its conversation."""

    name: str
    conversation: Conversation


class Talk:
    """Turns what people do into drafts, and these into SMS; everything may come repeated.

    Every method returns words for the log, and raises what `Sender.send` raises.
    """

    def __init__(
        self, people: People, store: Store, sender: Sender, secret: bytes, clock: Callable[[], float]
    ) -> None:
        self._people = people
        self._store = store
        self._sender = sender
        self._secret = secret
        self._clock = clock
        self.status: Callable[[], Awaitable[str]] | None = None

    async def hear(self, chat: Chat, said: Said) -> str:
        """Answer what a person has written."""
        command = _COMMAND.fullmatch(said.text or "")
        if command and command[1] in ("help", "start", "status", "sms"):
            return await self._command(chat, said, command)
        if not said.answered:
            return await self._hint(chat, said, wording.NO_REPLY)
        if said.text is None:
            return await self._hint(chat, said, wording.TEXT_ONLY)
        found = await self._store.recall(said.answered)
        if found is None:
            return await self._tell(chat, said, wording.NOT_KNOWN) if said.is_to_us else "not ours"
        try:
            number = self._people.number(found.party)
        except NotAnswerable as problem:
            return await self._tell(chat, said, str(problem))
        return await self._draft(chat, said, number, found, said.text)

    async def press(self, chat: Chat, pressed: Pressed) -> str:
        """Do what a button says."""
        found = _BUTTON.fullmatch(pressed.button)
        draft = await self._store.draft(found[2]) if found else None
        if found is None or draft is None or draft.destination != chat.name:
            await chat.conversation.acknowledge(pressed, wording.GONE)
            return "an unknown button"
        if draft.user != pressed.user:
            await chat.conversation.acknowledge(pressed, wording.NOT_YOURS)
            return "a button of somebody else"
        if found[1] == wording.CANCEL:
            return await self._cancel(chat, pressed, draft)
        return await self._confirm(chat, pressed, draft)

    async def _command(self, chat: Chat, said: Said, command: re.Match[str]) -> str:
        word, _, rest = command.groups()
        if word == "sms":
            return await self._new(chat, said, rest or "")
        if word == "status":
            words = await self.status() if self.status else wording.NO_WATCH
        else:
            words = "\n".join((*wording.HELP, *([wording.NEW] if chat.conversation.options.new else [])))
        await self._tell(chat, said, words)
        return f"/{word}"

    async def _new(self, chat: Chat, said: Said, rest: str) -> str:
        """Write to a number that was typed, from the only phone or the one that is named."""
        if not chat.conversation.options.new:
            return await self._tell(chat, said, wording.NOT_NEW)
        phones = self._people.phones()
        first, _, others = rest.partition(" ")
        phone, typed = (first, others) if first in phones else (phones[0] if len(phones) == 1 else "", rest)
        if not phone:
            return await self._tell(chat, said, wording.which_phone(phones))
        written, *text = typed.split(None, 1)[:2] if typed.strip() else ("",)
        try:
            number = self._people.new_number(written)
        except NotAnswerable as problem:
            return await self._tell(chat, said, str(problem))
        found = Answerable(number, phone, None)
        return await self._draft(chat, said, number, found, "".join(text))

    async def _draft(self, chat: Chat, said: Said, number: str, found: Answerable, text: str) -> str:
        """Make a draft of what was written, once, and ask or send."""
        options, now = chat.conversation.options, self._clock()
        parts = count_parts(text)
        if problem := _problem(text, parts, options.per_hour, now - said.at):
            return await self._tell(chat, said, problem)
        draft = Draft(
            id=sms_id(said.ref, self._secret),
            destination=chat.name,
            said=said.ref,
            user=said.user,
            heading=self._people.heading(number, found),
            to=number,
            text=text,
            parts=parts,
            devices=self._people.devices(found.device),
            sim=found.sim,
            asked_at=now,
        )
        known = await self._store.draft(draft.id)
        if known is None and (wait := await self._wait(draft, options.per_hour)):
            words = wording.limit(options.per_hour, wait)
            return await self._hint(chat, said, words, "limit", HOUR)
        draft = await self._store.create(draft)
        if draft.phase is Phase.SENDING:  # it was interrupted
            return await self._send(draft, options.per_hour)
        if options.confirm or draft.phase is not Phase.ASKED:
            if not draft.shown:
                await self._sender.display(draft)
            return "asked"
        return await self._send(draft, options.per_hour)

    async def _cancel(self, chat: Chat, pressed: Pressed, draft: Draft) -> str:
        await chat.conversation.acknowledge(pressed)
        after = await self._store.update(draft.id, lambda each: each and cancelled(_at(each, pressed.ref)))
        await self._sender.display(after or draft)
        return "cancelled"

    async def _confirm(self, chat: Chat, pressed: Pressed, draft: Draft) -> str:
        age = self._clock() - draft.asked_at
        if draft.phase is Phase.ASKED and age > MAX_AGE:
            await chat.conversation.acknowledge(pressed)
            too_late = wording.late(age)
            after = await self._store.update(draft.id, lambda each: each and cancelled(each, too_late))
            await self._sender.display(after or draft)
            return "too late"
        if draft.phase in (Phase.REFUSED, Phase.UNKNOWN) and age > RETRY_FOR:
            await chat.conversation.acknowledge(pressed, wording.late(age))
            return "too late"
        per_hour = chat.conversation.options.per_hour
        if wait := await self._wait(draft, per_hour):
            await chat.conversation.acknowledge(pressed, wording.limit(per_hour, wait))
            return "limit reached"
        await chat.conversation.acknowledge(pressed)
        at = await self._store.update(draft.id, lambda each: each and _at(each, pressed.ref))
        return await self._send(at or draft, per_hour)

    async def _wait(self, draft: Draft, per_hour: int) -> float:
        """Return for how many seconds an SMS has to wait for the limit; 0 if it may be sent."""
        book = await self._store.book(lambda before: before)
        is_counted = book.has_sent(draft.destination, draft.id)
        return 0.0 if is_counted else book.wait(draft.destination, draft.parts, per_hour, self._clock())

    async def _send(self, draft: Draft, per_hour: int) -> str:
        """Count an SMS, and send it unless the limit was reached meanwhile."""
        now, name = self._clock(), draft.destination

        def count(book: Book) -> Book:
            if not book.has_sent(name, draft.id) and book.wait(name, draft.parts, per_hour, now):
                return book
            return book.with_sent(name, draft.id, draft.parts, now).with_due(draft.id, now + LEASE)

        before = await self._store.book(count)
        if count(before) == before and not before.has_sent(name, draft.id):
            await self._sender.display(draft)
            return "limit reached"
        after = await self._sender.send(draft)
        return str(after.phase)

    async def _hint(
        self,
        chat: Chat,
        said: Said,
        words: str,
        kind: str = "",
        every: float = DAY,
    ) -> str:
        """Say something once in a while, if it is any business of ours."""
        if not said.is_to_us:
            return "not ours"
        key, now = f"{chat.name} {kind or words[:20]}", self._clock()

        def note(book: Book) -> Book:
            return book if book.hints.get(key, 0.0) > now - every else book.with_hint(key, now)

        before = await self._store.book(note)
        if note(before) == before:
            return "hint given before"
        return await self._tell(chat, said, words)

    async def _tell(self, chat: Chat, said: Said, words: str) -> str:
        await chat.conversation.show(Shown(state=words), said.ref)
        return "told"


def _at(draft: Draft, ref: str) -> Draft:
    """Return a draft as shown where a button of it was pressed."""
    return replace(draft, shown=ref)


def _problem(text: str, parts: int, per_hour: int, age: float) -> str:
    """Return why a text is not sent; empty if it may be. `age` is in seconds."""
    if not text.strip():
        return wording.EMPTY
    if _UNSENDABLE.search(text):
        return wording.UNSENDABLE
    if age > MAX_AGE:
        return wording.late(age)
    return wording.too_long(parts, per_hour) if parts > per_hour else ""
