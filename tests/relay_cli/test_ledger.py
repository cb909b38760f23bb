"""`ledger move` and `drop`, as an operator runs them."""

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
DISPATCH = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("old"), DeliverySpec("log")))
OPEN = {"old": Progress(reason="it is down"), "log": Progress(DeliveryState.DELIVERED, by=("owner",))}


def key_under(secret: bytes | None) -> str:
    return event_key(parse(BODY), BODY, by_id=False, devices={}, secret=secret)


@pytest.fixture
async def kept(project: Path) -> AsyncIterator[SqliteLedger]:
    """A ledger that was used without a secret, and holds one event that a destination has not accepted."""
    ledger = SqliteLedger(project / "kept.db")
    await keep(ledger, key_under(None))
    yield ledger
    await ledger.aclose()


async def keep(ledger: SqliteLedger, key: str, raw: bytes | None = BODY) -> None:
    await ledger.settle(key, Settlement("owner", DISPATCH, OPEN, raw))


def url(project: Path, name: str = "kept") -> str:
    return f"sqlite:///{project / name}.db"


async def unsettled(ledger: SqliteLedger) -> dict[str, Record]:
    return dict(await ledger.unsettled())


async def test_undelivered_events_are_moved_to_another_ledger(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    before = await unsettled(kept)
    result = await relay("ledger", "move", url(project), url(project, "new"), "--yes")
    assert (result.status, "✓ Moved: 1 of 1 event" in result.out) == (0, True)
    target = SqliteLedger(project / "new.db")
    assert (await unsettled(kept), await unsettled(target)) == ({}, before)
    await target.aclose()
    again = await relay("ledger", "move", url(project), url(project, "new"))
    assert (again.status, "Moved: 0 of 0 events" in again.out) == (0, True)


async def test_after_a_change_of_the_secret_an_event_gets_its_new_key(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    await relay("undelivered", env={"LEDGER_URL": url(project)})
    env = {"LEDGER_URL": url(project), "LEDGER_SECRET": "a-secret-of-this-test"}
    await keep(kept, "c" * 64, raw=None)
    warned = await relay("undelivered", env=env)
    assert "LEDGER_SECRET is not the one" in warned.out + warned.err
    result = await relay("ledger", "move", url(project), url(project), "--yes", env=env)
    assert (result.status, "cccccccccccc: its content was not kept completely" in result.out) == (1, True)
    assert set(await unsettled(kept)) == {key_under(b"a-secret-of-this-test"), "c" * 64}


async def test_the_warning_ends_when_all_events_have_their_new_keys(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    assert await unsettled(kept)
    await relay("undelivered", env={"LEDGER_URL": url(project)})
    env = {"LEDGER_URL": url(project), "LEDGER_SECRET": "a-secret-of-this-test"}
    result = await relay("ledger", "move", url(project), url(project), "--yes", env=env)
    assert (result.status, "Moved: 1 of 1 event" in result.out) == (0, True)
    later = await relay("undelivered", env=env)
    assert "LEDGER_SECRET" not in later.out + later.err
    assert set(await unsettled(kept)) == {key_under(b"a-secret-of-this-test")}


async def test_a_ledger_that_is_moved_into_itself_does_not_change(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    before = await unsettled(kept)
    (project / "link").symlink_to(project)
    result = await relay("ledger", "move", url(project), url(project / "link"), "--yes")
    assert (result.status, await unsettled(kept)) == (0, before)


async def test_an_event_that_is_being_delivered_is_not_moved(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    await kept.claim(Identity(key_under(None)), DISPATCH, "another")
    result = await relay("ledger", "move", url(project), url(project, "new"), "--yes")
    assert (result.status, "another process is delivering it" in result.out) == (1, True)
    assert len(await unsettled(kept)) == 1


async def test_a_copy_is_made_while_the_ledger_is_in_use(
    relay: Command, project: Path, kept: SqliteLedger
) -> None:
    env = {"LEDGER_URL": f"sqlite:///{project / 'kept.db'}"}
    before = await unsettled(kept)
    first = await relay("ledger", "backup", "copy.db", env=env)
    again = await relay("ledger", "backup", "copy.db", env=env)
    nowhere = await relay("ledger", "backup", "no/copy.db", env=env)

    assert (first.status, first.out) == (0, "✓ Copied to copy.db\n"), first.err
    assert (again.status, "copy.db exists already" in again.err) == (1, True)
    assert (nowhere.status, "no/copy.db could not be written: No such file" in nowhere.err) == (1, True)
    copy = SqliteLedger(project / "copy.db")
    assert await unsettled(copy) == before
    await copy.aclose()
    assert (project / "copy.db").stat().st_mode & 0o077 == 0


async def test_a_copy_that_failed_is_not_there(relay: Command, project: Path) -> None:
    (project / "damaged.db").write_text("not a ledger" * 100)
    env = {"LEDGER_URL": f"sqlite:///{project / 'damaged.db'}"}
    result = await relay("ledger", "backup", "copy.db", env=env)
    assert (result.status, "copy.db could not be written: file is not a database" in result.err) == (1, True)
    assert not (project / "copy.db").exists()


async def test_it_asks_first(relay: Command, project: Path, kept: SqliteLedger) -> None:
    for words in (("ledger", "move", url(project), url(project, "new")), ("drop", "old")):
        result = await relay(*words, env={"LEDGER_URL": url(project)}, answer="n")
        assert (result.status, "1 event" in result.out) == (1, True)
    assert len(await unsettled(kept)) == 1


@pytest.mark.parametrize("ledgers", [("memory:", "new"), ("kept", "memory:"), ("missing", "new")])
async def test_an_unusable_ledger_is_refused(
    relay: Command, project: Path, kept: SqliteLedger, ledgers: tuple[str, str]
) -> None:
    words = [name if name.endswith(":") else url(project, name) for name in ledgers]
    result = await relay("ledger", "move", *words, "--yes")
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert len(await unsettled(kept)) == 1


@pytest.mark.parametrize("named", ["old", "key"])
async def test_a_dropped_event_is_settled(
    relay: Command, project: Path, kept: SqliteLedger, named: str
) -> None:
    key = key_under(None)
    result = await relay(
        "drop", key[:8] if named == "key" else "old", "--yes", env={"LEDGER_URL": url(project)}
    )
    assert (result.status, "✓ Dropped: 1 of 1 event" in result.out) == (0, True)
    assert await unsettled(kept) == {}
    done = await kept.claim(Identity(key), DISPATCH, "the phone's repeat")
    assert isinstance(done, Done)
    assert (done.record.dropped, done.record.of("log").state) == (("old",), DeliveryState.DELIVERED)


async def test_only_the_named_events_are_dropped(relay: Command, project: Path, kept: SqliteLedger) -> None:
    await keep(kept, "a" * 64)
    await kept.settle(
        "b" * 64, Settlement("owner", Dispatch("x", 0.0, (DeliverySpec("log"),)), {"log": Progress()}, BODY)
    )
    await kept.claim(Identity("a" * 64), DISPATCH, "another")
    result = await relay("drop", "old", "--yes", env={"LEDGER_URL": url(project)})
    assert (result.status, "Dropped: 1 of 2 events" in result.out) == (1, True)
    assert set(await unsettled(kept)) == {"a" * 64, "b" * 64}
    for name in ("nobody", "0" * 64):
        result = await relay("drop", name, "--yes", env={"LEDGER_URL": url(project)})
        assert (result.status, "no undelivered event has this destination or key" in result.err) == (1, True)


async def test_a_changed_secret_is_reported(relay: Command, project: Path, kept: SqliteLedger) -> None:
    assert await unsettled(kept)
    first = {"LEDGER_URL": url(project), "LEDGER_SECRET": "a-secret-of-this-test"}
    result = [await relay("undelivered", env=first | more) for more in ({}, {}, {"LEDGER_SECRET": "x" * 20})]
    assert ["LEDGER_SECRET is not the one" in each.out + each.err for each in result] == [False, False, True]
