"""The ledger in Firestore: what it costs, whose clock it believes, and what it says when it is away."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY

import pytest

from forwarders.http import Answer, Http
from relay.ledger import LedgerUnavailable, Note
from relay.ledger.firestore import FirestoreLedger
from relay.ledger.firestore.connection import PAUSES
from relay.ledger.firestore.documents import PAGE
from relay.ledger.identity import Identity
from relay.ledger.record import LEASE, OPEN_FOR, SETTLED_FOR, Busy, Done, Granted, Progress, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch
from testkit.service import Trouble
from testkit.services.firestore import FirestoreFront, Line, line_to
from tests.ledger.places import FirestorePlace, Place

pytestmark = pytest.mark.anyio

KEY = "5e" * 32
DEBT = Dispatch("sms:received", 1_800_000_000.0, (DeliverySpec("family"),))
OPEN = Settlement("owner", DEBT, {"family": Progress(DeliveryState.OPEN)}, b"body")
DELIVERED = Settlement("owner", DEBT, {"family": Progress(DeliveryState.DELIVERED)})


@pytest.fixture
def kind() -> str:
    return "firestore"


@pytest.fixture
def place(place: Place) -> FirestorePlace:
    assert isinstance(place, FirestorePlace)
    return place


@pytest.fixture
async def line(place: FirestorePlace, emulator: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """The line by which the ledgers of a place reach it from now on."""
    async with line_to(emulator) as (line, address):
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
        yield line
        await place.aclose()


class CountingHttp(Http):
    """The client, which counts what it is asked for by the last word of the address."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()

    async def request(self, method: str, url: str, **options: Any) -> Answer:
        self.calls[url.rpartition(":")[2]] += 1
        return await super().request(method, url, **options)


@pytest.fixture
async def http() -> AsyncIterator[CountingHttp]:
    counting = CountingHttp()
    yield counting
    await counting.aclose()


@pytest.fixture
def counted(place: FirestorePlace, http: CountingHttp) -> FirestoreLedger:
    """A ledger whose requests are counted."""
    return FirestoreLedger(place.collection, project="tests", patience=10, http=http)


def lives(fields: dict[str, Any]) -> float:
    """Return the seconds until Google deletes a document."""
    return (datetime.fromisoformat(fields["expires"]["timestampValue"]) - datetime.now(UTC)).total_seconds()


async def test_an_sms_costs_two_writes_and_no_read(counted: FirestoreLedger, http: CountingHttp) -> None:
    await counted.claim(Identity(KEY), DEBT, "owner")
    assert http.calls == {"commit": 1}
    await counted.settle(KEY, OPEN._replace(release=False))
    await counted.settle(KEY, DELIVERED)
    assert http.calls == {"commit": 3}


async def test_an_sms_with_neighbours_costs_one_write_more_in_the_same_commit(
    place: FirestorePlace, counted: FirestoreLedger, http: CountingHttp
) -> None:
    await counted.claim(Identity(KEY, "next", "a registration"), DEBT, "owner")
    await counted.settle(KEY, DELIVERED)
    assert http.calls == {"commit": 2}
    found = await place.documents()
    assert set(found) == {f"event.{KEY}", "event.next"}
    assert {frozenset(each) for each in found.values()} == {frozenset({"record", "lease", "expires"})}
    assert SETTLED_FOR - 60 < lives(found["event.next"]) <= SETTLED_FOR


async def test_a_twin_costs_a_refused_write_two_reads_and_a_write(
    place: FirestorePlace, counted: FirestoreLedger, http: CountingHttp
) -> None:
    await place.another().claim(Identity(KEY, "next", "a registration"), DEBT, "owner")
    await place.another().settle(KEY, DELIVERED)
    twin = Identity("next", "after it", "another")
    assert isinstance(await counted.claim(twin, DEBT, "another"), Done)
    assert http.calls == {"commit": 2, "batchGet": 2}
    assert isinstance(await counted.claim(twin, DEBT, "another"), Done)
    assert http.calls == {"commit": 3, "batchGet": 4}


async def test_a_repeat_costs_a_refused_write_and_a_read(
    place: FirestorePlace, counted: FirestoreLedger, http: CountingHttp
) -> None:
    await place.another().settle(KEY, DELIVERED)
    assert isinstance(await counted.claim(Identity(KEY), DEBT, "another"), Done)
    assert http.calls == {"commit": 1, "batchGet": 1}


async def test_a_replay_costs_a_read_and_two_writes(
    place: FirestorePlace, counted: FirestoreLedger, http: CountingHttp
) -> None:
    await place.another().settle(KEY, OPEN)
    await counted.claim(Identity(KEY), DEBT, "another", again=True)
    await counted.settle(KEY, DELIVERED._replace(owner="another"))
    assert http.calls == {"batchGet": 1, "commit": 2}


async def test_what_another_instance_wrote_meanwhile_is_read_and_merged(place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity(KEY), DEBT, "owner")
    await place.another().settle(KEY, DELIVERED._replace(owner="another"))
    record = await ledger.settle(KEY, OPEN)
    assert record.of("family").state is DeliveryState.DELIVERED


async def test_the_fields_that_google_uses(place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.settle(KEY, OPEN)
    assert await place.documents() == {
        f"event.{KEY}": {
            "record": {"stringValue": ANY},
            "raw": {"bytesValue": "Ym9keQ=="},
            "lease": {"doubleValue": 0.0},
            "unsettled": {"doubleValue": 1_800_000_000.0},
            "expires": {"timestampValue": ANY},
        }
    }
    assert OPEN_FOR - 60 < lives((await place.documents())[f"event.{KEY}"]) <= OPEN_FOR
    await ledger.settle(KEY, DELIVERED)
    (fields,) = (await place.documents()).values()
    assert set(fields) == {"record", "lease", "expires"}


@pytest.mark.parametrize("wrong", [-300.0, 300.0])
async def test_no_clock_but_the_servers_decides_whether_a_lease_is_over(
    place: FirestorePlace, wrong: float
) -> None:
    astray = FirestoreLedger(place.collection, lambda: time.time() + wrong, project="tests", patience=10)
    await astray.claim(Identity(KEY), DEBT, "owner")
    await place.another().claim(Identity("another"), DEBT, "owner")
    busy = await place.another().claim(Identity(KEY), DEBT, "another")
    assert isinstance(busy, Busy)
    assert abs(busy.until - time.time() - LEASE) < 10
    assert isinstance(await astray.claim(Identity("another"), DEBT, "another"), Busy)
    await astray.settle("another", OPEN._replace(owner="a stranger"))
    assert isinstance(await astray.claim(Identity("another"), DEBT, "another"), Busy)
    await place.elapse(LEASE)
    assert isinstance(await astray.claim(Identity("another"), DEBT, "another"), Granted)
    assert isinstance(await place.another().claim(Identity("another"), DEBT, "third"), Busy)
    await astray.aclose()


async def test_an_owner_knows_its_own_write_whose_answer_was_lost(line: Line, place: FirestorePlace) -> None:
    ledger = FirestoreLedger(place.collection, project="tests", patience=2)
    await ledger.claim(Identity("warm"), DEBT, "owner")
    line.hush()
    with pytest.raises(LedgerUnavailable, match="it did not answer in time"):
        await ledger.claim(Identity(KEY), DEBT, "owner")
    line.restore()
    patient = FirestoreLedger(place.collection, project="tests", patience=10)
    assert isinstance(await patient.claim(Identity(KEY), DEBT, "another"), Busy)
    assert isinstance(await patient.claim(Identity(KEY), DEBT, "owner"), Granted)
    await patient.settle(KEY, DELIVERED)
    await ledger.aclose()
    await patient.aclose()


async def test_a_server_that_is_away_is_said_until_it_is_back(line: Line, place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity(KEY), DEBT, "owner")
    line.cut()
    for verb in (
        ledger.settle(KEY, DELIVERED),
        ledger.claim(Identity("next"), DEBT, "owner"),
        ledger.update_note("memo", lambda _memo: {"a": 1}),
        ledger.unsettled(),
    ):
        with pytest.raises(LedgerUnavailable, match="it cannot be reached"):
            await verb
    line.restore()
    await until_back(ledger)
    await ledger.settle(KEY, DELIVERED)
    assert isinstance(await place.another().claim(Identity(KEY), DEBT, "another"), Done)


async def until_back(ledger: FirestoreLedger) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            await ledger.claim(Identity("back"), DEBT, "owner")
        except LedgerUnavailable:
            continue
        return
    pytest.fail("it never came back")


async def test_a_connection_that_died_is_asked_again(line: Line, place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity("warm"), DEBT, "owner")
    for number in range(20):
        line.cut()
        line.restore()
        assert isinstance(await ledger.claim(Identity(f"{number}"), DEBT, "owner"), Granted)
        await ledger.settle(f"{number}", DELIVERED)


@pytest.mark.parametrize("deaths", range(4))
async def test_a_request_that_meets_another_dead_connection_is_made_once_more(
    monkeypatch: pytest.MonkeyPatch, deaths: int
) -> None:
    async with FirestoreFront() as front:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{front.port}")
        front.acts += [Trouble.DROP_READ] * deaths
        ledger = FirestoreLedger(project="tests", patience=10)
        if deaths > len(PAUSES):
            with pytest.raises(LedgerUnavailable, match=r"it cannot be reached: .* closed the connection"):
                await ledger.claim(Identity(KEY), DEBT, "owner")
        else:
            assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Granted)
        assert len(front.requests) == min(deaths, len(PAUSES)) + 1
        await ledger.aclose()


async def test_a_body_that_no_document_holds_is_said(place: FirestorePlace) -> None:
    with pytest.raises(LedgerUnavailable, match="a document holds 1 MiB"):
        await place.another().settle(KEY, OPEN._replace(raw=b"x" * 1_100_000))


async def test_a_list_is_longer_than_a_page(place: FirestorePlace) -> None:
    ledger = place.another()
    keys = [f"{number:03}" for number in range(PAGE + 1)]
    await asyncio.gather(*(ledger.settle(key, OPEN) for key in keys))
    for bodies in (True, False):
        assert [key for key, _ in await ledger.unsettled(bodies=bodies)] == keys


async def test_a_note_whose_answer_was_lost_is_not_changed_again(
    line: Line, place: FirestorePlace, emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = place.another()
    await ledger.update_note("note", lambda _note: {"times": 1})
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    changes = 0

    def change(note: Note | None) -> Note | None:
        nonlocal changes
        if not changes:
            line.hush()
        changes += 1
        return {"times": (note or {})["times"] + 1}

    changing = asyncio.create_task(ledger.update_note("note", change))
    while (await place.another().notes("note"))["note"] != {"times": 2}:  # noqa: ASYNC110  (the server tells nobody)
        await asyncio.sleep(0.01)
    line.restore()
    await changing
    assert (changes, await place.another().notes("note")) == (1, {"note": {"times": 2}})


FOREIGN: dict[str, dict[str, Any]] = {
    "text": {"lease": {"stringValue": "60"}, "raw": {"mapValue": {"fields": {"a": {"integerValue": "1"}}}}},
    "null": {"lease": {"nullValue": None}, "raw": {"nullValue": None}, "expires": {"nullValue": None}},
    "NaN": {
        "lease": {"doubleValue": "NaN"},
        "unsettled": {"timestampValue": "2027-01-15T08:00:00.123456789Z"},
    },
    "more": {"lease": {"integerValue": "0"}, "by hand": {"geoPointValue": {"latitude": 1, "longitude": 2}}},
}
"""Fields as only a person or another program writes them."""


@pytest.mark.parametrize("what", FOREIGN)
async def test_fields_of_another_kind_hide_no_record(place: FirestorePlace, what: str) -> None:
    ledger = place.another()
    await ledger.settle("good", OPEN)
    await ledger.settle("foreign", OPEN)
    await place.change("foreign", FOREIGN[what])
    assert {key for key, _ in await ledger.unsettled()} == {"good", "foreign"}
    assert isinstance(await ledger.claim(Identity("foreign"), DEBT, "another"), Granted)
    await ledger.settle("foreign", DELIVERED._replace(owner="another"))
    assert [key for key, _ in await ledger.unsettled()] == ["good"]
