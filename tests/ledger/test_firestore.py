"""The ledger in Firestore: what it costs, whose clock it believes, and what it says when it is away."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import google.api_core.exceptions as google_errors
import google.auth.exceptions as auth_errors
import pytest

from relay.ledger import LedgerUnavailable
from relay.ledger.firestore import FirestoreLedger
from relay.ledger.firestore.connection import NEW, PAUSES, Connection, repeatable
from relay.ledger.identity import Identity
from relay.ledger.record import LEASE, OPEN_FOR, SETTLED_FOR, Busy, Done, Granted, Progress, Settlement
from relay.model import DeliverySpec, DeliveryState, Dispatch
from testkit.services.firestore import Line, line_to
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


async def counted(ledger: FirestoreLedger) -> Counter[str]:
    """Count the calls that a ledger makes from now on."""
    api = (await ledger._connection.client())._firestore_api
    calls: Counter[str] = Counter()

    def counting(name: str) -> Callable[..., Any]:
        method = getattr(api, name)

        def call(*args: Any, **options: Any) -> Any:
            calls[name] += 1
            return method(*args, **options)

        return call

    for name in ("commit", "batch_get_documents", "run_query"):
        setattr(api, name, counting(name))
    return calls


async def test_an_sms_costs_two_writes_and_no_read(place: FirestorePlace) -> None:
    ledger = place.open()
    calls = await counted(ledger)
    await ledger.claim(Identity(KEY), DEBT, "owner")
    assert calls == {"commit": 1}
    await ledger.settle(KEY, OPEN._replace(release=False))
    await ledger.settle(KEY, DELIVERED)
    assert calls == {"commit": 3}
    await ledger.aclose()


async def test_an_sms_with_neighbours_costs_one_write_more_in_the_same_commit(place: FirestorePlace) -> None:
    ledger = place.open()
    calls = await counted(ledger)
    await ledger.claim(Identity(KEY, "next", "a registration"), DEBT, "owner")
    await ledger.settle(KEY, DELIVERED)
    assert calls == {"commit": 2}
    record, alias = sorted(await place.documents(), key=lambda each: bool(each.id == "event.next"))
    assert set(alias.to_dict()) == set(record.to_dict()) == {"record", "lease", "expires"}
    away = alias.get("expires") - datetime.now(UTC)
    assert SETTLED_FOR - 60 < away.total_seconds() <= SETTLED_FOR
    await ledger.aclose()


async def test_a_twin_costs_a_refused_write_two_reads_and_a_write(place: FirestorePlace) -> None:
    await place.another().claim(Identity(KEY, "next", "a registration"), DEBT, "owner")
    await place.another().settle(KEY, DELIVERED)
    ledger = place.open()
    calls = await counted(ledger)
    twin = Identity("next", "after it", "another")
    assert isinstance(await ledger.claim(twin, DEBT, "another"), Done)
    assert calls == {"commit": 2, "batch_get_documents": 2}
    assert isinstance(await ledger.claim(twin, DEBT, "another"), Done)
    assert calls == {"commit": 3, "batch_get_documents": 4}
    await ledger.aclose()


async def test_a_repeat_costs_a_refused_write_and_a_read(place: FirestorePlace) -> None:
    await place.another().settle(KEY, DELIVERED)
    ledger = place.open()
    calls = await counted(ledger)
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "another"), Done)
    assert calls == {"commit": 1, "batch_get_documents": 1}
    await ledger.aclose()


async def test_a_replay_costs_a_read_and_two_writes(place: FirestorePlace) -> None:
    await place.another().settle(KEY, OPEN)
    ledger = place.open()
    calls = await counted(ledger)
    await ledger.claim(Identity(KEY), DEBT, "another", again=True)
    await ledger.settle(KEY, DELIVERED._replace(owner="another"))
    assert calls == {"batch_get_documents": 1, "commit": 2}
    await ledger.aclose()


async def test_what_another_instance_wrote_meanwhile_is_read_and_merged(place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity(KEY), DEBT, "owner")
    await place.another().settle(KEY, DELIVERED._replace(owner="another"))
    record = await ledger.settle(KEY, OPEN)
    assert record.of("family").state is DeliveryState.DELIVERED


async def test_the_fields_that_google_uses(place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.settle(KEY, OPEN)
    (found,) = await place.documents()
    assert found.id == f"event.{KEY}"
    assert set(found.to_dict()) == {"record", "raw", "lease", "unsettled", "expires"}
    away = found.get("expires") - datetime.now(UTC)
    assert OPEN_FOR - 60 < away.total_seconds() <= OPEN_FOR
    await ledger.settle(KEY, DELIVERED)
    (found,) = await place.documents()
    assert set(found.to_dict()) == {"record", "lease", "expires"}


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


async def test_a_connection_that_is_down_for_long_is_left(line: Line, place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity(KEY), DEBT, "owner")
    first = await ledger._connection.client()
    line.cut()
    for age, left in ((0.0, False), (NEW, True)):
        ledger._connection._since -= age
        with pytest.raises(LedgerUnavailable):
            await ledger.claim(Identity("next"), DEBT, "owner")
        assert (await ledger._connection.client() is not first) is left


async def test_a_connection_that_came_back_is_kept(line: Line, place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity(KEY), DEBT, "owner")
    first = await ledger._connection.client()
    line.cut()
    with pytest.raises(LedgerUnavailable):
        await ledger.claim(Identity(KEY), DEBT, "owner")
    line.restore()
    await until_back(ledger)
    ledger._connection._since -= NEW
    await ledger.claim(Identity(KEY), DEBT, "owner")
    assert await ledger._connection.client() is first


async def test_a_connection_that_died_is_asked_again(line: Line, place: FirestorePlace) -> None:
    ledger = place.another()
    await ledger.claim(Identity("warm"), DEBT, "owner")
    for number in range(20):
        line.cut()
        line.restore()
        assert isinstance(await ledger.claim(Identity(f"{number}"), DEBT, "owner"), Granted)
        await ledger.settle(f"{number}", DELIVERED)


@pytest.mark.parametrize("deaths", range(4))
async def test_a_call_that_meets_the_dead_connection_too_is_made_once_more(deaths: int) -> None:
    closed = google_errors.ServiceUnavailable("closed")  # type: ignore[no-untyped-call]  # the library has no types
    met = iter([closed] * deaths)

    async def call() -> str:
        if again := next(met, None):
            raise again
        return "answered"

    if deaths > len(PAUSES):
        with pytest.raises(google_errors.ServiceUnavailable):
            await repeatable(call)
    else:
        assert await repeatable(call) == "answered"


async def test_a_body_that_no_document_holds_is_said(place: FirestorePlace) -> None:
    with pytest.raises(LedgerUnavailable, match="a document holds 1 MiB"):
        await place.another().settle(KEY, OPEN._replace(raw=b"x" * 1_100_000))


async def test_missing_credentials_are_said_until_they_are_there(
    place: FirestorePlace, emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(place.folder / "none.json"))
    ledger = place.another()
    with pytest.raises(LedgerUnavailable, match="no Google credentials; `gcloud auth application-default"):
        await ledger.claim(Identity(KEY), DEBT, "owner")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Granted)


FAILURES: dict[type[Any], str] = {
    google_errors.NotFound: "the project has no such database",
    google_errors.PermissionDenied: "it needs the role roles/datastore.user",
    google_errors.Unauthenticated: "Google does not know these credentials",
    google_errors.ResourceExhausted: "the quota is used up",
    google_errors.DeadlineExceeded: "it did not answer in time",
    google_errors.InternalServerError: "it failed with InternalServerError",
    auth_errors.RefreshError: "`gcloud auth application-default login` makes some",
    TimeoutError: "it did not answer in time",
    OSError: "no project is known; write firestore://PROJECT",
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_every_failure_is_said_in_our_words(failure: type[Any]) -> None:
    with pytest.raises(LedgerUnavailable) as raised:
        async with Connection(None, None).within(1):
            raise failure("a secret")
    assert str(raised.value).startswith("the ledger in Firestore is not available: ")
    assert str(raised.value).endswith(FAILURES[failure])
    assert raised.value.__cause__ is None
