"""This version and 0.1 read each other's records: instances of both answer during a roll-out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from relay.ledger import Ledger
from relay.ledger.identity import Identity
from relay.ledger.record import Busy, Done, Granted, Progress, Record, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch
from relay_cli.moving import drop_deliveries
from tests.ledger.places import DURABLE, Place
from tests.ledger.version01 import decoder

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", DURABLE, indirect=True)]

WRITTEN = 1_800_000_000.0
"""When version 0.1 wrote the records (Unix seconds)."""
BODY = b'{"event":"sms:received"}'
STATES = {
    "delivered": ("delivered", "delivered"),
    "open": ("delivered", "open"),
    "refused": ("refused", "delivered"),
    "diverted": ("diverted", "delivered"),
    "dropped": ("open", "delivered"),
    "dropped-and-open": ("open", "open"),
    "leased": ("open", "open"),
}
UNSETTLED = {"open", "refused", "dropped", "dropped-and-open", "leased"}


def records(place: Place) -> list[dict[str, Any]]:
    """Return the records that version 0.1 wrote, as if it had written them just now."""
    found: list[dict[str, Any]] = json.loads((Path(__file__).parent / "version01/records.json").read_text())
    for each in found:
        record = json.loads(each["record"])
        for member in ("expires", "lease_until"):
            record[member] = record[member] and record[member] - WRITTEN + place.now
        each["record"] = json.dumps(record, separators=(",", ":"))
        each["expires"] += place.now - WRITTEN
        each["raw"] = each["raw"] and each["raw"].encode()
    return found


@pytest.fixture
async def former(place: Place) -> Ledger:
    """A ledger that version 0.1 has used."""
    for each in records(place):
        await place.plant(each)
    return place.ledger()


async def test_what_version_0_1_wrote_is_read(former: Ledger) -> None:
    for key, states in STATES.items():
        claim = await former.claim(Identity(key), Dispatch("another", 0.0, ()), "me")
        if key == "leased":
            assert isinstance(claim, Busy)
            continue
        assert isinstance(claim, Granted if "open" in states else Done), key
        assert claim.record.states() == [DeliveryState(each) for each in states]
        assert claim.record.dispatch.deliveries[0] == DeliverySpec(
            "family", ("email",), silent=True, content="code", template="short"
        )
        assert claim.record.raw == (BODY if key in ("open", "refused", "dropped-and-open") else None)


async def test_what_version_0_1_left_open_is_listed(former: Ledger, kind: str) -> None:
    listed = {key for key, _ in await former.unsettled()}
    # In Firestore only a field tells what to list, and 0.1 wrote none where it had dropped all that was open.
    assert listed == (UNSETTLED - {"dropped"} if kind == "firestore" else UNSETTLED)


async def test_what_version_0_1_dropped_is_owed_again_and_never_written_so(
    place: Place, former: Ledger
) -> None:
    claim = await former.claim(Identity("dropped"), Dispatch("another", 0.0, ()), "me")
    assert isinstance(claim, Granted)
    failed = Settlement("me", claim.record.dispatch, {"family": Progress(reason="it is down")}, BODY)
    await former.settle("dropped", failed)
    assert "dropped" in dict(await former.unsettled())
    assert '"dropped"' not in json.dumps(json.loads((await place.stored("dropped"))["record"])["progress"])


async def test_an_event_of_version_0_1_is_joined_under_its_own_key_only(former: Ledger) -> None:
    own = await former.claim(
        Identity("before", "delivered", "a registration"), Dispatch("x", 0.0, (DeliverySpec("y"),)), "me"
    )
    assert own.key == "before"
    done = await former.claim(Identity("delivered", "after", "another"), Dispatch("x", 0.0, ()), "me")
    assert isinstance(done, Done)


def read_by_0_1(stored: Mapping[str, Any]) -> Any:
    return decoder.from_json(stored["record"], stored["raw"])


async def test_version_0_1_reads_what_this_one_writes(place: Place, ledger: Ledger) -> None:
    debt = Dispatch("sms:received", place.now, (DeliverySpec("family", ("email",)), DeliverySpec("work")))
    identity = Identity("key", "next", "a registration")
    await ledger.claim(identity, debt, "owner")
    part = Progress(
        DeliveryState.OPEN, 2, "a plan", reason="it is down", parts=("2.words",), refused={"3": "too long"}
    )
    outcomes = {"family": Progress(DeliveryState.DELIVERED, by=("owner",)), "work": part}
    settlement = Settlement("owner", debt, outcomes, BODY, unknown_since=place.now)
    record = await ledger.settle("key", settlement)
    read = read_by_0_1(await place.stored("key"))
    assert (read.states(), read.raw, read.expires) == (["delivered", "open"], BODY, record.expires)
    assert (read.of("work").posts, read.of("work").plan) == (2, "a plan")
    assert isinstance(decoder.claim(read, read.debt, "another", place.now), decoder.Granted)


async def test_version_0_1_reads_what_an_operator_dropped(place: Place, ledger: Ledger) -> None:
    debt = Dispatch("sms:received", place.now, (DeliverySpec("family"),))
    await ledger.settle("key", Settlement("owner", debt, {"family": Progress()}, BODY))
    await ledger.amend("key", lambda record: dropping(record, place.now))
    read = read_by_0_1(await place.stored("key"))
    assert (read.settled, read.states(), read.raw) == (True, [], None)


def dropping(record: Record | None, now: float) -> Record:
    assert record
    return drop_deliveries(record, ["family"], now)


async def test_version_0_1_starts_anew_where_an_alias_lies(place: Place, ledger: Ledger) -> None:
    debt = Dispatch("sms:received", place.now, (DeliverySpec("family"),))
    await ledger.claim(Identity("key", "next", "a registration"), debt, "owner")
    stored = await place.stored("next")
    read = read_by_0_1(stored)
    owed = decoder.Debt("sms:received", place.now, (decoder.Due("family"),))
    granted = decoder.claim(read, owed, "another", place.now)
    assert isinstance(granted, decoder.Granted)
    assert granted.record.debt == owed
    await place.plant({**stored, "key": "next", "record": decoder.to_json(granted.record)})
    busy = await place.ledger().claim(Identity("next", "after", "b"), debt, "third")
    assert isinstance(busy, Busy)
    assert busy.key == "next"
