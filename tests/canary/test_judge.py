"""What a tick makes of a test: who is accused, of what, and who is not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from relay.canary.journal import DAY, Journal, Trip
from relay.canary.judge import judge_loops
from relay.canary.loop import Loop
from relay.config import Config
from relay.watch.outbox import with_findings
from relay.watch.phone import Phone, Sighting, from_note, to_note
from relay.watch.rules import build_rules
from relay.watch.silence import SILENT
from relay.watch.state import Condition, Finding, Interval, State
from tests.canary.parts import canary, configured, loops_of, phones

START = 1782122400.0
"""Mon 22 Jun 2026, 10:00 UTC."""
MINUTE, HOUR = 60.0, 3600.0
SENT = Trip(int(START), asked=START, tried=START, accepted=START, sent=START + 2)
OVER = START + 16 * MINUTE
ACCUSED = "anna receives no SMS though it pings: the test of 10:00 did not come back within 15 min."


class Court:
    """One canary whose journal and phones are as they are set; `said` is what was reported."""

    def __init__(self, toml: str = "", more: str = "") -> None:
        self.config: Config = configured(toml or phones("anna", "ben") + canary("anna", "", more))
        [self.loop] = loops_of(self.config)
        self.rules = build_rules(self.config)
        self.state = State(started=START - DAY, ticked=START)
        self.heard = {self.loop.receiver_key: 0.0, self.loop.sender_key: 0.0}
        self.every = 300.0
        self.message = 0.0
        self.said: list[Finding] = []

    def phones(self) -> Mapping[str, Phone]:
        return {
            key: Phone(
                "x",
                True,
                first=1.0,
                heard=at,
                before=at - self.every,
                returned=1.0,
                pinged=at,
                message=self.message,
            )
            for key, at in self.heard.items()
            if at
        }

    def tick(self, trip: Trip | None, now: float, heard: float | None = None) -> list[str]:
        """Judge at a time, with all phones heard just now or at another time; return what is reported."""
        self.heard = dict.fromkeys(self.heard, now - 60 if heard is None else heard)
        tests = {self.loop: Journal(now, trip)}
        self.state, found = judge_loops(self.state, tests, self.phones(), now, self.rules)
        again = judge_loops(self.state, tests, self.phones(), now, self.rules)
        assert again == (self.state, [])
        self.said += found
        return [each.title for each in found]

    def live(self, trip: Trip, until: float, **more: Any) -> list[str]:
        """Tick every five minutes from the test on."""
        steps = range(1, round((until - START) // 300) + 1)
        return [each for step in steps for each in self.tick(trip, START + step * 300, **more)]


def test_one_that_does_not_come_back_is_reported_once_and_once_when_it_does() -> None:
    court = Court()
    assert court.live(SENT, START + 15 * MINUTE) == []
    assert court.tick(SENT, START + 20 * MINUTE) == [ACCUSED]
    assert court.tick(SENT, START + 25 * MINUTE) == []
    back = replace(SENT, returned=START + 3 * HOUR + 5 * MINUTE)

    assert court.tick(back, START + 4 * HOUR) == [
        "anna receives SMS again: the test of 10:00 came back after 3 h 5 min."
    ]
    assert court.tick(back, START + 5 * HOUR) == []
    assert court.said[0].subject == court.said[1].subject
    assert [each.is_end for each in court.said] == [False, True]
    assert [each.is_urgent for each in court.said] == [False, False]


def test_the_next_test_that_comes_back_ends_it_too() -> None:
    court = Court()
    court.live(SENT, OVER + 300)
    later = replace(SENT, due=SENT.due + 86400, asked=START + DAY, accepted=START + DAY, sent=START + DAY)
    assert court.tick(replace(later, sent=0.0), START + DAY) == []

    assert court.tick(replace(later, returned=START + DAY + 12), START + DAY + 300) == [
        "anna receives SMS again: the test of 10:00 came back after 12 s."
    ]


def test_one_that_comes_back_is_not_mentioned() -> None:
    court = Court()

    assert court.live(replace(SENT, returned=START + 10), START + DAY) == []


@pytest.mark.parametrize("late", [0, 5, 14, 30])
def test_the_time_runs_from_when_the_phone_has_sent_it(late: int) -> None:
    sent = START + late * MINUTE
    trip = replace(SENT, sent=sent)

    for court, at in ((Court(), sent + 15 * MINUTE - 1), (Court(), sent + 15 * MINUTE)):
        for minute in range(0, late + 15, 5):
            assert court.tick(trip, START + minute * MINUTE) == []
        assert bool(court.tick(trip, at)) == (at >= sent + 15 * MINUTE)


def test_a_phone_that_was_not_heard_meanwhile_is_not_accused() -> None:
    """Whatever is wrong with it, it may have received the test."""
    court = Court()

    assert court.live(SENT, START + 3 * HOUR, heard=START + 5 * MINUTE) == []


def test_a_phone_that_comes_back_may_bring_the_test_as_long_again() -> None:
    court = Court()
    assert court.live(SENT, START + HOUR, heard=START + 60) == []
    assert court.tick(SENT, START + 2 * HOUR, heard=START + 2 * HOUR) == []
    for minute in range(125, 245, 5):
        assert court.tick(SENT, START + minute * MINUTE) == []

    assert court.tick(SENT, START + 245 * MINUTE) != []


def test_each_later_silence_makes_it_later_still() -> None:
    """What was tried again in vain in the second one waits as long again as since the test was sent."""
    court = Court()
    assert court.live(SENT, START + 10 * MINUTE) == []
    assert court.tick(SENT, START + HOUR, heard=START + HOUR) == []
    for minute in (*range(65, 90, 5), *range(110, 215, 5)):
        assert court.tick(SENT, START + minute * MINUTE) == [], minute

    assert court.live(SENT, START + 4 * HOUR) == [ACCUSED]


def test_a_phone_that_pings_seldom_is_judged_all_the_same() -> None:
    """Every fifteen minutes: only the first of these silences counts."""
    court = Court()
    assert court.tick(SENT, START + 16 * MINUTE, heard=START + 16 * MINUTE) == []

    assert court.tick(SENT, START + 32 * MINUTE, heard=START + 32 * MINUTE) == [ACCUSED]


def test_a_silence_that_began_before_the_test_counts_whole() -> None:
    court = Court(phones("anna", "ben") + canary("anna", "ben"))
    assert court.tick(SENT, START + 5 * MINUTE, heard=START - HOUR) == []
    for minute in range(10, 70, 5):
        assert court.tick(SENT, START + minute * MINUTE) == [], minute

    assert len(court.live(SENT, START + 2 * HOUR)) == 1


def test_a_phone_knows_its_sign_of_life_before_the_latest() -> None:
    phone = Phone("x").seen(Sighting(5.0)).seen(Sighting(9.0))

    assert (phone.before, phone.heard) == (5.0, 9.0)
    read = from_note(json.loads(json.dumps(to_note(phone))))
    assert read
    assert read.before == 5.0


def test_two_pings_between_two_ticks_are_no_silence() -> None:
    """A tick may be missing, or come just before a ping."""
    court = Court()
    court.live(SENT, START + 5 * MINUTE)

    assert court.tick(SENT, START + 15 * MINUTE + 3) == [ACCUSED]


def test_one_sign_of_life_after_a_long_silence_proves_nothing() -> None:
    court = Court()
    court.tick(SENT, START + HOUR, heard=START + HOUR)

    assert court.live(SENT, START + 9 * HOUR, heard=START + HOUR) == []


def test_a_silent_phone_is_only_silent() -> None:
    court = Court()
    court.state = replace(court.state, conditions={court.loop.receiver_key: {SILENT: Condition(START)}})

    assert court.live(SENT, START + DAY) == []
    assert court.live(replace(SENT, sent=0.0), START + DAY) == []


def test_a_phone_that_never_pings_is_not_accused() -> None:
    court = Court()
    court.heard = {}

    assert judge_loops(court.state, {court.loop: Journal(0.0, SENT)}, {}, OVER, court.rules)[1] == []


def test_an_outage_of_ours_does_not_count() -> None:
    court = Court()
    court.state = replace(court.state, deaf=(Interval(START + 60, START + HOUR),))

    assert court.live(SENT, START + 2 * HOUR) == []
    assert court.live(SENT, START + 2.5 * HOUR) == [ACCUSED]


def test_what_the_network_reports_says_where_to_look() -> None:
    for delivered, words in ((0.0, "may be blocked or expired"), (START + 5, "its app does not pass it on")):
        court = Court()
        court.live(replace(SENT, delivered=delivered), OVER + 300)
        assert words in court.said[0].text


def test_who_sends_and_who_should_receive_are_named() -> None:
    court = Court(phones("anna", "ben") + canary("anna", "ben"))

    [title] = court.live(SENT, OVER + 300)
    assert title.startswith("ben receives no SMS though it pings: the test that anna sent at 10:00 did not ")


@pytest.mark.parametrize(
    ("to", "test"), [("", "The test of 10:00"), ("ben", "The test that anna sent at 10:00")]
)
def test_a_phone_that_gets_other_sms_is_not_accused(to: str, test: str) -> None:
    court = Court(phones("anna", "ben") + canary("anna", to))
    court.message = START + MINUTE
    who = to or "anna"

    assert court.live(SENT, OVER + 300) == [
        f"{test} did not reach {who} within 15 min, though {who} gets other SMS."
    ]
    court = Court(phones("anna", "ben") + canary("anna", to))
    court.message = START - MINUTE
    assert "receives no SMS" in court.live(SENT, OVER + 300)[0]


def test_the_card_is_named_where_there_are_several() -> None:
    toml = phones("anna").replace("numbers = { 1", "sims = { 2 = 'work' }\nnumbers = { 2")
    court = Court(toml + canary("anna") + "sim = 2\n")
    assert court.loop.who == "anna"
    two = toml.replace("numbers = { ", 'numbers = { 1 = "+12025550199", ')

    assert Court(two + canary("anna")).loop.who == "anna (work)"


def test_a_foreign_number_accuses_nobody() -> None:
    toml = phones("anna") + canary("anna").replace("+12", "+1 3") + "foreign = true\n"
    court = Court(toml)
    assert court.live(SENT, OVER + 300) == [
        "The test that anna sent at 10:00 did not come back within 15 min."
    ]

    assert court.tick(replace(SENT, returned=OVER), OVER + 600) == [
        "Tests come back again: the test of 10:00 came back after 16 min."
    ]


def failed(day: int, **more: Any) -> Trip:
    at = START + day * DAY
    return Trip(int(at), asked=at, tried=at, **{"reason": "no service", **more})


@pytest.mark.parametrize("more", [{}, {"accepted": START}, {"failed": START + 5}])
def test_a_test_that_is_not_sent_is_reported_after_a_day(more: dict[str, Any]) -> None:
    court = Court()
    assert court.live(failed(0, **more), START + 26 * HOUR - 300) == []

    assert court.tick(failed(0, **more), START + 26 * HOUR + 300) == [
        "anna's tests have failed since Mon 22 Jun 2026, 10:00: no service."
    ]
    assert court.tick(failed(1, failed=START + DAY), START + 2 * DAY) == []
    sent = replace(SENT, due=SENT.due + 5 * 86400, sent=START + 5 * DAY)
    assert court.tick(replace(sent, returned=START + 5 * DAY), START + 5 * DAY) == [
        "anna's tests work again."
    ]


def test_one_failure_is_not_reported_while_the_next_test_is_still_to_be_sent() -> None:
    """Each tick judges before it sends."""
    court = Court()
    journal = Journal(0.0, failed(0, failed=START))

    for hours in range(20, 40):
        now = START + hours * HOUR
        court.state, found = judge_loops(court.state, {court.loop: journal}, {}, now, court.rules)
        assert found == []


def test_a_test_that_is_never_tried_is_reported_once() -> None:
    court = Court()
    said = []
    for hours in range(100):
        now = START + hours * HOUR
        court.state, found = judge_loops(court.state, {court.loop: Journal(START)}, {}, now, court.rules)
        said += [(hours, each.title) for each in found]

    [(hours, title)] = said
    assert hours == 24 + 26
    assert title.startswith("anna's tests have failed since Mon 22 Jun 2026, 10:00: no tick came at a time ")


def test_or_after_three_in_a_row() -> None:
    court = Court(more='every = "1h"')
    hours = [
        replace(failed(0), due=int(START + hour * HOUR), asked=START + hour * HOUR, failed=START)
        for hour in range(5)
    ]

    assert [bool(court.tick(each, each.due + 60.0)) for each in hours] == [False, False, True, False, False]


def test_one_that_is_sent_in_between_counts_anew() -> None:
    court = Court(more='every = "1h"')
    for hour in range(12):
        at = START + hour * HOUR
        trip = Trip(int(at), at, at, at, failed=at)
        assert court.tick(replace(trip, failed=0.0, returned=at) if hour % 3 == 2 else trip, at + 60) == []


def test_what_failed_before_one_came_back_does_not_count() -> None:
    court = Court()
    court.tick(failed(0), START + HOUR)
    back = failed(1, sent=START + DAY, returned=START + DAY + 9)
    assert court.tick(back, START + DAY + 60) == []

    assert court.tick(failed(2), START + 2 * DAY + HOUR) == []


def test_a_test_that_was_sent_and_not_delivered_is_no_accusation() -> None:
    """sms:failed after sms:sent: the network says why."""
    court = Court()

    assert court.live(replace(SENT, failed=START + 60, reason="rejected by the network"), START + HOUR) == []


def test_a_tick_that_has_read_an_old_journal_accuses_nobody() -> None:
    court = Court()
    court.live(SENT, START + 10 * MINUTE)
    court.tick(replace(SENT, returned=OVER), OVER)

    assert court.tick(SENT, OVER + 1) == []


def test_a_canary_that_is_not_configured_any_more_is_forgotten() -> None:
    court = Court()
    court.live(SENT, OVER + 300)
    [other] = loops_of(configured(phones("ben") + canary("ben")))
    state, found = judge_loops(court.state, {other: Journal(0.0)}, {}, OVER, court.rules)

    assert (list(state.loops), found) == ([other.key], [])


def test_what_begins_and_ends_in_quiet_hours_is_not_mentioned() -> None:
    court = Court()
    court.rules = build_rules(configured('quiet = "08:00-23:00"\n' + phones("anna") + canary("anna")))
    court.live(SENT, OVER + 300)
    court.tick(replace(SENT, returned=OVER + 400), OVER + 600)
    state = court.state
    for each in court.said:
        state = with_findings(state, [each], each.at, court.rules)

    assert len(court.said) == 2
    assert state.outbox == ()


def test_a_loop_is_the_same_for_the_same_card_and_number() -> None:
    def key(toml: str) -> str:
        loops: tuple[Loop, ...] = loops_of(configured(toml))
        return loops[0].key

    anna = phones("anna", "ben")
    assert key(anna + canary("anna", more='every = "2d"\nname = "x"')) == key(anna + canary("anna"))
    assert (
        len({key(anna + canary("anna", to, sim)) for to in ("", "ben") for sim in ("", "sim = 1", "sim = 2")})
        == 6
    )
