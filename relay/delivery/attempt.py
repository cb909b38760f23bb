"""One destination's turn within a flight: its posts in order, until one fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import astuple
from hashlib import sha256
from typing import Any

from forwarders.base import Failure, Forwarder, Message, Post, TransientFailure
from relay.ledger.record import Progress, State

TICK = 0.25
"""Seconds between two looks at an attempt; a longer gap means that the instance was frozen."""
ATTEMPT = 30.0
"""Seconds of running time after which an attempt is given up: less than a lease."""


class Bug(Failure):
    """Something of ours broke: told by its type, because its words may quote a message."""


async def _nothing() -> None:
    """Let an attempt go on."""


class Attempt:
    """What became of one delivery so far; `done` says whether more can come.

    Running time is counted in ticks and not read off a clock: while an instance is frozen the clock
    runs on and the service's answer waits in the socket.
    """

    def __init__(
        self,
        name: str,
        known: Progress,
        owner: str,
        ended: Callable[[str, Failure | None], None] = lambda _name, _failure: None,
    ) -> None:
        self.name = name
        self.failure: Failure | None = None
        self.remarks: list[str] = []
        self.accepted = False
        self.seconds = 0.0
        self._known = known
        self._owner = owner
        self._ended = ended
        self._posts = known.posts
        self._plan = known.plan
        self._ran = 0.0
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def failed(cls, name: str, known: Progress, failure: Failure) -> "Attempt":
        """Return an attempt that was not made, and why."""
        attempt = cls(name, known, "")
        attempt.failure = failure
        return attempt

    def start(
        self,
        forwarder: Forwarder[Any],
        message: Callable[[], Message],
        between: Callable[[], Awaitable[None]] = _nothing,
    ) -> "Attempt":
        """Begin to send what was not accepted before; `between` two posts may raise to stop it."""
        self._task = asyncio.create_task(self._run(forwarder, message, between))
        return self

    @property
    def done(self) -> bool:
        """Whether it was accepted, has failed or was given up."""
        return self.accepted or self.failure is not None

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that is under way, if one is."""
        return None if self.done else self._task

    def progress(self) -> Progress:
        """Return what the ledger is to know."""
        if self.accepted:
            return Progress(State.DELIVERED, by=(self._owner,))
        reason = self.failure.reason if self.failure else "no answer yet"
        return Progress(State.OPEN, self._posts, self._plan, reason=reason)

    def tick(self, elapsed: float) -> None:
        """Count running time (seconds), and give up after `ATTEMPT` of it."""
        self._ran += min(elapsed, TICK)
        if self._ran >= ATTEMPT and self._task is not None and not self.done:
            self._task.cancel()
            self.failure = TransientFailure(f"no answer within {ATTEMPT:.0f} s")
            self._ended(self.name, self.failure)

    async def _run(
        self,
        forwarder: Forwarder[Any],
        message: Callable[[], Message],
        between: Callable[[], Awaitable[None]],
    ) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            await self._send(forwarder, forwarder.plan(message()), between)
            self.accepted = True
        except Failure as failure:
            self.failure = _alone(failure)
        except Exception as bug:  # noqa: BLE001 - a bug in a plug-in defers the delivery, it loses nothing
            self.failure = Bug(_where(bug))
        finally:
            self.seconds = loop.time() - begun
        self._ended(self.name, self.failure)

    async def _send(
        self, forwarder: Forwarder[Any], posts: tuple[Post, ...], between: Callable[[], Awaitable[None]]
    ) -> None:
        """Send the posts in order, after those that an earlier attempt at the same plan got accepted."""
        self._plan = fingerprint(posts) if len(posts) > 1 else ""
        self._posts = self._known.posts if self._plan and self._plan == self._known.plan else 0
        for post in posts[self._posts :]:
            remark = await forwarder.send(post)
            self._posts += 1
            if remark:
                self.remarks.append(remark)
            if self._posts < len(posts):
                await between()


def fingerprint(posts: tuple[Post, ...]) -> str:
    """Return 16 hex digits that change when a plan changes."""
    return sha256(repr([astuple(post) for post in posts]).encode()).hexdigest()[:16]


def _alone(failure: Failure) -> Failure:
    """Return a failure without the frames that it came through: they hold the message and its pictures."""
    failure.__cause__ = failure.__context__ = None
    return failure.with_traceback(None)


def _where(bug: Exception) -> str:
    """Say what broke and where, without the words of the exception."""
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    place = f" in {code.co_name} (line {trace.tb_lineno})" if code and trace else ""
    return f"a bug: {type(bug).__name__}{place}"
