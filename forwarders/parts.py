"""A post of words and files, where a service may accept the words and not the files."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from forwarders.base import Attachment, Failure, MessageRefused, Post

WORDS = "words"
"""The name of the part that is a post's words. Its files are `file-0`, `file-1` …, in the order planned."""


@dataclass(frozen=True, slots=True)
class PartedPost(Post, ABC):
    """A post of words, of files, or of both.

    `indexes` are the files' positions in the plan, set where some of them are settled already.
    """

    files: tuple[Attachment, ...] = field(default=(), repr=False, kw_only=True)
    indexes: tuple[int, ...] = field(default=(), kw_only=True)

    @property
    def names(self) -> Sequence[str]:
        """The names of the parts that are files."""
        return [f"file-{index}" for index in self.indexes or range(len(self.files))]

    @property
    @abstractmethod
    def has_words(self) -> bool:
        """Whether the post has words."""

    @abstractmethod
    def without_words(self) -> Self:
        """Return the post without its words."""

    @abstractmethod
    def with_files_mentioned(self) -> Self:
        """Return the post with words in place of its files."""

    @property
    def parts(self) -> frozenset[str]:
        """The names of the parts that are left to send."""
        return frozenset([*self.names, *([WORDS] if self.has_words else [])])

    def with_files(self, names: Collection[str]) -> Self:
        """Return the post with some of its files only."""
        indexes = self.indexes or range(len(self.files))
        kept = [each for each in zip(self.files, indexes, self.names, strict=True) if each[2] in names]
        return replace(
            self, files=tuple(file for file, _, _ in kept), indexes=tuple(index for _, index, _ in kept)
        )

    def rest(self, settled: frozenset[str]) -> "PartedPost | None":
        """Return the post without the parts that are settled."""
        post = self.with_files(set(self.names) - settled)
        if WORDS in settled:
            post = post.without_words()
        return post if post.files or post.has_words else None


P = TypeVar("P", bound=PartedPost)


async def send_without_files(post: P, refusal: Failure, send: Callable[[P], Awaitable[None]]) -> None:
    """Send what can be sent of a post whose files the service has refused.

    If they are refused for now, a repeat sends them. If they are refused for good, a single file is
    mentioned, and of several files each is sent alone, because only one may be at fault.

    Raises:
        Failure: a part is not accepted; it names the parts that are settled.
    """
    words = [(WORDS, post.with_files(()))] if post.has_words else []
    if not isinstance(refusal, MessageRefused):
        await send_each(words, send)
        refusal.accepted |= {name for name, _ in words}
        raise refusal
    if len(post.files) > 1:
        files = [(name, post.without_words().with_files({name})) for name in post.names]
        return await send_each([*words, *files], send)
    await send(post.with_files_mentioned())
    raise MessageRefused(refusal.reason, accepted={WORDS}, refused={post.names[0]: refusal.reason})


async def send_each(parts: Iterable[tuple[str, P]], send: Callable[[P], Awaitable[None]]) -> None:
    """Send parts in order, and go on after one that is refused for good.

    Raises:
        Failure: a part is not accepted; it names the parts before it that are settled.
    """
    accepted: set[str] = set()
    refused: dict[str, str] = {}
    try:
        for name, part in parts:
            try:
                await send(part)
            except MessageRefused as refusal:
                if not refusal.refused:
                    raise
                refused |= refusal.refused
            else:
                accepted.add(name)
        if refused:
            raise MessageRefused("; ".join(dict.fromkeys(refused.values())))
    except Failure as failure:
        failure.accepted |= accepted
        failure.refused |= refused
        raise
