"""The way of one SMS from a draft to the gateway, and what the chat shows of it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from forwarders.base import MessageRefused, Misconfigured
from forwarders.replies import Conversation
from relay.gateway import Gateway, Reply, Result, Sms
from relay.replies.book import Book
from relay.replies.draft import Draft, Phase, answered, claimed
from relay.replies.store import Answerable, Store
from relay.replies.wording import OVERDUE_AFTER, show

PATIENCE = 20.0
"""Seconds that the gateway may take: nobody waits for it but this process."""
RESUMED_FOR = 3600.0
"""Seconds for which an interrupted SMS is sent without being asked for again."""
CHANGES = 3
"""How often what is shown is brought up to date, if it changes meanwhile."""


class Busy(Exception):
    """Another instance is asking the gateway: try again later."""


class Sender:
    """Asks the gateway, at most once at a time for one SMS, and shows how far it is.

    However often an SMS is asked for, with the same id the phone sends it once.
    """

    def __init__(
        self,
        gateway: Gateway,
        store: Store,
        conversations: Mapping[str, Conversation],
        clock: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._store = store
        self._conversations = conversations
        self._clock = clock

    async def send(self, draft: Draft) -> Draft:
        """Ask the gateway to have an SMS sent, unless that was done; return what came of it.

        Raises:
            Busy: another instance is at it.
            LedgerUnavailable: what came of it is not recorded; to ask again is safe.
            Failure: the chat does not show it yet.
        """
        owner = secrets.token_hex(8)

        def claim(before: Draft | None) -> Draft | None:
            return claimed(before, owner, self._clock()) if before else None

        kept = await self._store.update(draft.id, claim)
        if kept is None or kept.owner != owner:
            if kept and kept.phase is Phase.SENDING and not kept.reported:
                raise Busy
            return await self.display(kept or draft)
        reply, device = await self._ask(kept)
        if reply is None:
            raise Busy

        def record(before: Draft | None) -> Draft | None:
            return answered(before, reply, self._clock(), device) if before else None

        after = await self._store.update(draft.id, record)
        await self._follow(after or kept)
        return await self.display(after or kept)

    async def resume(self, draft: Draft) -> None:
        """Go on with an SMS whose sending was interrupted, unless that is too long ago.

        Raises:
            Busy, LedgerUnavailable, Failure: as `send` does.
        """
        if self._clock() - draft.asked_at < RESUMED_FOR:
            await self.send(draft)
            return
        lost = Reply(Result.UNKNOWN, "sending it was interrupted")
        after = await self._store.update(draft.id, lambda each: each and answered(each, lost, self._clock()))
        await self._follow(after or draft)
        await self.display(after or draft)

    async def display(self, draft: Draft) -> Draft:
        """Show how far an SMS is; if that changes meanwhile, show it again.

        Raises:
            LedgerUnavailable: it is not known how far it is.
            TransientFailure: it is not shown.
        """
        conversation = self._conversation(draft)
        if conversation is None:
            return draft
        for _ in range(CHANGES):
            shown = show(draft)
            draft = await self._put(conversation, draft)
            current = await self._store.draft(draft.id)
            if current is None or show(current) == shown:
                return current or draft
            draft = current
        return draft

    def _conversation(self, draft: Draft) -> Conversation | None:
        """Return the chat of a draft, whose destination may have another name today."""
        there = (each for each in self._conversations.values() if each.is_of(draft.said))
        return self._conversations.get(draft.destination) or next(there, None)

    async def _put(self, conversation: Conversation, draft: Draft) -> Draft:
        """Show a draft in its message, or in a new one if there is none."""
        try:
            if draft.shown and (await conversation.change(draft.shown, show(draft)) or not draft.is_bad_news):
                return draft
            ref = await conversation.show(show(draft), draft.said)
        except (Misconfigured, MessageRefused):
            return draft  # the chat does not take it, and will not: there is nobody to tell
        if not ref:
            return draft
        if draft.devices:
            await self._store.remember(ref, Answerable(draft.to, draft.devices[0], draft.sim, draft.id))
        gone = draft.shown
        return await self._store.update(draft.id, lambda each: each and _shown(each, ref, gone)) or draft

    async def _ask(self, draft: Draft) -> tuple[Reply | None, str]:
        """Ask for the phone by each of its ids: it has one in local mode and another in cloud mode.

        Return the answer and the id. None if the lease has ended before: an instance can be frozen at any
        moment, and for hours. What may have been accepted is looked up first, as a server that heeds no phone
        would take it once more; and it is asked for under one id only: to the server, two are two phones.
        """
        if draft.is_doubtful and await self._gateway.knows(draft.id, PATIENCE):
            return Reply(Result.ACCEPTED), ""
        reply, device = Reply(Result.REFUSED, "which phone is to send it is not known"), ""
        for device in draft.devices:
            if self._clock() >= draft.lease_until:
                return None, device
            sms = Sms(draft.id, draft.to, draft.text, device, draft.sim)
            reply = await self._gateway.send(sms, PATIENCE)
            if draft.is_doubtful or not reply.is_unknown_phone:
                break
        return reply, device

    async def look_up(self, draft: Draft) -> Draft:
        """Return a draft of which the gateway may know that it was accepted; nothing is sent for it."""
        if not await self._gateway.knows(draft.id, PATIENCE):
            return draft
        found = Reply(Result.ACCEPTED)
        after = await self._store.update(draft.id, lambda each: each and answered(each, found, self._clock()))
        return await self.display(after or draft)

    async def _follow(self, draft: Draft) -> None:
        """Write down when to look at an SMS again, or that there is no need to."""
        is_awaited = draft.phase is Phase.ACCEPTED and not draft.reported
        moment = self._clock() + OVERDUE_AFTER if is_awaited else None
        is_counted = draft.phase is not Phase.REFUSED

        def follow(book: Book) -> Book:
            counted = book if is_counted else book.without(draft.destination, draft.id)
            return counted.with_due(draft.id, moment)

        await self._store.book(follow)


def _shown(draft: Draft, ref: str, gone: str) -> Draft:
    """Return a draft with the message that shows it, unless another one does than that which is gone."""
    return draft if draft.shown != gone else replace(draft, shown=ref)
