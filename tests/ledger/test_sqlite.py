"""The ledger in a file: what it does to the disk, and what the disk does to it."""

import asyncio
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.ledger import Ledger, LedgerUnavailable, open_ledger
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.record import LEASE, SETTLED_FOR, Done, Granted, Progress, Settlement
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch

pytestmark = pytest.mark.anyio

KEY = "5e" * 32
DEBT = Dispatch("sms:received", 0.0, (DeliverySpec("family"),))
OPEN = Settlement("owner", DEBT, {"family": Progress(DeliveryState.OPEN)}, b"the secret body")
DELIVERED = Settlement("owner", DEBT, {"family": Progress(DeliveryState.DELIVERED)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "ledger.sqlite"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond a size (bytes), as a full disk would."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


async def test_only_its_owner_can_read_the_file(path: Path) -> None:
    ledger = SqliteLedger(path)
    await ledger.settle(KEY, OPEN)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == dict.fromkeys(("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"), 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await ledger.aclose()
    assert [each.name for each in path.parent.iterdir()] == ["ledger.sqlite"]


LARGE = OPEN._replace(raw=b"the secret body" * 10_000, release=False)


async def test_an_erased_body_is_gone_from_the_file(path: Path) -> None:
    ledger = SqliteLedger(path)
    for settlement in (LARGE, DELIVERED):
        await ledger.settle(KEY, settlement)
        await ledger.aclose()
        assert holds(path, b"secret") is (settlement is LARGE)


@pytest.mark.parametrize("how", ["settled", "dropped"])
async def test_an_erased_body_is_gone_from_the_log_too_while_the_file_is_open(path: Path, how: str) -> None:
    ledger = SqliteLedger(path)
    await ledger.settle(KEY, LARGE)
    assert any(holds(each, b"secret") for each in path.parent.iterdir())
    if how == "settled":
        await ledger.settle(KEY, DELIVERED)
    else:
        await ledger.amend(KEY, lambda _record: None)
    await pragma(ledger, "synchronous")  # all that was begun before is done
    assert not any(holds(each, b"secret") for each in path.parent.iterdir())
    await ledger.aclose()


async def test_a_log_that_another_process_reads_is_left_as_it_is(path: Path) -> None:
    ledger = SqliteLedger(path)
    await ledger.settle(KEY, LARGE)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM records").fetchone()
        assert (await ledger.settle(KEY, DELIVERED)).settled
        assert (await ledger.settle(KEY, DELIVERED)).settled
    await ledger.aclose()


def holds(path: Path, text: bytes) -> bool:
    return text in path.read_bytes()


async def test_what_the_phone_may_forget_is_synced(path: Path) -> None:
    ledger = SqliteLedger(path)
    for settlement, level in ((DELIVERED, 1), (OPEN, 2)):
        await ledger.settle(KEY, settlement)
        assert await pragma(ledger, "synchronous") == level
    await ledger.aclose()


async def pragma(ledger: SqliteLedger, name: str) -> Any:
    """Ask the connection that the ledger itself uses, in its thread."""
    assert ledger._used
    worker, file = ledger._used
    return await asyncio.wrap_future(
        worker.submit(lambda: file._connection().execute(f"PRAGMA {name}").fetchone()[0])
    )


async def test_expired_records_leave_the_file(path: Path) -> None:
    now = [0.0]
    ledger = SqliteLedger(path, lambda: now[0])
    for number in range(6):
        await ledger.settle(f"old {number}", DELIVERED)
    now[0] = SETTLED_FOR
    for number in range(3):
        await ledger.claim(Identity(f"new {number}"), DEBT, "owner")
    await ledger.aclose()
    with sqlite3.connect(path) as db:
        assert {key for (key,) in db.execute("SELECT key FROM records")} == {"new 0", "new 1", "new 2"}
    db.close()


async def test_a_relative_file_lies_where_the_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_ledger("sqlite:///data/ledger.sqlite")
    assert (tmp_path / "data" / "ledger.sqlite").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no database, but long enough to look like one" * 30, "it is no SQLite database; move it away"),
        (b"SQLite format 3\0" + b"\xff" * 4096, "it is no SQLite database; move it away"),
    ],
)
def test_a_file_that_is_none_of_ours_is_said_at_the_start(path: Path, content: bytes, reason: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerUnavailable, match=f"^the ledger {path} is not available: {reason}") as raised:
        open_ledger(f"sqlite:///{path}")
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_said_at_the_start(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE records (name)")
    db.close()
    with pytest.raises(LedgerUnavailable, match="it may be from another program or version"):
        open_ledger(f"sqlite:///{path}")


def test_a_path_that_cannot_be_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, reason in (
        (tmp_path, "Is a directory"),
        (tmp_path / "file" / "ledger", "File exists|Not a dir"),
    ):
        with pytest.raises(LedgerUnavailable, match=reason):
            open_ledger(f"sqlite:///{path}")


AS_NOBODY = """
import os, sys
import relay.ledger.sqlite
from relay.ledger import LedgerUnavailable, open_ledger
if os.getuid() == 0:
    os.setuid(65534)
try:
    open_ledger("sqlite:///" + sys.argv[1])
except LedgerUnavailable as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("closed/ledger.sqlite", "Permission denied"),
        ("closed/new/ledger.sqlite", "Permission denied"),
        ("there/read-only.sqlite", "Permission denied"),
    ],
)
def test_missing_rights_are_said_at_the_start(tmp_path: Path, root: Path, place: str, reason: str) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    (tmp_path / "closed").mkdir(mode=0o555)
    (tmp_path / "there").mkdir(mode=0o777)
    (tmp_path / "there" / "read-only.sqlite").touch(mode=0o444)
    command = [sys.executable, "-c", AS_NOBODY, str(tmp_path / place)]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert said == f"the ledger {tmp_path / place} is not available: {reason}\n"


async def test_a_full_disk_is_said_and_lived_through(path: Path) -> None:
    ledger = SqliteLedger(path)
    await ledger.claim(Identity(KEY), DEBT, "owner")
    with largest_file(200_000), pytest.raises(LedgerUnavailable, match="the disk "):
        await ledger.settle(KEY, OPEN._replace(raw=b"x" * 900_000))
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Granted)
    await ledger.aclose()


async def test_a_damaged_file_is_said_and_lived_through(path: Path) -> None:
    ledger = SqliteLedger(path)
    await ledger.settle(KEY, OPEN)
    await ledger.aclose()
    whole = damage(path)
    with pytest.raises(LedgerUnavailable, match="it is damaged; move it away and a new one is made"):
        await ledger.claim(Identity(KEY), DEBT, "another")
    restore(path, whole)
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Granted)
    damage(path)
    with pytest.raises(LedgerUnavailable):
        await SqliteLedger(path).claim(Identity(KEY), DEBT, "another")
    move_away(path)
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "another"), Granted)
    await ledger.aclose()


def damage(path: Path) -> bytes:
    """Spoil all but the first page, which says what the file is; return what it was."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    return whole


def restore(path: Path, whole: bytes) -> None:
    path.write_bytes(whole)


def move_away(path: Path) -> None:
    path.rename(path.with_suffix(".away"))


async def test_a_file_that_is_gone_is_made_anew(path: Path) -> None:
    ledger, other = SqliteLedger(path), SqliteLedger(path)
    await ledger.settle(KEY, DELIVERED)
    for each in path.parent.iterdir():
        each.unlink()
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Granted)
    await ledger.settle(KEY, DELIVERED)
    assert isinstance(await other.claim(Identity(KEY), DEBT, "owner"), Done)
    await ledger.aclose()
    await other.aclose()


async def test_a_folder_that_is_gone_is_said_until_it_is_back(path: Path) -> None:
    ledger = SqliteLedger(path)
    await ledger.settle(KEY, DELIVERED)
    away = path.parent.rename(path.parent.with_name("away"))
    path.parent.touch()
    for _ in range(2):
        with pytest.raises(LedgerUnavailable, match=f"^the ledger {path} is not available: "):
            await ledger.claim(Identity(KEY), DEBT, "owner")
    path.parent.unlink()
    away.rename(path.parent)
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Done)
    await ledger.aclose()


async def test_a_lock_is_waited_for_without_holding_up_others(path: Path) -> None:
    ledger = SqliteLedger(path, patience=3)  # less than the 5 s for which SQLite itself waits by default
    await ledger.claim(Identity("warm"), DEBT, "owner")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(ledger.claim(Identity(KEY), DEBT, "owner"))
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    db.execute("ROLLBACK")
    assert isinstance(await waiting, Granted)
    db.close()
    await ledger.aclose()


async def test_a_lock_that_stays_is_said(path: Path) -> None:
    ledger = SqliteLedger(path, patience=0.3)
    ledger.check()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    for _ in range(2):
        with pytest.raises(LedgerUnavailable, match="another process holds it"):
            await ledger.claim(Identity(KEY), DEBT, "owner")
    db.execute("ROLLBACK")
    db.close()
    assert isinstance(await ledger.claim(Identity(KEY), DEBT, "owner"), Granted)
    await ledger.aclose()


def test_a_lock_does_not_keep_the_function_from_starting(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    assert open_ledger(f"sqlite:///{path}")
    db.close()


async def test_a_bug_in_a_revision_changes_nothing(path: Path) -> None:
    ledger = SqliteLedger(path)
    await ledger.update_note("memo", lambda _memo: {"a": 1})
    with pytest.raises(ZeroDivisionError):
        await ledger.update_note("memo", lambda _memo: {"a": 1 / 0})
    first_seen_at: list[object] = []
    await ledger.update_note("memo", first_seen_at.append)
    assert first_seen_at == [{"a": 1}]
    await ledger.aclose()


STATES = list(DeliveryState)
Step = tuple[str, str, str, Any]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()),
        st.tuples(st.just("settle"), st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from(STATES)),
        st.tuples(st.just("elapse"), st.just(""), st.just(""), st.sampled_from([1.0, LEASE, SETTLED_FOR])),
    ),
    max_size=25,
)


async def act(ledger: Ledger, now: float, step: Step) -> Any:
    """Take one step; return all that can be seen of it."""
    verb, key, owner, how = step
    dispatch = Dispatch("sms:received", now, (DeliverySpec("one"), DeliverySpec("two")))
    if verb == "claim":
        return await ledger.claim(Identity(key), dispatch, owner, again=how), await ledger.unsettled()
    outcomes = {"one": Progress(how, by=(owner,)), "two": Progress(DeliveryState.DELIVERED)}
    settlement = Settlement(owner, dispatch, outcomes, owner.encode(), release=owner != "z")
    return await ledger.settle(key, settlement), await ledger.unsettled()


@settings(max_examples=40)
@given(steps)
def test_it_answers_as_the_memory_does(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> None:
    now = [1e9]
    path = tmp_path_factory.mktemp("same") / "ledger.sqlite"
    file, memory = SqliteLedger(path, lambda: now[0]), MemoryLedger(lambda: now[0])

    async def play() -> None:
        for step in steps:
            if step[0] == "elapse":
                now[0] += step[3]
            else:
                assert await act(file, now[0], step) == await act(memory, now[0], step)
        await file.aclose()

    asyncio.run(play())


@pytest.mark.anyio
@pytest.mark.parametrize(
    "damaged", ["notjson{", "[]", '{"progress": []}', '{"debt": {"owed": []}, "progress": {"a": {}}}']
)
async def test_one_record_that_cannot_be_read_hides_no_other(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "ledger.db"
    ledger = SqliteLedger(path)
    dispatch = Dispatch("sms:received", 1.0, (DeliverySpec("one"),))
    for key in ("a", "b"):
        await ledger.settle(key, Settlement("owner", dispatch, {"one": Progress(reason="it is down")}, b"{}"))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE records SET record = ? WHERE key = 'a'", (damaged,))
    found = dict(await ledger.unsettled())
    await ledger.aclose()
    assert found["a"].dispatch.type == "unreadable"
    assert found["a"].of("unknown").reason == "the ledger holds a record that cannot be read"
    assert found["b"].of("one").reason == "it is down"
