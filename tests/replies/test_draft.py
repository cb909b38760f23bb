"""What changes a draft, as pure functions, and that what is shown is brought up to date."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forwarders.replies import Shown
from relay.gateway import Reply, Result, Sms
from relay.ledger.memory import MemoryLedger
from relay.ledger.tiered import TieredLedger
from relay.logs import Log
from relay.replies.book import HOUR, Book, read_book
from relay.replies.draft import LEASE, Draft, Phase, answered, cancelled, claimed, read_draft
from relay.replies.runs import AT_ONCE, Runs
from relay.replies.sending import Busy, Sender
from relay.replies.store import Store
from tests.replies.deployment import ANNA, Deployment

NOW = 1_800_000_000.0
DRAFT = Draft(
    id="reply-1",
    destination="family",
    said="1:2:3",
    user=ANNA,
    heading="To Mum",
    to="+15550100",
    text="On my way",
    parts=1,
    devices=("phone",),
    sim=1,
    asked_at=NOW,
)
SENDING = replace(DRAFT, phase=Phase.SENDING, owner="first", lease_until=NOW + LEASE)
REFUSED = Reply(Result.REFUSED, "no")


@pytest.mark.parametrize("phase", [Phase.ASKED, Phase.REFUSED, Phase.UNKNOWN])
def test_what_waits_can_be_claimed(phase: Phase) -> None:
    held = claimed(replace(DRAFT, phase=phase), "me", NOW)
    assert held
    assert (held.phase, held.owner, held.lease_until) == (Phase.SENDING, "me", NOW + LEASE)
    assert held.is_doubtful == (phase is Phase.UNKNOWN)


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, phase=Phase.ACCEPTED),
        replace(DRAFT, phase=Phase.CANCELLED),
        replace(SENDING, reported={"sms:sent": ("1",)}),
        SENDING,
    ],
    ids=["accepted", "cancelled", "reported", "held"],
)
def test_what_is_done_or_held_cannot(draft: Draft) -> None:
    assert claimed(draft, "me", NOW + 1) is None


def test_a_lease_ends_and_one_by_a_wrong_clock_does_not_hold() -> None:
    assert claimed(SENDING, "me", NOW + LEASE)
    assert claimed(replace(SENDING, lease_until=NOW + 5 * HOUR), "me", NOW)


def test_what_was_accepted_stays_so_whatever_comes_later() -> None:
    accepted = answered(SENDING, Reply(Result.ACCEPTED), NOW)
    assert accepted.phase is Phase.ACCEPTED
    for late in (REFUSED, Reply(Result.UNKNOWN, "?")):
        assert answered(accepted, late, NOW + 1) is accepted
    assert cancelled(accepted) is accepted


def test_a_refusal_counts_only_if_no_earlier_attempt_can_have_been_accepted() -> None:
    assert answered(SENDING, REFUSED, NOW).phase is Phase.REFUSED
    assert answered(replace(SENDING, is_doubtful=True), REFUSED, NOW).phase is Phase.UNKNOWN


def test_a_draft_is_read_as_it_was_written_by_this_version_or_another() -> None:
    draft = replace(SENDING, reported={"sms:sent": ("a", "b")})
    content = draft.to_json()
    assert read_draft(content | {"a later": "field"}) == draft
    assert read_draft(content | {"phase": "another"}) is None
    assert read_draft({name: each for name, each in content.items() if name != "to"}) is None
    assert read_draft(None) is None


def test_a_limit_waits_for_as_long_as_it_has_to() -> None:
    book = Book().with_sent("a", "1", 2, NOW).with_sent("a", "2", 1, NOW + 600)
    assert book.wait("a", 1, 4, NOW + 601) == 0
    assert book.wait("a", 2, 4, NOW + 601) == HOUR - 601
    assert book.wait("a", 4, 4, NOW + 601) == HOUR - 1
    assert book.wait("b", 4, 4, NOW + 601) == 0
    assert book.wait("a", 4, 4, NOW - 5 * HOUR) == HOUR, "counted by a clock that is ahead"
    behind = book.with_sent("a", "3", 1, NOW - 5 * HOUR)
    assert behind.wait("a", 4, 4, NOW + 601) == HOUR - 1, "a clock that is behind forgets nothing"
    assert book.wait("a", 4, 4, NOW - 25 * HOUR) == 0
    assert read_book(book.to_json()) == book
    assert read_book({"sent": 7}) == Book()


class Chat:
    """A chat in which something else happens while it shows something."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.meanwhile: Callable[[], Any] | None = None

    def is_of(self, _ref: str) -> bool:
        return True

    async def change(self, _ref: str, shown: Shown) -> bool:
        self.states.append(shown.state)
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            await act()
        return True


@pytest.mark.anyio
async def test_what_changes_while_it_is_shown_is_shown_again() -> None:
    store = Store(TieredLedger(MemoryLedger(), None, print), b"secret", lambda: NOW)
    chat = Chat()
    sender = Sender(None, store, {"family": chat}, lambda: NOW)  # type: ignore[arg-type, dict-item]  # half of them
    shown = replace(DRAFT, shown="1:2:4", phase=Phase.ACCEPTED)
    await store.create(shown)

    async def report() -> None:
        await store.update(DRAFT.id, lambda each: each and replace(each, reported={"sms:sent": ("1",)}))

    chat.meanwhile = report
    await sender.display(shown)
    assert chat.states == ["queued", "sent"]


@pytest.mark.anyio
async def test_what_has_come_to_its_end_is_not_looked_at_any_more(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f"{{ from = [{ANNA}], confirm = false }}") as here:
        await here.say("On my way", answers=await here.receive())
        replies = here.apps[0].replies
        assert replies
        assert len((await replies._store.book(lambda book: book)).due) == 1
        await here.report("sms:delivered")
        assert (await replies._store.book(lambda book: book)).due == {}


class Line:
    """A gateway that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Sms] = []

    async def send(self, sms: Sms, _seconds: float) -> Reply:
        self.asked.append(sms)
        return Reply(Result.ACCEPTED)

    async def knows(self, _sms_id: str, _seconds: float) -> bool | None:
        return False


def sender(line: Line, store: Store, times: list[float]) -> Sender:
    """Return a sender whose clock says these times, one after another, and then the last."""
    clock = lambda: times.pop(0) if len(times) > 1 else times[0]  # noqa: E731  (a clock)
    return Sender(line, store, {}, clock)  # type: ignore[arg-type]  # what it uses of a gateway


@pytest.mark.anyio
async def test_an_instance_that_was_frozen_after_its_claim_sends_nothing() -> None:
    store = Store(TieredLedger(MemoryLedger(), None, print), b"secret", lambda: NOW)
    await store.create(DRAFT)
    line = Line()
    with pytest.raises(Busy):
        await sender(line, store, [NOW, NOW + LEASE]).send(DRAFT)
    assert line.asked == []
    await sender(line, store, [NOW + LEASE]).send(DRAFT)
    assert len(line.asked) == 1


@pytest.mark.anyio
async def test_what_was_cancelled_at_the_last_moment_does_not_count(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as here:
        await here.say("On my way", answers=await here.receive())
        replies = here.apps[0].replies
        assert replies
        stale = await replies._store.draft(here.id_of(101))
        assert stale
        await here.press("Cancel")
        assert await replies._talk._send(stale, 20) == "cancelled"
        book = await replies._store.book(lambda before: before)
        assert (book.due, book.sent["family"]) == ({}, {})
        assert here.gateway.requests == []


@pytest.mark.anyio
async def test_only_so_much_is_done_at_once() -> None:
    runs, gate = Runs(Log("ERROR", structured=True)), asyncio.Event()

    async def work() -> str:
        await gate.wait()
        return "done"

    soon = asyncio.get_running_loop().time() + 0.01
    held = [await runs.wait(str(number), work(), soon) for number in range(AT_ONCE + 1)]
    assert [each is None for each in held] == [False] * AT_ONCE + [True]
    assert await runs.wait("0", work(), soon) is held[0], "a repeat joins"
    gate.set()
    await runs.drain()
    again = await runs.wait("another", work(), soon + 5)
    assert again
    assert again.result() == "done"
