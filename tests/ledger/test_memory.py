"""The bounds of the process's own memory."""

import pytest

from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import OPEN_FOR, SETTLED_FOR, Done, Granted, Progress, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch

pytestmark = pytest.mark.anyio

DEBT = Dispatch("sms:received", 0.0, (DeliverySpec("family"),))


async def settle(ledger: MemoryLedger, key: str, state: DeliveryState, raw: bytes | None = None) -> None:
    await ledger.settle(key, Settlement("owner", DEBT, {"family": Progress(state)}, raw))


async def known(ledger: MemoryLedger, *keys: str) -> str:
    """Return those of the keys that were not forgotten."""
    listed = {key for key, _ in await ledger.unsettled()}
    claims = {key: await ledger.claim(Identity(key), DEBT, "asks", again=True) for key in keys}
    return "".join(key for key in keys if key in listed or isinstance(claims[key], Done))


async def test_the_oldest_settled_record_makes_room() -> None:
    ledger = MemoryLedger(records=3)
    await settle(ledger, "a", DeliveryState.OPEN)
    await settle(ledger, "b", DeliveryState.DELIVERED)
    await settle(ledger, "c", DeliveryState.DELIVERED)
    await settle(ledger, "d", DeliveryState.DELIVERED)
    assert [key for key, _ in await ledger.unsettled()] == ["a"]
    assert isinstance(await ledger.claim(Identity("c"), DEBT, "x"), Done)
    assert isinstance(await ledger.claim(Identity("d"), DEBT, "x"), Done)
    assert isinstance(await ledger.claim(Identity("b"), DEBT, "x"), Granted)


async def test_the_oldest_open_record_makes_room_where_none_is_settled() -> None:
    ledger = MemoryLedger(records=2)
    for key in "abc":
        await settle(ledger, key, DeliveryState.OPEN)
    assert {key for key, _ in await ledger.unsettled()} == {"b", "c"}
    await settle(ledger, "d", DeliveryState.DELIVERED)
    assert isinstance(await ledger.claim(Identity("d"), DEBT, "x"), Done)
    assert {key for key, _ in await ledger.unsettled()} == {"c"}


async def test_a_record_that_is_written_again_takes_no_more_room() -> None:
    ledger = MemoryLedger(records=2)
    await settle(ledger, "a", DeliveryState.DELIVERED)
    for _ in range(5):
        await settle(ledger, "b", DeliveryState.DELIVERED)
    assert await known(ledger, "a", "b") == "ab"


async def test_bodies_have_a_bound_of_their_own() -> None:
    ledger = MemoryLedger(body_bytes=10)
    for key in "abc":
        await settle(ledger, key, DeliveryState.OPEN, b"4 by")
    assert [record.raw for _, record in await ledger.unsettled()] == [None, b"4 by", b"4 by"]
    await settle(ledger, "d", DeliveryState.OPEN, b"above the bound")
    assert {record.raw for _, record in await ledger.unsettled()} == {None}


async def test_a_body_that_is_erased_takes_no_room() -> None:
    ledger = MemoryLedger(body_bytes=10)
    await settle(ledger, "a", DeliveryState.OPEN, b"seven b")
    await settle(ledger, "a", DeliveryState.DELIVERED)
    await settle(ledger, "b", DeliveryState.OPEN, b"six by")
    await settle(ledger, "c", DeliveryState.OPEN, b"four")
    assert [record.raw for _, record in await ledger.unsettled()] == [b"six by", b"four"]


async def test_what_has_expired_leaves_the_memory() -> None:
    now = [0.0]
    ledger = MemoryLedger(lambda: now[0])
    await settle(ledger, "a", DeliveryState.DELIVERED)
    await settle(ledger, "b", DeliveryState.OPEN, b"body")
    for moment, left in ((SETTLED_FOR, "bc"), (OPEN_FOR, "cd")):
        now[0] = moment
        await settle(ledger, left[-1], DeliveryState.OPEN)
        assert "".join([*ledger._settled, *ledger._unsettled]) == left
