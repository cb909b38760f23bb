"""One destination's turn within a run: its posts in order, until one fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import astuple
from hashlib import sha256
from typing import Any

from forwarders.base import (
    Failure,
    Forwarder,
    MessageRefused,
    Misconfigured,
    Post,
    Receipt,
    TransientFailure,
)
from relay.ledger.record import Progress
from relay.model import DeliveryState

TICK = 0.25
"""Seconds between two looks at an attempt; a longer gap means that the instance was frozen."""
ATTEMPT = 30.0
"""Seconds of running time after which an attempt is given up: less than a lease."""

GONE = "{} parts of it are owed to who is not configured any more, such as a recipient; add it, or use drop"
"""Why a delivery stays open that was accepted in part by others."""


class Bug(Failure):
    """Something of ours broke: described by its type, because its words may quote a message."""

    def __init__(self, bug: Exception) -> None:
        trace = bug.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        code = trace.tb_frame.f_code if trace is not None else None
        where = f" in {code.co_name} (line {trace.tb_lineno})" if code and trace else ""
        super().__init__(f"a bug: {type(bug).__name__}{where}")


class Attempt:
    """What became of one delivery so far; `done` says whether more can come.

    Running time is counted in ticks and not read off a clock: while an instance is frozen the clock
    runs on and the service's answer waits in the socket.
    """

    def __init__(self, name: str, previous: Progress, owner: str) -> None:
        self.name = name
        self.failure: Failure | None = None
        self.remarks: list[str] = []
        self._ids: list[str] = []
        self.accepted = False
        self.seconds = 0.0
        self.task: asyncio.Task[None] | None = None
        self._previous = previous
        self._owner = owner
        self._posts = previous.posts
        self._plan = previous.plan
        self._parts = set(previous.parts)
        self._refused = dict(previous.refused)
        self._waiting = set(previous.waiting)
        self._running_time = 0.0

    @property
    def done(self) -> bool:
        """Whether it was accepted, has failed or was given up."""
        return self.accepted or self.failure is not None

    @property
    def waits_for_the_rest(self) -> bool:
        """Return whether it was accepted in part, and the rest only needs time."""
        return bool(self._parts) and isinstance(self.failure, TransientFailure)

    @property
    def is_under_way(self) -> bool:
        """Whether a task of it can still come to something."""
        return self.task is not None and not self.done

    def fail(self, failure: Failure) -> None:
        """Note why it was not accepted, without the failure's frames: they hold the message and its files."""
        failure.__cause__ = failure.__context__ = None
        self.failure = failure.with_traceback(None)

    def take_ids(self) -> tuple[str, ...]:
        """Return what the service calls the messages that were made of it since the last call."""
        ids, self._ids = tuple(self._ids), []
        return ids

    def progress(self) -> Progress:
        """Return what the ledger is to know."""
        if self.accepted:
            return Progress(DeliveryState.DELIVERED, by=(self._owner,))
        reason = self.failure.reason if self.failure else "no answer yet"
        parts, refused = tuple(sorted(self._parts)), dict(self._refused)
        waiting = tuple(sorted(self._waiting - self._parts - refused.keys()))
        return Progress(
            DeliveryState.OPEN,
            self._posts,
            self._plan,
            reason=reason,
            parts=parts,
            refused=refused,
            waiting=waiting,
        )

    def count_time(self, elapsed: float) -> bool:
        """Count running time (seconds); return whether the attempt is given up for it."""
        self._running_time += min(elapsed, TICK)
        if self._running_time < ATTEMPT or not self.is_under_way:
            return False
        self.give_up(f"no answer within {ATTEMPT:.0f} s")
        return True

    def give_up(self, reason: str) -> None:
        """End it; whether the service has accepted the post on the wire is not known then."""
        if self.task is not None:
            self.task.cancel()
            self.task = None  # what it is cancelled with leads to its frames, and so to the message
        self.failure = TransientFailure(reason)

    async def send(self, forwarder: Forwarder[Any], posts: tuple[Post, ...]) -> AsyncIterator[None]:
        """Send in order what an earlier attempt at the same plan has left; yield between two posts.

        Raises:
            Failure: a post was not accepted; or all was sent but the parts that the service will never take.
        """
        self._resume(fingerprint(posts) if len(posts) > 1 else "")
        for index, post in enumerate(posts):
            rest = self._rest(index, post)
            if rest is not None:
                await self._send_one(forwarder, index, rest)
                if index + 1 < len(posts):
                    yield
        if gone := self._waiting - self._parts - self._refused.keys():
            raise Misconfigured(GONE.format(len(gone)))
        if self._refused:
            raise MessageRefused("; ".join(dict.fromkeys(self._refused.values())))
        self.accepted = True

    def _resume(self, plan: str) -> None:
        """Forget what was settled of another plan; a plan of one post has no fingerprint, only parts."""
        if plan != self._previous.plan or (not plan and self._previous.posts):
            self._posts, self._parts, self._refused, self._waiting = 0, set(), {}, set()
        self._plan = plan

    def _rest(self, index: int, post: Post) -> Post | None:
        """Return what is left to send of a post, None if nothing."""
        if index < self._posts or str(index) in self._parts:
            return None
        start = f"{index}."
        names = (*self._parts, *self._refused)
        settled = frozenset(name.removeprefix(start) for name in names if name.startswith(start))
        return post.rest(settled) if settled else post

    async def _send_one(self, forwarder: Forwarder[Any], index: int, post: Post) -> None:
        """Send what is left of a post; parts that are refused for good do not hold up what follows."""
        try:
            receipt = await forwarder.send(post)
        except Failure as failure:
            self._parts |= {f"{index}.{part}" for part in failure.accepted}
            self._refused |= {f"{index}.{part}": reason for part, reason in failure.refused.items()}
            if failure.accepted:
                self._waiting |= {f"{index}.{part}" for part in post.parts}
            if not isinstance(failure, MessageRefused) or not failure.refused:
                raise
            return
        self._keep(receipt if isinstance(receipt, Receipt) else Receipt(receipt))
        self._waiting -= {f"{index}.{part}" for part in post.parts}
        if index == self._posts and not self._refused and not self._waiting:
            self._posts += 1
        else:
            self._parts |= {f"{index}.{part}" for part in post.parts} or {str(index)}

    def _keep(self, receipt: Receipt) -> None:
        self._ids += receipt.ids
        if receipt.remark:
            self.remarks.append(receipt.remark)


def fingerprint(posts: tuple[Post, ...]) -> str:
    """Return 16 hex digits that change when a plan changes."""
    return sha256(repr([_hashed(astuple(post)) for post in posts]).encode()).hexdigest()[:16]


def _hashed(value: Any) -> Any:
    """Put a hash in place of a file: to write megabytes out would hold up every other request."""
    if isinstance(value, bytes):
        return sha256(value).digest()
    return tuple(map(_hashed, value)) if isinstance(value, tuple) else value
