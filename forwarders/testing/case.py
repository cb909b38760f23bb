"""How one kind of destination is tested: where its service is, what that answers, what a reader sees."""

import importlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar

from forwarders.base import Failure, Forwarder, Message, Post
from forwarders.http import Http
from forwarders.testing.service import Act, Service, Trouble


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the service, and what must come of it.

    `failure` is None for an acceptance; `attempts` counts the requests: more than one only where a
    definite refusal is followed by another form.
    """

    answer: Any
    failure: type[Failure] | None
    attempts: int = 1
    retry_after: float | None = None


class Case(ABC):
    """One kind of destination, with a service of its own on this machine."""

    path: ClassVar[str]
    """Where the forwarder is, as the registry writes it: `module:Class`."""
    secrets: ClassVar[Sequence[str]] = ()
    """What must never show: tokens, passwords, the secret parts of URLs."""
    answers: ClassVar[Mapping[str, Answered]] = {}
    """The service's answers by name, each with what must come of it."""
    remote: ClassVar[bool] = True
    """Whether there is a service at all, that can be out of reach."""

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """Return valid options that lead to the service, as a configuration would hold them."""

    @abstractmethod
    def shown(self) -> Sequence[str]:
        """Return what a reader sees: one text per post in order, markup rendered, text files included."""

    def holds(self, name: str) -> bool:
        """Tell whether a file of this name has arrived, or is mentioned."""
        return any(name in text for text in self.shown())

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run the service; nothing is to be run where there is none."""
        return nullcontext()

    def answer(self, answer: Any) -> None:
        """Give this answer from now on, whatever is asked."""
        raise NotImplementedError

    def trouble(self, trouble: Trouble | None) -> None:
        """Behave like this from now on; None is well again."""
        raise NotImplementedError

    async def vanish(self) -> None:
        """Refuse connections from now on."""
        raise NotImplementedError

    def attempts(self) -> int:
        """Return how many times somebody began to hand in a post."""
        raise NotImplementedError

    def forwarder(self, http: Http) -> Forwarder[Any]:
        """Make the forwarder as the relay does."""
        return load(self.path, self.options(), http)


class HttpCase(Case):
    """A destination that is reached by HTTP; `service` may be one that plays a particular service."""

    def __init__(self, service: Service | None = None) -> None:
        self.service = service or Service()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the service."""
        async with self.service:
            yield

    def holds(self, name: str) -> bool:
        """Tell whether a file of this name has arrived, or is mentioned."""
        told = (
            (each.target, *each.headers.values(), each.body.decode(errors="replace"))
            for each in self.service.requests
        )
        return any(name in words for request in told for words in request)

    def answer(self, answer: Act) -> None:
        """Give this answer from now on, whatever is asked."""
        self.service.always = answer

    def trouble(self, trouble: Trouble | None) -> None:
        """Behave like this from now on; None is well again."""
        self.service.always = trouble

    async def vanish(self) -> None:
        """Refuse connections from now on."""
        await self.service.vanish()

    def attempts(self) -> int:
        """Return how many requests were begun."""
        return self.service.attempts


def load(path: str, options: Mapping[str, Any], http: Http) -> Forwarder[Any]:
    """Make a forwarder from where it is and what is configured."""
    module, _, name = path.partition(":")
    kind = getattr(importlib.import_module(module), name)
    forwarder: Forwarder[Any] = kind(kind.Options(**options), http)
    return forwarder


async def deliver(forwarder: Forwarder[Any], message: Message) -> list[str]:
    """Send all posts of a message in order; return the reservations with which they were accepted."""
    posts: tuple[Post, ...] = forwarder.plan(message)
    return [said for post in posts if (said := await forwarder.send(post))]


def reads(shown: Sequence[str], text: str) -> bool:
    """Tell whether a reader of the posts reads the text, whole and in order.

    Each post holds the next stretch of it, among decorations of its own; what may be lost between two
    posts is white space.
    """
    rest = text.strip()
    for post in shown:
        rest = rest[_stretch(post, rest) :].lstrip()
    return not rest


def _stretch(post: str, text: str) -> int:
    """Return how much of the beginning of the text the post holds."""
    low, high = 0, len(text) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if text[:middle].rstrip() in post else (low, middle)
    return low
