"""What the bot says that is no SMS: at once, or once in a while."""

from collections.abc import Callable
from typing import NamedTuple

from forwarders.replies import Conversation, Said, Shown
from relay.replies.book import DAY
from relay.replies.store import Store


class Chat(NamedTuple):
    """The name of a destination, and its conversation."""

    name: str
    conversation: Conversation


class Teller:
    """Answers people; `clock` gives Unix seconds."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    async def hint(
        self,
        chat: Chat,
        said: Said,
        words: str,
        kind: str = "",
        every: float = DAY,
        *,
        is_ours: bool = False,
    ) -> str:
        """Say something once in a while, if it is any business of ours."""
        if not (said.is_to_us or is_ours):
            return "not ours"
        key, now = f"{chat.name} {kind or words[:20]}", self._clock()
        book = await self._store.book(lambda before: before)
        if book.has_hinted(key, now, every):
            return "hint given before"
        await self.tell(chat, said, words)
        await self._store.book(lambda before: before.with_hint(key, now))
        return "hint given"

    async def tell(self, chat: Chat, said: Said, words: str) -> str:
        """Say something in answer to what a person wrote."""
        await chat.conversation.show(Shown(state=words), said.ref)
        return "answered"
