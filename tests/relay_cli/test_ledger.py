"""`ledger move` and `drop`, as an operator calls them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relay.events import parse
from relay.keys import event_key
from relay.ledger.identity import Identity
from relay.ledger.record import Done, Progress, Record, Settlement
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch
from tests.relay_cli.conftest import Command

pytestmark = pytest.mark.anyio

BODY = b'{"event": "sms:received", "id": "x", "payload": {"sender": "MyBank", "message": "kept words"}}'
DEBT = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("old"), DeliverySpec("log")))
OPEN = {"old": Progress(reason="it is down"), "log": Progress(DeliveryState.DELIVERED, by=("owner",))}


def key_under(secret: bytes | None) -> str:
    return event_key(parse(BODY), BODY, by_id=False, devices={}, secret=secret)


@pytest.fixture
async def kept(project: Path) -> AsyncIterator[SqliteLedger]:
    """A ledger that was used with no secret and holds one event that is owed to a destination."""
    ledger = SqliteLedger(project / "kept.db")
    await keep(ledger, key_under(None))
    yield ledger
    await ledger.aclose()


async def keep(ledger: SqliteLedger, key: str, raw: bytes | None = BODY) -> None:
    await ledger.settle(key, Settlement("owner", DEBT, OPEN, raw))


def url(project: Path, name: str = "kept") -> str:
    return f"sqlite:///{project / name}.db"


async def deliveries(ledger: SqliteLedger) -> dict[str, Record]:
    return dict(await ledger.unsettled())


async def test_what_is_owed_moves_to_another_ledger(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    before = await deliveries(kept)
    said = await relay("ledger", "move", url(project), url(project, "new"), "--yes")
    assert (said.status, "✓ Moved: 1 of 1 event" in said.out) == (0, True)
    target = SqliteLedger(project / "new.db")
    assert (await deliveries(kept), await deliveries(target)) == ({}, before)
    await target.aclose()
    again = await relay("ledger", "move", url(project), url(project, "new"))
    assert (again.status, "Moved: 0 of 0 events" in again.out) == (0, True)


async def test_after_a_change_of_the_secret_it_is_kept_under_its_new_key(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    await relay("undelivered", env={"LEDGER_URL": url(project)})
    env = {"LEDGER_URL": url(project), "LEDGER_SECRET": "a-secret-of-this-test"}
    await keep(kept, "c" * 64, raw=None)
    warned = await relay("undelivered", env=env)
    assert "LEDGER_SECRET is not the one" in warned.out + warned.err
    said = await relay("ledger", "move", url(project), url(project), "--yes", env=env)
    assert (said.status, "cccccccccccc: its content was not kept completely" in said.out) == (1, True)
    assert set(await deliveries(kept)) == {key_under(b"a-secret-of-this-test"), "c" * 64}


async def test_the_warning_ends_when_all_is_kept_under_its_new_key(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    assert await deliveries(kept)
    await relay("undelivered", env={"LEDGER_URL": url(project)})
    env = {"LEDGER_URL": url(project), "LEDGER_SECRET": "a-secret-of-this-test"}
    said = await relay("ledger", "move", url(project), url(project), "--yes", env=env)
    assert (said.status, "Moved: 1 of 1 event" in said.out) == (0, True)
    quiet = await relay("undelivered", env=env)
    assert "LEDGER_SECRET" not in quiet.out + quiet.err
    assert set(await deliveries(kept)) == {key_under(b"a-secret-of-this-test")}


async def test_a_ledger_that_is_moved_into_itself_stays_as_it_is(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    before = await deliveries(kept)
    (project / "link").symlink_to(project)
    said = await relay("ledger", "move", url(project), url(project / "link"), "--yes")
    assert (said.status, await deliveries(kept)) == (0, before)


async def test_what_is_being_delivered_is_not_moved(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    await kept.claim(Identity(key_under(None)), DEBT, "another")
    said = await relay("ledger", "move", url(project), url(project, "new"), "--yes")
    assert (said.status, "another process is delivering it" in said.out) == (1, True)
    assert len(await deliveries(kept)) == 1


async def test_it_asks_first(relay: Command, project: Path, kept: SqliteLedger) -> None:
    for words in (("ledger", "move", url(project), url(project, "new")), ("drop", "old")):
        said = await relay(*words, env={"LEDGER_URL": url(project)}, answer="n")
        assert (said.status, "1 event" in said.out) == (1, True)
    assert len(await deliveries(kept)) == 1


@pytest.mark.parametrize("ledgers", [("memory:", "new"), ("kept", "memory:"), ("missing", "new")])
async def test_a_ledger_that_cannot_be_meant_is_refused(
    relay: Command, project: Path, kept: SqliteLedger, ledgers: tuple[str, str]
) -> None:
    words = [name if name.endswith(":") else url(project, name) for name in ledgers]
    said = await relay("ledger", "move", *words, "--yes")
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert len(await deliveries(kept)) == 1


@pytest.mark.parametrize("named", ["old", "key"])
async def test_what_is_dropped_is_owed_no_more(
    relay: Command, project: Path, kept: SqliteLedger, named: str
) -> None:
    key = key_under(None)
    said = await relay(
        "drop", key[:8] if named == "key" else "old", "--yes", env={"LEDGER_URL": url(project)}
    )
    assert (said.status, "✓ Dropped: 1 of 1 event" in said.out) == (0, True)
    assert await deliveries(kept) == {}
    done = await kept.claim(Identity(key), DEBT, "the phone's repeat")
    assert isinstance(done, Done)
    assert (done.record.dropped, done.record.of("log").state) == (("old",), DeliveryState.DELIVERED)


async def test_only_what_is_named_is_dropped(relay: Command, project: Path, kept: SqliteLedger) -> None:
    await keep(kept, "a" * 64)
    await kept.settle(
        "b" * 64, Settlement("owner", Dispatch("x", 0.0, (DeliverySpec("log"),)), {"log": Progress()}, BODY)
    )
    await kept.claim(Identity("a" * 64), DEBT, "another")
    said = await relay("drop", "old", "--yes", env={"LEDGER_URL": url(project)})
    assert (said.status, "Dropped: 1 of 2 events" in said.out) == (1, True)
    assert set(await deliveries(kept)) == {"a" * 64, "b" * 64}
    for name in ("nobody", "0" * 64):
        said = await relay("drop", name, "--yes", env={"LEDGER_URL": url(project)})
        assert (said.status, "no undelivered event has this name or key" in said.err) == (1, True)


async def test_a_process_that_starts_with_another_secret_says_so(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    assert await deliveries(kept)
    first = {"LEDGER_URL": url(project), "LEDGER_SECRET": "a-secret-of-this-test"}
    said = [await relay("undelivered", env=first | more) for more in ({}, {}, {"LEDGER_SECRET": "x" * 20})]
    assert ["LEDGER_SECRET is not the one" in each.out + each.err for each in said] == [False, False, True]
