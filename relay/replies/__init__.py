"""Answers by SMS: what people write in a chat is sent by the phone, and the chat shows what became of it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple

from forwarders.base import Failure, Forwarder, TransientFailure
from forwarders.replies import Answerable as HasConversation
from forwarders.replies import Conversation, Ignored, Pressed, Said, Shown
from relay.config import Config
from relay.delivery import Delivery, Outcome
from relay.events import CALLS, INBOUND, Event
from relay.gateway import Gateway
from relay.ledger import LedgerUnavailable
from relay.ledger.tiered import TieredLedger
from relay.logs import Log, Severity
from relay.model import DeliverySpec
from relay.replies import wording
from relay.replies.draft import PREFIX, REPORTS, Draft, Phase, overdue, reported
from relay.replies.people import People
from relay.replies.runs import Runs
from relay.replies.sending import Busy, Sender
from relay.replies.store import Answerable, Store
from relay.replies.talk import Talk
from relay.replies.telling import Chat
from relay.webhook import unauthorized

SIMS = range(1, 4)
"""Numbers of SIM cards that the gateway takes; with any other, the phone chooses."""
LARGEST_UPDATE = 1 << 20
"""Bytes of a request of a chat's service that are read; a text has at most 4,096 characters."""
REPEAT_AFTER = "2"
"""Seconds; Telegram obeys. https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/WebhookActor.cpp"""
_JSON = {"Content-Type": "application/json"}
LOOK_EVERY = 300.0
"""Seconds between two looks of one instance at what is on its way."""
NAME = "replies"
"""What the log calls it when an event is for the answers."""


class Heard(NamedTuple):
    """What became of a request of a chat's service: words for the log, and whether it is to be repeated."""

    outcome: str
    is_open: bool = False


class Replies:
    """The answers of one process. `clock` gives Unix seconds; deadlines are moments of the loop's clock.

    A request of the chat's service is answered by its deadline. What is under way then goes on; the service
    repeats the request, and learns what came of it.
    """

    largest_update: ClassVar[int] = LARGEST_UPDATE

    def __init__(
        self,
        config: Config,
        conversations: Mapping[str, Conversation],
        gateway: Gateway,
        ledger: TieredLedger,
        *,
        log: Log,
        clock: Callable[[], float],
    ) -> None:
        if config.settings.ledger_secret is None:
            raise ValueError("what can be answered has to be kept, and hidden")
        self._secret = config.settings.ledger_secret
        self._conversations = conversations
        self._store = Store(ledger, self._secret, clock)
        self._people = People(config)
        self._sender = Sender(gateway, self._store, self._conversations, clock)
        runs = Runs(log)
        self._talk = Talk(
            self._people, self._store, self._sender, secret=self._secret, clock=clock, beside=runs.start
        )
        self._log = log
        self._clock = clock
        self._runs = runs
        self._look_at = 0.0

    def tell_status(self, status: Callable[[], Awaitable[str]]) -> None:
        """Answer `/status` with what this returns."""
        self._talk.status = status

    def authenticate(self, headers: Mapping[str, str]) -> tuple[str, ...]:
        """Return the destinations whose service has made a request with these headers.

        Raises:
            Refused: 401; there are none.
        """
        each = self._conversations.items()
        names = tuple([name for name, one in each if one.is_genuine(headers, self._secret)])
        if not names:
            raise unauthorized("the secret of the chat's service is missing or wrong")
        return names

    async def answer(
        self, names: tuple[str, ...], body: bytes, deadline: float
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Answer a request of the service of these destinations: by a status, a body and headers."""
        self.begin_look()
        heard = await self._hear(names, body, deadline)
        severity: Severity = "WARNING" if heard.is_open else "INFO"
        self._log.write(severity, "answer", destination=names[0], outcome=heard.outcome)
        if heard.is_open:
            return 503, b'{"status":"open"}', _JSON | {"Retry-After": REPEAT_AFTER}
        return 200, b'{"status":"done"}', _JSON

    async def _hear(self, names: tuple[str, ...], body: bytes, deadline: float) -> Heard:
        """Do what a request asks for; never raises."""
        ignored = "nobody"
        for name in names:
            conversation = self._conversations[name]
            update = conversation.read_update(body)
            if isinstance(update, Ignored):
                ignored = update.why
            elif update.user not in conversation.options.users:
                ignored = "it is from another user"
            else:
                return await self._wait(f"{name} {update.id}", self._do(name, conversation, update), deadline)
        return Heard(f"ignored: {ignored}")

    async def take(self, event: Event, deadline: float) -> Delivery | None:
        """Take a report about an SMS that was sent from a chat; look now and then at those without one."""
        self.begin_look()
        sms_id = event.payload.message_id or ""
        if event.type not in REPORTS or not sms_id.startswith(PREFIX):
            return None
        now = self._clock()
        left = deadline - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(left):
                return Delivery(NAME, Outcome.DELIVERED, now) if await self._report(sms_id, event) else None
        except TimeoutError:
            reason = "the chat did not show it in time"
        except LedgerUnavailable as problem:
            reason = str(problem)
        except Failure as failure:
            reason = failure.reason
        return Delivery(NAME, Outcome.DEFERRED, now, reason, open=True)

    def posted(self, event: Event, spec: DeliverySpec, ids: tuple[str, ...]) -> None:
        """Remember whose message the chat shows under these names, beside the request."""
        party = event.payload.sender
        if spec.destination in self._conversations and party and event.type in {*INBOUND, *CALLS}:
            sim = event.payload.sim
            answerable = Answerable(party, event.device_id, sim if sim in SIMS else None)
            for each in ids:
                self._runs.start(self._store.remember(each, answerable))

    async def finish(self, deadline: float) -> None:
        """Wait for what was begun beside requests, until a moment of the loop's clock."""
        await self._runs.finish(deadline)

    async def drain(self) -> None:
        """Wait until nothing is under way in this process."""
        await self._runs.drain()

    def stop(self, seconds: float) -> None:
        """Give what is under way so many seconds; what is cut off then is repeated elsewhere."""
        self._runs.stop(seconds)

    async def look(self) -> None:
        """Go on with what was interrupted, and say of what no report has come.

        Raises:
            LedgerUnavailable: the ledger does not answer.
        """
        now = self._clock()
        book = await self._store.book(lambda before: before)
        for sms_id in [each for each, moment in book.due.items() if moment <= now]:
            draft = await self._store.draft(sms_id)
            with suppress(Busy, Failure):
                await self._look_at_one(sms_id, draft)

    async def _look_at_one(self, sms_id: str, draft: Draft | None) -> None:
        if draft and draft.phase is Phase.SENDING and not draft.reported:
            await self._sender.resume(draft)
            return
        if draft and draft.phase is Phase.ACCEPTED and not draft.reported:
            late = await self._store.update(sms_id, lambda each: each and overdue(each))
            await self._sender.display(late or draft)
        await self._store.book(lambda book: book.with_due(sms_id, None))

    def begin_look(self) -> None:
        """Begin a look beside the request, if the last one is some time ago."""
        if self._clock() >= self._look_at:
            self._look_at = self._clock() + LOOK_EVERY
            self._runs.start(self.look())

    async def _do(self, name: str, conversation: Conversation, update: Said | Pressed) -> str:
        chat = Chat(name, conversation)
        try:
            if isinstance(update, Pressed):
                return await self._talk.press(chat, update)
            return await self._talk.hear(chat, update)
        except (Busy, LedgerUnavailable, Failure):
            raise
        except Exception as bug:  # noqa: BLE001 - repeated for a day, it would hold up all that follows
            self._log.write("ERROR", f"answers: a bug: {type(bug).__name__}")
        await conversation.show(Shown(state=wording.BROKEN), update.ref)
        return "something broke"

    async def _report(self, sms_id: str, event: Event) -> bool:
        """Record a report and show it; false if the SMS is not known (any more)."""
        draft = await self._store.update(sms_id, lambda each: each and reported(each, event))
        if draft is None:
            return False
        if draft.is_over:
            await self._store.book(lambda book: book.with_due(sms_id, None))
        await self._sender.display(draft)
        return True

    async def _wait(self, key: str, work: Coroutine[Any, Any, str], deadline: float) -> Heard:
        """Wait for work until the deadline, and say what came of it."""
        run = await self._runs.wait(key, work, deadline)
        if run is None or not run.done():
            return Heard("under way" if run else "too much at once", is_open=True)
        try:
            return Heard(run.result())
        except Busy:
            return Heard("another instance is at it", is_open=True)
        except LedgerUnavailable as problem:
            return Heard(str(problem), is_open=True)
        except TransientFailure as failure:
            return Heard(failure.reason, is_open=True)
        except Failure as failure:
            return Heard(f"the chat does not take it: {failure.reason}")
        except asyncio.CancelledError:
            return Heard("this instance was shut down", is_open=True)


def find_conversations(forwarders: Mapping[str, Forwarder[Any]]) -> dict[str, Conversation]:
    """Return the ways back from the destinations that can be answered, by name."""
    found = {
        name: each.conversation for name, each in forwarders.items() if isinstance(each, HasConversation)
    }
    return {name: each for name, each in found.items() if each is not None}
