"""When a test is due: pure dates, the same for everybody who looks, each at most once."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from relay.canary.journal import DAY, LEASE, Journal, Trip, claim, from_note, to_note, with_times
from relay.canary.loop import Loop
from relay.canary.plan import claim_by_hand, find_due, is_under_way, latest_date, may_send
from tests.canary.parts import canary, loops, phones

BERLIN = ZoneInfo("Europe/Berlin")
START = 1782122400.0
"""Mon 22 Jun 2026, 10:00 UTC."""
HOUR = 3600.0
LONG_AGO = Journal(0.0)


def loop(more: str = "") -> Loop:
    [only] = loops(phones("anna") + canary("anna", more=more), "Europe/Berlin")
    return only


@pytest.mark.parametrize("every", ["1h", "5h", "1d", "30d", "60d"])
def test_dates_are_as_far_apart_as_asked_for(every: str) -> None:
    one = loop(f'every = "{every}"\nwithin = "2m"')
    seconds = one.canary.every
    dates = {latest_date(one, START + step * seconds / 7, UTC).begin for step in range(70)}

    assert {later - earlier for earlier, later in pairwise(sorted(dates))} == {seconds}
    assert all(
        0 <= START + step - latest_date(one, START + step, UTC).begin < seconds
        for step in range(0, 10000, 77)
    )


def test_canaries_are_spread() -> None:
    several = loops(phones("anna", "ben", "cleo") + "".join(map(canary, ("anna", "ben", "cleo"))))

    assert len({latest_date(each, START, UTC).begin for each in several}) == 3


@pytest.mark.parametrize("days", [1, 2, 7, 30])
def test_hours_begin_on_whole_days_whatever_the_clocks_do(days: int) -> None:
    """Through both changes of the clocks of a year."""
    one = loop(f'at = "03:30-05:00"\nevery = "{days}d"')
    dates = sorted({latest_date(one, START + hour * HOUR, BERLIN).begin for hour in range(366 * 24)})
    local = [datetime.fromtimestamp(each, BERLIN) for each in dates]

    assert {f"{each:%H:%M}" for each in local} == {"03:30"}
    assert {(b.date() - a.date()).days for a, b in pairwise(local)} == {days}


def test_hours_that_the_clocks_skip_begin_all_the_same() -> None:
    one = loop('at = "02:30-04:00"')
    dates = {latest_date(one, START + hour * HOUR, BERLIN).begin for hour in range(366 * 24)}

    assert len(dates) in (366, 367)


def test_hours_may_cross_midnight() -> None:
    one = loop('at = "23:00-01:00"')
    local = datetime(2026, 6, 23, 0, 30, tzinfo=BERLIN)
    due = datetime.fromtimestamp(latest_date(one, local.timestamp(), BERLIN).begin, BERLIN)

    assert (due.day, due.hour) == (22, 23)
    assert may_send(one.canary, local.timestamp(), BERLIN)
    assert not may_send(one.canary, local.timestamp() + HOUR, BERLIN)


def test_hours_that_are_skipped_in_part_are_used_for_the_rest() -> None:
    """On 29 March 2026 there is no 2:30 in Berlin."""
    one = loop('at = "02:30-03:30"')
    morning = datetime(2026, 3, 29, tzinfo=UTC).timestamp()
    tried = [morning + minute * 60 for minute in range(0, 180, 5)]
    sent = [now for now in tried if may_send(one.canary, now, BERLIN)]

    assert [f"{datetime.fromtimestamp(each, BERLIN):%H:%M}" for each in (sent[0], sent[-1])] == [
        "03:00",
        "03:25",
    ]
    assert all(latest_date(one, each, BERLIN).name == morning for each in sent)


@pytest.mark.parametrize("every", [1, 30])
def test_other_hours_and_another_zone_are_no_new_date(every: int) -> None:
    """On the evening of any day, all of them have begun."""
    hours = ("", 'at = "03:00-22:00"', 'at = "05:00-22:00"', 'at = "01:00-22:00"', 'at = "00:00-22:00"')
    several = [loop(f'every = "{every}d"\n{each}') for each in hours]
    zones = [ZoneInfo(each) for each in ("UTC", "Europe/Berlin", "America/New_York")]
    evening = datetime(2026, 6, 22, 21, 30, tzinfo=UTC).timestamp()
    for day in range(31):
        now = evening + day * DAY
        assert len({latest_date(each, now, zone).name for each in several for zone in zones}) == 1


def due_dates(one: Loop, journal: Journal, now: float) -> list[int]:
    return [each.date for each in find_due([(one, journal)], now, BERLIN)]


def test_a_date_is_due_once() -> None:
    one = loop('every = "1h"')
    date = latest_date(one, START, UTC).name
    claimed = claim(LONG_AGO, date, date)
    assert due_dates(one, LONG_AGO, date) == [date]
    assert claimed
    accepted = with_times(claimed, date, {"accepted": date})

    for later in (0.0, LEASE - 1, LEASE, HOUR - 1):
        assert due_dates(one, accepted, date + later) == []
        assert claim(accepted, date, date + later) is None
    assert due_dates(one, accepted, date + HOUR) == [date + 3600]


def test_of_many_missed_dates_the_latest_is_made_up_for() -> None:
    one = loop('every = "1h"')
    before = Journal(0.0, Trip(latest_date(one, START, UTC).name, START, START, START, returned=START))
    now = START + 100 * HOUR

    assert due_dates(one, before, now) == [latest_date(one, now, UTC).name]


def test_what_was_due_before_the_note_began_is_not_made_up_for() -> None:
    one = loop('every = "1h"')
    journal = Journal(START)

    assert due_dates(one, journal, START) == []
    assert due_dates(one, journal, START + HOUR) == [latest_date(one, START + HOUR, UTC).name]


def test_a_missed_date_waits_for_the_hours() -> None:
    one = loop('at = "03:00-05:00"\nevery = "30d"')
    name, date = latest_date(one, START, BERLIN)
    journal = Journal(date - 1.0)
    tried = [date + hour * HOUR for hour in range(3 * 24)]

    assert {(now - date) // HOUR % 24 for now in tried if due_dates(one, journal, now)} == {0, 1}
    assert all(due_dates(one, journal, now) in ([], [name]) for now in tried)


def test_what_was_not_accepted_is_asked_for_again_after_the_lease() -> None:
    one = loop('every = "1h"')
    date = latest_date(one, START, UTC).name
    claimed = claim(LONG_AGO, date, START)
    assert claimed

    assert due_dates(one, claimed, START + LEASE - 1) == []
    assert claim(claimed, date, START + LEASE - 1) is None
    assert due_dates(one, claimed, START + LEASE) == [date]
    again = claim(claimed, date, START + LEASE)
    assert again
    assert again.trip == Trip(date, asked=START, tried=START + LEASE)


@pytest.mark.parametrize("end", ["failed", "returned"])
def test_what_has_ended_is_not_asked_for_again(end: str) -> None:
    one = loop('every = "1h"')
    date = latest_date(one, START, UTC).name
    ended = with_times(Journal(0.0, Trip(date, START, START)), date, {end: START})

    assert due_dates(one, ended, START + LEASE) == []
    assert claim(ended, date, START + LEASE) is None


def test_an_older_date_never_comes_after_a_newer_one() -> None:
    one = loop('every = "1h"')
    date = latest_date(one, START, UTC).name
    newer = Journal(0.0, Trip(date + 60, START, START, returned=START))

    assert due_dates(one, newer, START + LEASE) == []
    assert claim(newer, date, START + LEASE) is None


def by_hand(one: Loop, journal: Journal, now: float) -> Trip | None:
    claimed = claim_by_hand(one, BERLIN, journal, now)
    return claimed.trip if claimed else None


@pytest.mark.parametrize("more", ["", 'every = "1h"', 'every = "30d"', 'at = "03:00-05:00"'])
def test_one_that_is_sent_by_hand_is_between_two_dates_whatever_the_clock_says(more: str) -> None:
    one = loop(more)
    for step in range(40):
        now = START + step * one.canary.every / 7
        date = latest_date(one, now, BERLIN).name
        journal = Journal(now, Trip(date, now, now, now, returned=now))
        for clock in (now, now + 9, now - 600, now - DAY):
            trip = by_hand(one, journal, clock)
            assert trip
            assert date < trip.due < latest_date(one, now + one.canary.every + HOUR, BERLIN).name


def test_one_by_hand_is_the_date_that_is_due() -> None:
    one = loop('every = "30d"')
    date = latest_date(one, START, BERLIN).name
    refused = Journal(0.0, Trip(date, START, START, reason="no", answered=START))

    for journal in (LONG_AGO, refused):
        trip = by_hand(one, journal, START + 9)
        assert trip
        assert trip.due == date


def test_one_by_hand_that_is_not_accepted_is_asked_for_again_until_the_next_date() -> None:
    one = loop('every = "1d"')
    claimed = claim_by_hand(one, BERLIN, Journal(START), START)
    assert claimed
    assert claimed.trip
    due, date = claimed.trip.due, latest_date(one, START + DAY, BERLIN)

    assert due_dates(one, claimed, START + LEASE - 1) == []
    assert due_dates(one, claimed, START + LEASE) == [due]
    assert due_dates(one, claimed, date.begin - 1) == [due]
    assert due_dates(one, claimed, date.begin) == [date.name]


def test_of_several_by_hand_at_once_one_is_sent() -> None:
    one = loop()
    asked = claim_by_hand(one, BERLIN, Journal(START), START)
    assert asked
    assert asked.trip
    accepted = with_times(asked, asked.trip.due, {"answered": START + 1, "accepted": START + 1})
    refused = with_times(asked, asked.trip.due, {"answered": START + 1}, reason="no")

    assert by_hand(one, asked, START + 2) is None
    assert by_hand(one, accepted, START + 2) is None
    assert by_hand(one, refused, START + 2) == replace(asked.trip, tried=START + 2, reason="no")
    assert by_hand(one, asked, START + LEASE) == replace(asked.trip, tried=START + LEASE)


def test_a_phone_sends_one_test_at_a_time() -> None:
    """Those of another phone do not wait."""
    toml = (
        phones("anna", "ben", "cleo") + canary("anna") + canary("anna", "ben", 'name = "x"') + canary("cleo")
    )
    one, other, third = loops(toml)
    dates = {each: latest_date(each, START, UTC).name for each in (one, other, third)}

    def sent_now(now: float, *journals: Journal) -> list[str]:
        tests = zip((one, other, third), journals, strict=True)
        return [each.loop.canary.label for each in find_due(tests, now, UTC)]

    assert sent_now(START, LONG_AGO, LONG_AGO, LONG_AGO) == ["anna", "cleo"]
    under_way = Journal(0.0, Trip(dates[one], START, START, START, START))
    assert sent_now(START + 60, under_way, LONG_AGO, LONG_AGO) == ["cleo"]
    assert sent_now(START + 900, under_way, LONG_AGO, LONG_AGO) == ["x", "cleo"]
    back = with_times(under_way, dates[one], {"returned": START + 9})
    assert sent_now(START + 60, back, LONG_AGO, LONG_AGO) == ["x", "cleo"]
    refused = Journal(0.0, Trip(dates[one], START, START, reason="no"))
    assert sent_now(START + 59, refused, LONG_AGO, LONG_AGO) == ["x", "cleo"]


def test_of_several_tests_of_a_phone_the_one_that_waits_longest_is_next() -> None:
    """All are due; those that fail at once do not keep the others from being sent."""
    names = [
        canary("anna", "ben", f'name = "{number}"\nsim = {number}\nevery = "1h"') for number in (1, 2, 3)
    ]
    tests = dict.fromkeys(loops(phones("anna", "ben") + "".join(names)), LONG_AGO)
    tried = []
    for tick in range(12):
        now = START + tick * 300
        for each, date in find_due(tests.items(), now, UTC):
            tests[each] = claim(tests[each], date, now) or tests[each]
            tried.append(each.canary.label)

    assert tried == ["1", "2", "3"] * 4


def test_what_is_known_already_stays() -> None:
    journal = with_times(Journal(0.0, Trip(7, 100.0, 100.0, 101.0)), 7, {"returned": 113.0})
    again = with_times(journal, 7, {"returned": 200.0, "sent": 150.0})

    assert (journal.returned, journal.seconds) == (113.0, 12.0)
    assert (again.returned, again.seconds) == (113.0, 12.0)
    assert again.trip
    assert (again.trip.returned, again.trip.sent) == (113.0, 150.0)
    assert with_times(journal, 8, {"returned": 200.0}) is journal
    assert with_times(Journal(0.0), 8, {"returned": 200.0}) == Journal(0.0)


def test_it_is_under_way_until_its_time_is_over() -> None:
    trip = Trip(7, 100.0, 100.0, 101.0)

    assert is_under_way(trip, 60, 159)
    assert not is_under_way(trip, 60, 160)
    assert is_under_way(replace(trip, sent=130.0), 60, 189)
    assert not is_under_way(replace(trip, failed=130.0), 60, 131)
    assert not is_under_way(None, 60, 131)


def test_a_note_is_read_as_it_was_written() -> None:
    journal = Journal(
        5.0, Trip(7, 100.0, 100.0, 101.0, 102.0, 0.0, 0.0, 103.0, "x", "words"), 103.0, 2.0, "x"
    )
    note = json.loads(json.dumps(to_note(journal, 1000.0, 3600.0)))

    assert from_note(note, 1000.0) == journal
    assert note["expires"] == 1000 + 2 * 3600 + 7 * DAY
    assert from_note(json.loads(json.dumps(to_note(Journal(5.0), 1.0, 1.0))), 9.0) == Journal(5.0)


@pytest.mark.parametrize(
    "change",
    [
        {"since": "x"},
        {"trip": 1},
        {"trip": {"asked": 1.0}},
        {"trip": {"due": 7, "asked": "soon"}},
        {"returned": None},
        {"since": START + 2 * DAY},
        {"trip": {"due": 7, "tried": START + 2 * DAY}},
        {"trip": {"due": START + 2 * DAY}},
    ],
)
def test_a_note_that_cannot_be_true_is_none(change: dict[str, object]) -> None:
    note = {**to_note(Journal(5.0, Trip(7)), START, 3600.0), **change}

    assert from_note(note, START) is None


def test_a_note_of_a_later_version_is_read() -> None:
    note = {**to_note(Journal(5.0), START, 3600.0), "more": 1, "trip": {"due": 7, "more": 1}}

    assert from_note(note, START) == Journal(5.0, Trip(7))
