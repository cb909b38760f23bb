"""A post of words and files, of which a service may take the words and not the files."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from forwarders.base import Attachment, Failure, MessageRefused, Post

WORDS = "words"
"""The part of a post that is its words. Its files are the parts `file-0`, `file-1` …, as planned."""


@dataclass(frozen=True, slots=True)
class PartedPost(Post, ABC):
    """A post of words, of files, or of both; `places` are those of the files, where some are settled."""

    files: tuple[Attachment, ...] = field(default=(), repr=False, kw_only=True)
    places: tuple[int, ...] = field(default=(), kw_only=True)

    @property
    def names(self) -> Sequence[str]:
        """The names of the parts that are files."""
        return [f"file-{place}" for place in self.places or range(len(self.files))]

    @property
    @abstractmethod
    def has_words(self) -> bool:
        """Whether there are words in it."""

    @abstractmethod
    def wordless(self) -> Self:
        """Return the post without its words."""

    @abstractmethod
    def mentioning(self) -> Self:
        """Return the post with words in the place of its files."""

    @property
    def parts(self) -> frozenset[str]:
        """The names of the parts that are left to send."""
        return frozenset([*self.names, *([WORDS] if self.has_words else [])])

    def with_files(self, names: Collection[str]) -> Self:
        """Return the post with some of its files only."""
        places = self.places or range(len(self.files))
        kept = [each for each in zip(self.files, places, self.names, strict=True) if each[2] in names]
        return replace(
            self, files=tuple(file for file, _, _ in kept), places=tuple(place for _, place, _ in kept)
        )

    def rest(self, settled: frozenset[str]) -> "PartedPost | None":
        """Return the post without the parts that are settled."""
        post = self.with_files(set(self.names) - settled)
        if WORDS in settled:
            post = post.wordless()
        return post if post.files or post.has_words else None


P = TypeVar("P", bound=PartedPost)


async def send_without_files(post: P, refusal: Failure, send: Callable[[P], Awaitable[None]]) -> None:
    """Send what can be sent of a post whose files the service has refused.

    Refused for now, the files are left to a repeat. Refused for good, a file is mentioned; of several
    each is tried by itself, because one may be at fault for all.

    Raises:
        Failure: a part is not accepted; the parts that are settled are in it.
    """
    words = [(WORDS, post.with_files(()))] if post.has_words else []
    if not isinstance(refusal, MessageRefused):
        await send_each(words, send)
        refusal.accepted |= {name for name, _ in words}
        raise refusal
    if len(post.files) > 1:
        files = [(name, post.wordless().with_files({name})) for name in post.names]
        return await send_each([*words, *files], send)
    await send(post.mentioning())
    raise MessageRefused(refusal.reason, accepted={WORDS}, refused={post.names[0]: refusal.reason})


async def send_each(parts: Iterable[tuple[str, P]], send: Callable[[P], Awaitable[None]]) -> None:
    """Send parts in order, those that follow one that is refused for good too.

    Raises:
        Failure: a part is not accepted; those before it are in it.
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
