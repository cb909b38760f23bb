"""One destination's turn within a flight: its posts in order, until one fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import astuple
from hashlib import sha256
from typing import Any

from forwarders.base import Failure, Forwarder, Message, MessageRefused, Post, TransientFailure
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
        self._parts = set(known.parts)
        self._refused = dict(known.refused)
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
        parts, refused = tuple(sorted(self._parts)), dict(self._refused)
        return Progress(State.OPEN, self._posts, self._plan, reason=reason, parts=parts, refused=refused)

    def tick(self, elapsed: float) -> None:
        """Count running time (seconds), and give up after `ATTEMPT` of it."""
        self._ran += min(elapsed, TICK)
        if self._ran >= ATTEMPT and self._task is not None and not self.done:
            self._task.cancel()
            self._task = None  # what it is cancelled with leads to its frames, and so to the message
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
        """Send the posts in order, but for what an earlier attempt at the same plan got settled.

        Raises:
            MessageRefused: all was sent but parts that the service will never take.
        """
        self._resume(fingerprint(posts) if len(posts) > 1 else "")
        for index, post in enumerate(posts):
            rest = self._rest(index, post)
            if rest is not None:
                await self._send_one(forwarder, index, rest)
                if index + 1 < len(posts):
                    await between()
        if self._refused:
            raise MessageRefused("; ".join(dict.fromkeys(self._refused.values())))

    def _resume(self, plan: str) -> None:
        """Forget what was settled of another plan; a plan of one post has no fingerprint, only parts."""
        if plan != self._known.plan or (not plan and self._known.posts):
            self._posts, self._parts, self._refused = 0, set(), {}
        self._plan = plan

    def _rest(self, index: int, post: Post) -> Post | None:
        """Return what is left to send of a post, None if nothing."""
        if index < self._posts or str(index) in self._parts:
            return None
        start = f"{index}."
        settled = frozenset(
            part.removeprefix(start) for part in (*self._parts, *self._refused) if part.startswith(start)
        )
        return post.rest(settled) if settled else post

    async def _send_one(self, forwarder: Forwarder[Any], index: int, post: Post) -> None:
        """Send what is left of a post; parts that are refused for good do not hold up what follows."""
        try:
            remark = await forwarder.send(post)
        except Failure as failure:
            self._parts |= {f"{index}.{part}" for part in failure.accepted}
            self._refused |= {f"{index}.{part}": reason for part, reason in failure.refused.items()}
            if not isinstance(failure, MessageRefused) or not failure.refused:
                raise
            return
        if remark:
            self.remarks.append(remark)
        if index == self._posts and not self._refused:
            self._posts += 1
        else:
            self._parts.add(str(index))


def fingerprint(posts: tuple[Post, ...]) -> str:
    """Return 16 hex digits that change when a plan changes."""
    return sha256(repr([_hashed(astuple(post)) for post in posts]).encode()).hexdigest()[:16]


def _hashed(value: Any) -> Any:
    """Put a hash in place of a file: to write megabytes out would hold up every other request."""
    if isinstance(value, bytes):
        return sha256(value).digest()
    return tuple(map(_hashed, value)) if isinstance(value, tuple) else value


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
