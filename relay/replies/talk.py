"""What is done about each thing that a person writes or presses in a chat."""

import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from forwarders.replies import Pressed, Replies, Said
from relay.gateway import LONGEST_ID
from relay.gateway.parts import count_parts
from relay.replies import wording
from relay.replies.book import HOUR, Book
from relay.replies.checks import MAX_AGE, find_problem
from relay.replies.draft import LEASE, Draft, Phase, cancelled, sms_id, with_reason
from relay.replies.numbers import NotAnswerable
from relay.replies.people import People
from relay.replies.sending import Sender
from relay.replies.store import Answerable, Store
from relay.replies.telling import Chat, Teller

RETRY_FOR = 3600.0
"""Seconds for which an SMS that the gateway has not taken on can be tried again."""
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_BUTTON = re.compile(rf"({wording.SEND}|{wording.CANCEL}) ([a-z0-9-]{{1,{LONGEST_ID}}})")


class Talk:
    """Turns what people do into drafts, and these into SMS; everything may come repeated.

    Every method returns words for the log, and raises what `Sender.send` raises.
    """

    def __init__(
        self,
        people: People,
        store: Store,
        sender: Sender,
        *,
        secret: bytes,
        clock: Callable[[], float],
        beside: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._people = people
        self._teller = Teller(store, clock)
        self._beside = beside
        self._store = store
        self._sender = sender
        self._secret = secret
        self._clock = clock
        self.status: Callable[[], Awaitable[str]] | None = None

    async def hear(self, chat: Chat, said: Said) -> str:
        """Answer what a person has written."""
        command = _COMMAND.fullmatch(said.text or "")
        if command and command[1] in ("help", "start", "status", "sms"):
            if command[2] and not await chat.conversation.is_called(command[2]):
                return "not ours"
            return await self._command(chat, said, command)
        if not said.answered:
            return await self._teller.hint(chat, said, wording.NO_REPLY)
        if said.text is None:
            return await self._teller.hint(chat, said, wording.TEXT_ONLY)
        found = await self._store.recall(said.answered)
        if found is None:
            return await self._teller.tell(chat, said, wording.NOT_KNOWN) if said.is_to_us else "not ours"
        try:
            number = self._people.number(found.party)
        except NotAnswerable as problem:
            return await self._teller.tell(chat, said, str(problem))
        return await self._draft(chat, said, number, found, said.text)

    async def press(self, chat: Chat, pressed: Pressed) -> str:
        """Do what a button says."""
        found = _BUTTON.fullmatch(pressed.button)
        draft = await self._store.draft(found[2]) if found else None
        if found is None or draft is None or draft.destination != chat.name:
            self._acknowledge(chat, pressed, wording.GONE)
            return "an unknown button"
        if draft.user != pressed.user:
            self._acknowledge(chat, pressed, wording.NOT_YOURS)
            return "a button of somebody else"
        if draft.reported or draft.phase in (Phase.ACCEPTED, Phase.CANCELLED):
            self._acknowledge(chat, pressed, wording.state_of(draft))
            await self._sender.display(await self._at(draft, pressed.ref))
            return "done before"
        if found[1] == wording.CANCEL:
            return await self._cancel(chat, pressed, draft)
        return await self._confirm(chat, pressed, draft)

    def _acknowledge(self, chat: Chat, pressed: Pressed, words: str = "") -> None:
        """Tell the service that a button was heard, while the work goes on."""
        self._beside(chat.conversation.acknowledge(pressed, words))

    async def _command(self, chat: Chat, said: Said, command: re.Match[str]) -> str:
        word, _, rest = command.groups()
        if word == "sms":
            return await self._new(chat, said, rest or "")
        if word == "status":
            words = await self.status() if self.status else wording.NO_WATCH
        else:
            words = "\n".join((*wording.HELP, *([wording.NEW] if chat.conversation.options.new else [])))
        await self._teller.tell(chat, said, words)
        return f"/{word}"

    async def _new(self, chat: Chat, said: Said, rest: str) -> str:
        """Write to a number that was typed, from the only phone or the one that is named."""
        if not chat.conversation.options.new:
            return await self._teller.tell(chat, said, wording.NOT_NEW)
        phones = self._people.phones()
        first, _, others = rest.partition(" ")
        phone, typed = (first, others) if first in phones else (phones[0] if len(phones) == 1 else "", rest)
        if not phone:
            return await self._teller.tell(chat, said, wording.which_phone(phones))
        written, *text = typed.split(None, 1)[:2] if typed.strip() else ("",)
        try:
            number = self._people.new_number(written)
        except NotAnswerable as problem:
            return await self._teller.tell(chat, said, str(problem))
        found = Answerable(number, phone, None)
        return await self._draft(chat, said, number, found, "".join(text))

    async def _draft(self, chat: Chat, said: Said, number: str, found: Answerable, text: str) -> str:
        """Make a draft of what was written, once, and ask or send."""
        options, now = chat.conversation.options, self._clock()
        parts = count_parts(text)
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
        if known := await self._store.draft(draft.id):
            return await self._go_on(known, options)
        if problem := find_problem(text, parts, options.per_hour, now - said.at):
            return await self._teller.tell(chat, said, problem)
        if wait := await self._wait(draft, options.per_hour):
            words = wording.limit(options.per_hour, wait)
            return await self._teller.hint(chat, said, words, "limit", HOUR, is_ours=True)
        return await self._go_on(await self._store.create(draft), options)

    async def _go_on(self, draft: Draft, options: Replies) -> str:
        """Ask about a draft, or send it, as far as that has not been done."""
        if draft.phase is Phase.SENDING:  # it was interrupted
            return await self._send(draft, options.per_hour)
        if draft.phase is Phase.ASKED and not options.confirm:
            age = self._clock() - draft.asked_at
            return await (self._expire(draft, age) if age > MAX_AGE else self._send(draft, options.per_hour))
        if not draft.shown:
            await self._sender.display(draft)
        return "asked"

    async def _expire(self, draft: Draft, age: float) -> str:
        """Say that it is too late for an SMS (age in seconds)."""
        words = wording.late(age)
        after = await self._store.update(draft.id, lambda each: each and cancelled(each, words))
        await self._sender.display(after or draft)
        return "too late"

    async def _cancel(self, chat: Chat, pressed: Pressed, draft: Draft) -> str:
        self._acknowledge(chat, pressed)
        draft = await self._at(draft, pressed.ref)
        after = await self._store.update(draft.id, lambda each: each and cancelled(each))
        await self._sender.display(after or draft)
        return "cancelled"

    async def _confirm(self, chat: Chat, pressed: Pressed, draft: Draft) -> str:
        age = self._clock() - draft.asked_at
        if draft.phase is Phase.UNKNOWN and age > RETRY_FOR:
            draft = await self._sender.look_up(draft)
            self._acknowledge(chat, pressed, "" if draft.phase is Phase.ACCEPTED else wording.STILL_UNKNOWN)
            return "too late"
        if draft.phase is Phase.REFUSED and age > RETRY_FOR:
            self._acknowledge(chat, pressed, wording.TOO_LATE)
            return "too late"
        if draft.phase is Phase.ASKED and age > MAX_AGE:
            self._acknowledge(chat, pressed)
            return await self._expire(draft, age)
        draft, per_hour = await self._at(draft, pressed.ref), chat.conversation.options.per_hour
        wait = await self._wait(draft, per_hour)
        if draft.phase in (Phase.ASKED, Phase.REFUSED) and wait:
            self._acknowledge(chat, pressed, wording.limit(per_hour, wait))
            return "limit reached"
        self._acknowledge(chat, pressed)
        return await self._send(draft, per_hour)

    async def _at(self, draft: Draft, ref: str) -> Draft:
        """Return a draft as shown where its button was pressed, unless another message is there.

        A question can have been shown twice; the person looks at this one.
        """
        found = await self._store.recall(ref)
        if found and found.sms_id != draft.id:
            return draft
        return await self._store.update(draft.id, lambda each: each and replace(each, shown=ref)) or draft

    async def _wait(self, draft: Draft, per_hour: int) -> float:
        """Return for how many seconds an SMS has to wait for the limit; 0 if it may be sent."""
        book = await self._store.book(lambda before: before)
        is_counted = book.has_sent(draft.destination, draft.id)
        return 0.0 if is_counted else book.wait(draft.destination, draft.parts, per_hour, self._clock())

    async def _send(self, draft: Draft, per_hour: int) -> str:
        """Count an SMS and send it, or say that the limit was reached meanwhile."""
        now, name = self._clock(), draft.destination
        wait = 0.0

        def count(book: Book) -> Book:
            nonlocal wait
            is_counted = book.has_sent(name, draft.id)
            wait = 0.0 if is_counted else book.wait(name, draft.parts, per_hour, now)
            counted = book if is_counted else book.with_sent(name, draft.id, draft.parts, now)
            return book if wait else counted.with_due(draft.id, now + LEASE)

        if draft.phase in (Phase.CANCELLED, Phase.ACCEPTED):
            return str((await self._sender.display(draft)).phase)
        await self._store.book(count)
        if wait:
            words = wording.limit(per_hour, wait)
            after = await self._store.update(draft.id, lambda each: each and with_reason(each, words))
            await self._sender.display(after or draft)
            return "limit reached"
        after = await self._sender.send(draft)
        if after.phase in (Phase.ASKED, Phase.CANCELLED):
            await self._store.book(lambda book: book.without(name, draft.id).with_due(draft.id, None))
        return str(after.phase)
