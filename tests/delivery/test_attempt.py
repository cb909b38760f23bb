"""One destination's turn: what is left of it when it is given up."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from forwarders.base import Message, Post
from relay.delivery.attempt import ATTEMPT, TICK, Attempt
from relay.ledger.record import Progress

pytestmark = pytest.mark.anyio


class Hanging:
    """A destination that takes a post and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    def plan(self, _message: Message) -> tuple[Post, ...]:
        return (Post(),)

    async def send(self, _post: Post) -> str | None:
        self.asked.set()
        await asyncio.Event().wait()
        return None


class Held:
    """Stands for the body of an MMS."""


@pytest.fixture
def no_collector() -> Iterator[None]:
    """A running function searches for garbage only now and then: a few MMS would fill the memory first."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
async def test_a_given_up_attempt_frees_its_message_at_once() -> None:
    held = Held()
    alive = weakref.ref(held)
    place = Hanging()
    attempt = started(place, held)
    del held
    await place.asked.wait()
    assert alive() is not None
    for _ in range(int(ATTEMPT / TICK)):
        attempt.tick(TICK)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert attempt.done
    assert alive() is None


def started(place: Hanging, held: Held) -> Attempt:
    """Begin an attempt whose message holds something, as the attempt is held by what begins it."""
    attempt = Attempt("family", Progress(), "owner")

    def message() -> Message:
        return Message(title=str(held and attempt.name), key="")

    return attempt.start(place, message)  # type: ignore[arg-type]
