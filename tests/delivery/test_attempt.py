"""One destination's turn: what is left of it when it is given up."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from forwarders.base import Post
from relay.delivery.attempt import ATTEMPT, TICK, Attempt
from relay.ledger.record import Progress
from tests.delivery.place import Place

pytestmark = pytest.mark.anyio


class Held:
    """Stands for the file of an MMS."""


@dataclass(frozen=True, slots=True)
class Holding(Post):
    held: Held


class Hanging(Place):
    """A destination that takes a post and never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def send(self, _post: Post) -> str | None:
        self.asked.set()
        await asyncio.Event().wait()
        return None


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
    attempt = Attempt("family", Progress(), "owner")
    attempt.task = asyncio.create_task(everything(attempt, place, held))
    del held
    await place.asked.wait()
    assert alive() is not None
    for _ in range(int(ATTEMPT / TICK)):
        attempt.count_time(TICK)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert attempt.done
    assert alive() is None


async def everything(attempt: Attempt, place: Place, held: Held) -> None:
    async for _ in attempt.send(place, (Holding(held),)):
        pass
