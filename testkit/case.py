"""How one kind of destination is tested: where its service is, what that answers, what a reader sees."""

import importlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar
from unicodedata import normalize

from forwarders.base import Failure, Forwarder, Message, MessageRefused, Post, Receipt
from forwarders.http import Http
from testkit.service import Act, Request, Service, Trouble


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


@dataclass(frozen=True, slots=True)
class FileRefused:
    """An answer of the service to a file, and what must come of it.

    A `MessageRefused` is for good; anything else is for now, and the file is sent at the repeat. `words`
    says whether the words of the message come at once, with or without the file.
    """

    answer: Act
    failure: type[Failure]
    words: bool = True


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
        """Return whether a file of this name has arrived, or is mentioned."""
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

    acceptance: ClassVar[bytes | None]
    """How the answer to an accepted post begins, as far as the word by which the service accepts it.

    There is no default: a status alone is what portals and proxies give too. None is only for a service
    that promises nothing but a 2xx.
    """
    file_refusals: ClassVar[Mapping[str, FileRefused]] = {}
    """The service's answers to a file, each with what must come of it; none where no file is sent."""

    def __init__(self, service: Service | None = None) -> None:
        word = getattr(self, "acceptance", None) or b"ok"
        self.service = service or Service(word + b"}" if word.startswith(b"{") else word)

    def carries_file(self, request: Request) -> bool:
        """Return whether a request hands in a file, and not only words."""
        return bool(request.files())

    def refuse_files(self, answer: Act | None, name: str = "") -> None:
        """Give this answer to requests with a file from now on, or with this file; None takes them again."""

        def objection(request: Request) -> Act | None:
            return answer if self.carries_file(request) and holds(request, name) else None

        self.service.objection = objection

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the service."""
        async with self.service:
            yield

    def holds(self, name: str) -> bool:
        """Return whether a file of this name has arrived, or is mentioned as a reader sees it."""
        return super().holds(name) or any(holds(request, name) for request in self.service.requests)

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


def holds(request: Request, name: str) -> bool:
    """Return whether a name is somewhere in a request."""
    text = (request.target, *request.headers.values(), request.body.decode(errors="replace"))
    return any(name in words for words in text)


def load(path: str, options: Mapping[str, Any], http: Http) -> Forwarder[Any]:
    """Make a forwarder from where it is and what is configured."""
    module, _, name = path.partition(":")
    kind = getattr(importlib.import_module(module), name)
    forwarder: Forwarder[Any] = kind(kind.Options(**options), http)
    return forwarder


async def deliver(forwarder: Forwarder[Any], message: Message) -> list[str]:
    """Send all posts of a message in order; return the reservations with which they were accepted."""
    posts: tuple[Post, ...] = forwarder.plan(message)
    receipts = [await forwarder.send(post) for post in posts]
    remarks = [each.remark if isinstance(each, Receipt) else each for each in receipts]
    return [each for each in remarks if each]


class Delivery:
    """A delivery as the relay makes it: an attempt sends what those before it have not settled."""

    def __init__(self, forwarder: Forwarder[Any], message: Message) -> None:
        self._forwarder = forwarder
        self._posts: Sequence[Post] = forwarder.plan(message)
        self._done: set[int] = set()
        self._accepted: list[set[str]] = [set() for _ in self._posts]
        self.refused: list[dict[str, str]] = [{} for _ in self._posts]

    async def attempt(self) -> Failure | None:
        """Send what is left; return the failure that ends the attempt, or what is refused for good."""
        for index in range(len(self._posts)):
            try:
                await self._send(index)
            except Failure as failure:
                self._accepted[index] |= failure.accepted
                self.refused[index] |= failure.refused
                if not isinstance(failure, MessageRefused) or not failure.refused:
                    return failure
        return MessageRefused("parts of it") if any(self.refused) else None

    async def _send(self, index: int) -> None:
        settled = frozenset(self._accepted[index]) | frozenset(self.refused[index])
        post = self._posts[index].rest(settled) if settled else self._posts[index]
        if post and index not in self._done:
            await self._forwarder.send(post)
            self._done.add(index)

    def replay(self) -> None:
        """Try again what was refused for good."""
        self.refused = [{} for _ in self._posts]


def reads(shown: Sequence[str], text: str) -> bool:
    """Tell whether a reader of the posts reads the text, whole and in order.

    Each post holds the next stretch of it, among decorations of its own; what may be lost between two
    posts is white space. An accented letter reads the same in one character and in two.
    """
    rest = normalize("NFC", text).strip()
    for post in shown:
        rest = rest[_stretch(normalize("NFC", post), rest) :].lstrip()
    return not rest


def _stretch(post: str, text: str) -> int:
    """Return how much of the beginning of the text the post holds."""
    low, high = 0, len(text) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if text[:middle].rstrip() in post else (low, middle)
    return low
