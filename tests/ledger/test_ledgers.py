"""What every ledger promises, on every ledger."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from relay.ledger import Ledger, LedgerUnavailable, Note
from relay.ledger.identity import Identity
from relay.ledger.record import (
    LEASE,
    OPEN_FOR,
    SETTLED_FOR,
    Busy,
    Done,
    Granted,
    Progress,
    Record,
    Settlement,
)
from relay.ledger.stored import to_json
from relay.model import DeliverySpec, DeliveryState, Dispatch
from tests.ledger.places import DURABLE, Place

pytestmark = pytest.mark.anyio

durable = pytest.mark.parametrize("kind", DURABLE, indirect=True)

KEY = "5e" * 32
EVENT = Identity(KEY)
BODY = b'{"text": "the code is 4711"}'


def owing(place: Place, *names: str, first_seen_at: float = 0.0) -> Dispatch:
    return Dispatch(
        "sms:received", place.now + first_seen_at, tuple(DeliverySpec(name) for name in names or ("family",))
    )


def said(owner: str, dispatch: Dispatch, raw: bytes | None = None, **states: str) -> Settlement:
    """Return what an attempt reports: how far it got at each destination."""
    progress = {
        name: Progress(DeliveryState(state), by=(owner,) if state == "delivered" else ())
        for name, state in states.items()
    }
    return Settlement(owner, dispatch, progress, raw)


async def test_one_of_fifty_claims_is_granted(place: Place) -> None:
    ledgers, dispatch = [place.ledger() for _ in range(5)], owing(place)
    claims = await asyncio.gather(*(ledgers[n % 5].claim(EVENT, dispatch, f"owner {n}") for n in range(50)))
    assert Counter(type(each) for each in claims) == {Granted: 1, Busy: 49}


async def test_events_do_not_wait_for_each_other(place: Place, ledger: Ledger) -> None:
    claims = await asyncio.gather(*(ledger.claim(Identity(f"{n:x}"), owing(place), "a") for n in range(10)))
    assert all(isinstance(each, Granted) for each in claims)


async def test_a_claim_lasts_as_long_as_its_lease(place: Place) -> None:
    first, second, dispatch = place.ledger(), place.ledger(), owing(place)
    await first.claim(EVENT, dispatch, "first")
    await place.elapse(LEASE - 20)
    busy = await second.claim(EVENT, dispatch, "second")
    assert isinstance(busy, Busy)
    assert place.now < busy.until <= place.now + LEASE
    await place.elapse(25)
    taken_over = await second.claim(EVENT, dispatch, "second")
    assert isinstance(taken_over, Granted)
    assert isinstance(await first.claim(EVENT, dispatch, "third"), Busy)


async def test_an_owner_is_granted_its_own_claim_again(place: Place) -> None:
    dispatch = owing(place)
    await place.ledger().claim(EVENT, dispatch, "first")
    assert isinstance(await place.ledger().claim(EVENT, dispatch, "first"), Granted)


async def test_what_is_delivered_is_done(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place, "family", "work")
    await ledger.claim(EVENT, dispatch, "first")
    settled = await ledger.settle(KEY, said("first", dispatch, family="delivered", work="delivered"))
    done = await place.ledger().claim(EVENT, dispatch, "second")
    assert done == Done(settled, KEY)
    assert settled.states() == [DeliveryState.DELIVERED, DeliveryState.DELIVERED]


async def test_what_is_open_is_granted_with_what_was_accepted(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place, "family", "work")
    await ledger.claim(EVENT, dispatch, "first")
    part = Progress(DeliveryState.OPEN, posts=2, plan="two of four", reason="it is down")
    settlement = said("first", dispatch, BODY, family="delivered")
    await ledger.settle(KEY, settlement._replace(outcomes={**settlement.outcomes, "work": part}))
    granted = await place.ledger().claim(EVENT, dispatch, "second")
    assert isinstance(granted, Granted)
    assert granted.record.of("family").state is DeliveryState.DELIVERED
    assert granted.record.of("work") == part


async def test_what_an_event_owes_is_what_its_first_claim_said(place: Place, ledger: Ledger) -> None:
    dispatch = Dispatch("sms:failed", place.now, (DeliverySpec("family", ("email",), True, "code", "short"),))
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.settle(KEY, said("first", dispatch, BODY, family="open"))
    granted = await place.ledger().claim(EVENT, owing(place, "elsewhere"), "second")
    assert isinstance(granted, Granted)
    assert granted.record.dispatch == dispatch


async def test_an_acceptance_counts_whoever_holds_the_lease(place: Place) -> None:
    slow, quick, dispatch = place.ledger(), place.ledger(), owing(place)
    await slow.claim(EVENT, dispatch, "slow")
    await place.elapse(LEASE + 1)
    await quick.claim(EVENT, dispatch, "quick")
    late = await slow.settle(KEY, said("slow", dispatch, family="delivered"))
    assert late.of("family").state is DeliveryState.DELIVERED
    assert isinstance(await slow.claim(EVENT, dispatch, "third"), Done)
    after = await quick.settle(KEY, said("quick", dispatch, BODY, family="open"))
    assert after.of("family").state is DeliveryState.DELIVERED


async def test_only_the_owner_frees_the_lease_and_keeps_the_body(place: Place) -> None:
    slow, quick, dispatch = place.ledger(), place.ledger(), owing(place)
    await slow.claim(EVENT, dispatch, "slow")
    await place.elapse(LEASE + 1)
    await quick.claim(EVENT, dispatch, "quick")
    late = await slow.settle(KEY, said("slow", dispatch, BODY, family="open"))
    assert late.raw is None
    assert isinstance(await slow.claim(EVENT, dispatch, "third"), Busy)
    await quick.settle(KEY, said("quick", dispatch, BODY, family="open"))
    granted = await slow.claim(EVENT, dispatch, "third")
    assert isinstance(granted, Granted)
    assert granted.record.raw == BODY


async def test_a_lease_can_outlast_a_settle(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place)
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.settle(KEY, said("first", dispatch, BODY, family="open")._replace(release=False))
    assert isinstance(await place.ledger().claim(EVENT, dispatch, "second"), Busy)
    await ledger.settle(KEY, said("first", dispatch, family="delivered"))
    assert isinstance(await place.ledger().claim(EVENT, dispatch, "second"), Done)


async def test_the_body_is_kept_until_all_is_settled(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place, "family", "work")
    await ledger.claim(EVENT, dispatch, "first")
    kept = await ledger.settle(KEY, said("first", dispatch, BODY, family="refused", work="open"))
    assert kept.raw == BODY
    assert [record.raw for _, record in await place.ledger().unsettled()] == [BODY]
    listed = await place.ledger().unsettled(bodies=False)
    assert [(key, record.progress) for key, record in listed] == [(KEY, kept.progress)]
    assert [record.raw for _, record in listed] == ([None] if ledger.durable else [BODY])
    kept = await ledger.settle(KEY, said("first", dispatch, work="delivered"))
    assert kept.raw == BODY
    erased = await ledger.settle(KEY, said("first", dispatch, family="delivered"))
    assert erased.raw is None
    assert await place.ledger().unsettled() == []


async def test_a_refusal_is_final_until_it_is_asked_for_again(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place, "family", "work")
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.settle(KEY, said("first", dispatch, BODY, family="refused", work="delivered"))
    assert isinstance(await ledger.claim(EVENT, dispatch, "second"), Done)
    granted = await place.ledger().claim(EVENT, dispatch, "second", again=True)
    assert isinstance(granted, Granted)
    assert granted.record.states() == [DeliveryState.OPEN, DeliveryState.DELIVERED]
    assert granted.record.raw == BODY


async def test_again_reopens_nothing_that_was_accepted(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place)
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.settle(KEY, said("first", dispatch, family="delivered"))
    assert isinstance(await ledger.claim(EVENT, dispatch, "second", again=True), Done)


async def test_again_asks_for_what_nobody_knows(place: Place, ledger: Ledger) -> None:
    assert isinstance(await ledger.claim(EVENT, owing(place), "first", again=True), Granted)


async def test_a_second_acceptance_is_counted_once(place: Place) -> None:
    one, two, dispatch = place.ledger(), place.ledger(), owing(place)
    await one.claim(EVENT, dispatch, "one")
    await one.settle(KEY, said("one", dispatch, family="delivered"))
    assert (await two.settle(KEY, said("two", dispatch, family="delivered"))).doubles == 1
    assert (await two.settle(KEY, said("two", dispatch, family="delivered"))).doubles == 1


async def test_all_facts_of_a_crowd_are_kept(place: Place) -> None:
    names = [f"place {n}" for n in range(20)]
    ledgers, dispatch = [place.ledger() for _ in range(4)], owing(place, *names)
    await ledgers[0].claim(EVENT, dispatch, "first")
    report = [said(f"owner {n}", dispatch, None, **{name: "delivered"}) for n, name in enumerate(names)]
    await asyncio.gather(*(ledgers[n % 4].settle(KEY, each) for n, each in enumerate(report)))
    done = await ledgers[0].claim(EVENT, dispatch, "last")
    assert isinstance(done, Done)
    assert done.record.doubles == 0


async def test_a_settle_makes_the_record_that_its_claim_did_not_reach(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place)
    await ledger.settle(KEY, said("first", dispatch, BODY, family="open"))
    ((key, record),) = await place.ledger().unsettled()
    assert (key, record.dispatch, record.raw) == (KEY, dispatch, BODY)
    assert isinstance(await place.ledger().claim(EVENT, dispatch, "second"), Granted)


@pytest.mark.parametrize(("state", "lives"), [("delivered", SETTLED_FOR), ("open", OPEN_FOR)])
async def test_a_record_is_forgotten_in_time(place: Place, ledger: Ledger, state: str, lives: float) -> None:
    dispatch, later = owing(place, "family", "work"), owing(place, "later")
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.settle(KEY, said("first", dispatch, BODY, family=state, work="delivered"))
    await place.elapse(lives - 100)
    known = await place.ledger().claim(EVENT, later, "second")
    assert isinstance(known, Granted | Done)
    assert known.record.dispatch == dispatch
    await place.elapse(OPEN_FOR if isinstance(known, Granted) else 200)
    assert await place.ledger().unsettled() == []
    granted = await place.ledger().claim(EVENT, later, "third")
    assert isinstance(granted, Granted)
    assert granted.record.dispatch == later


async def test_a_ledger_is_empty_until_it_holds_a_record(place: Place, ledger: Ledger) -> None:
    await ledger.update_note("check", lambda _note: {"a": 1})
    assert await ledger.is_empty()
    dispatch = owing(place)
    await ledger.claim(EVENT, dispatch, "a")
    assert not await ledger.is_empty()
    await ledger.settle(KEY, said("a", dispatch, family="delivered"))
    assert not await ledger.is_empty()


async def test_what_is_unsettled_is_listed_the_oldest_first(place: Place, ledger: Ledger) -> None:
    for key, first_seen_at, state in (
        ("b", -20, "open"),
        ("c", -30, "refused"),
        ("d", -40, "delivered"),
        ("a", -10, "open"),
    ):
        dispatch = owing(place, first_seen_at=first_seen_at)
        await ledger.claim(Identity(key), dispatch, "first")
        await ledger.settle(key, said("first", dispatch, BODY, family=state))
    await ledger.claim(Identity("e"), owing(place, first_seen_at=-50), "first")
    await ledger.update_note("a memo", lambda _memo: {"times": 1})
    assert [key for key, _ in await place.ledger().unsettled()] == ["e", "c", "b", "a"]


async def test_memos_are_revised_by_one_at_a_time(place: Place) -> None:
    ledgers = [place.ledger() for _ in range(4)]

    def count(memo: Note | None) -> Note:
        return {"count": memo["count"] + 1 if memo else 1}

    await asyncio.gather(*(ledgers[n % 4].update_note("failures", count) for n in range(20)))
    assert await memo(place.ledger(), "failures") == {"count": 20}
    assert await memo(place.ledger(), "others") is None


async def test_a_memo_is_left_as_it_is(ledger: Ledger) -> None:
    await ledger.update_note("one", lambda _memo: {"a": [1, None, "ü"]})
    await ledger.update_note("one", lambda _memo: None)
    assert await memo(ledger, "one") == {"a": [1, None, "ü"]}


async def memo(ledger: Ledger, name: str) -> Note | None:
    first_seen_at: list[Note | None] = []
    await ledger.update_note(name, first_seen_at.append)
    return first_seen_at[-1]


async def test_an_empty_memo_is_erased(place: Place, ledger: Ledger) -> None:
    await ledger.update_note("one", lambda _memo: {"a": 1})
    await ledger.update_note("one", lambda _memo: {})
    await ledger.update_note("two", lambda _memo: {})
    assert [await memo(place.ledger(), name) for name in ("one", "two")] == [None, None]
    await ledger.update_note("one", lambda _memo: {"a": 2})
    assert await memo(place.ledger(), "one") == {"a": 2}


async def test_notes_are_found_by_the_beginning_of_their_names(place: Place, ledger: Ledger) -> None:
    names = ["phone.", "phone.a", "phone.ü", "phone.a/b", "phone", "phone/a", "phoned", "Phone.a"]
    for name in names:
        await ledger.update_note(name, lambda _memo, name=name: {"name": name})  # type: ignore[misc]  # a default binds it
    await ledger.claim(EVENT, owing(place), "first")
    found = await place.ledger().notes("phone.")
    assert found == {name: {"name": name} for name in names[:4]}
    assert await ledger.notes("%") == {}


async def test_all_notes_are_found_however_many(place: Place, ledger: Ledger) -> None:
    names = [f"phone.{number}" for number in range(101)]
    await asyncio.gather(*(ledger.update_note(name, lambda _memo: {"a": 1}) for name in names))
    assert sorted(await place.ledger().notes("phone.")) == sorted(names)


async def test_a_note_that_has_expired_is_gone(place: Place, ledger: Ledger) -> None:
    now = place.clock()
    await ledger.update_note("answer.a", lambda _note: {"a": 1, "expires": now + 100})
    await ledger.update_note("answer.b", lambda _note: {"b": 1})
    await place.elapse(60)
    assert (await memo(place.ledger(), "answer.a") or {})["a"] == 1
    await place.elapse(41)
    assert await memo(place.ledger(), "answer.a") is None
    assert await ledger.notes("answer.") == {"answer.b": {"b": 1}}
    await ledger.update_note("answer.a", lambda note: {"again": note is None, "expires": now + 200})
    assert (await memo(place.ledger(), "answer.a") or {})["again"]


async def test_a_note_that_expires_is_no_record(place: Place, ledger: Ledger) -> None:
    """It has the field by which records are found."""
    await ledger.update_note("answer.a", lambda _note: {"a": 1, "expires": place.clock() + SETTLED_FOR})
    assert await ledger.is_empty()
    await ledger.claim(EVENT, owing(place), "first")
    await ledger.settle(KEY, said("first", owing(place), family="delivered"))
    assert len(await place.ledger().first_seen_since(place.clock() - 60)) == 1


async def test_records_are_listed_by_when_they_were_first_seen(place: Place, ledger: Ledger) -> None:
    for key, first_seen_at, state in (
        ("new", -10, "delivered"),
        ("open", -20, "open"),
        ("refused", -30, "refused"),
        ("old", -4000, "delivered"),
        ("old and open", -4000, "open"),
    ):
        dispatch = owing(place, first_seen_at=first_seen_at)
        await ledger.claim(Identity(key, "next to " + key, "a registration"), dispatch, "first")
        await ledger.settle(key, said("first", dispatch, BODY, family=state))
    await ledger.claim(Identity("claimed"), owing(place, first_seen_at=-40), "first")
    await ledger.update_note("a memo", lambda _memo: {"times": 1})

    found = await place.ledger().first_seen_since(place.now - 3600)

    assert sorted(place.now - each.dispatch.first_seen_at for each in found) == [10, 20, 30, 40]
    assert all(each.raw is None for each in found) or not ledger.durable


HOSTILE = (
    "a/b",
    "..",
    "__all__",
    "x'); DROP TABLE records; --",
    "%2F",
    "línea 🦊",
    "a.b`c[0]*~",
    " ",
    "\n\x7f",
    "k" * 400,
)


@pytest.mark.parametrize("name", HOSTILE)
async def test_any_name_is_only_a_name(place: Place, ledger: Ledger, name: str) -> None:
    dispatch = owing(place, name, "\ud800")
    assert isinstance(await ledger.claim(Identity(name), dispatch, "first"), Granted)
    settlement = Settlement("first", dispatch, {name: Progress(DeliveryState.OPEN, reason=name)}, BODY)
    await ledger.settle(name, settlement)
    await ledger.update_note(name, lambda _memo: {name: name})
    ((key, record),) = await place.ledger().unsettled()
    assert (key, record.dispatch, record.of(name).reason) == (name, dispatch, name)
    assert await memo(ledger, name) == {name: name}


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\xfe", bytes(range(256)) * 3515], ids=["none", "bytes", "900 kB"]
)
async def test_a_body_comes_back_byte_for_byte(place: Place, ledger: Ledger, raw: bytes) -> None:
    dispatch = owing(place)
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.settle(KEY, said("first", dispatch, raw, family="open"))
    ((_, record),) = await place.ledger().unsettled()
    assert record.raw == raw


@durable
async def test_what_was_settled_outlives_the_process(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place, "family", "work")
    await ledger.claim(EVENT, dispatch, "first")
    settled = await ledger.settle(KEY, said("first", dispatch, BODY, family="delivered", work="refused"))
    await ledger.aclose()
    assert await place.ledger().claim(EVENT, dispatch, "second") == Done(settled, KEY)


async def test_a_closed_ledger_opens_again(place: Place, ledger: Ledger) -> None:
    await ledger.aclose()
    assert isinstance(await ledger.claim(EVENT, owing(place), "first"), Granted)
    await ledger.aclose()
    await ledger.aclose()
    assert len(await ledger.unsettled()) == 1


@durable
async def test_a_record_of_a_later_version_is_read(place: Place, ledger: Ledger) -> None:
    dispatch = owing(place)
    await ledger.claim(EVENT, dispatch, "first")
    text = to_json(Record(dispatch, {"family": Progress(DeliveryState.DELIVERED)}, expires=place.now + 1e6))
    await place.spoil(KEY, json.dumps(with_news(json.loads(text))))
    done = await place.ledger().claim(EVENT, dispatch, "second")
    assert isinstance(done, Done)
    assert done.record.dispatch == dispatch


def with_news(value: Any) -> Any:
    """Add a member to everything that has one of a fixed name."""
    if not isinstance(value, dict):
        return [with_news(each) for each in value] if isinstance(value, list) else value
    known = {"debt", "type", "state", "destination"} & value.keys()
    return {name: with_news(each) for name, each in value.items()} | ({"news": 1} if known else {})


@durable
@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"debt": 1, "progress": {}}'])
async def test_what_is_no_record_is_reported_and_hides_no_other(
    place: Place, ledger: Ledger, text: str
) -> None:
    dispatch = owing(place)
    await ledger.claim(EVENT, dispatch, "first")
    await ledger.claim(Identity("another"), dispatch, "first")
    await place.spoil(KEY, text)
    with pytest.raises(LedgerUnavailable, match="cannot be read"):
        await place.ledger().claim(EVENT, dispatch, "second")
    found = dict(await place.ledger().unsettled())
    assert found[KEY].dispatch.type == "unreadable"
    assert found["another"].dispatch == dispatch


async def test_which_ledgers_are_durable(kind: str, ledger: Ledger) -> None:
    assert ledger.durable is (kind in DURABLE)
