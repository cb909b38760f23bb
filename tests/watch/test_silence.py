"""A phone that falls silent is reported once, and once when it is back; an outage of ours accuses nobody."""

import pytest

from tests.watch.house import DAY, HOUR, MINUTE, House, build, event, ping


def silent(*names: str, watch: str = "", what: object = None) -> tuple[House, list[str]]:
    """Return phones that have pinged for two hours and then are silent for five."""
    house = House(build(*names, watch=watch))
    assert house.live(2 * HOUR, *names, what=what) == []  # type: ignore[arg-type]  # an event
    return house, house.live(5 * HOUR)


def test_a_silent_phone_is_reported_once_and_once_when_it_is_back() -> None:
    house, titles = silent("anna")

    assert titles == ["anna has been silent for 3 h 10 min (last: charging, 80 %, Wi-Fi)."]
    assert house.live(10 * HOUR, "anna") == ["anna is back after 5 h 5 min."]


def test_the_message_says_when_it_was_last_heard() -> None:
    house, _ = silent("anna")

    assert [each.text for each in house.sent] == ["Last heard Mon 22 Jun 2026, 12:00 UTC."]


@pytest.mark.parametrize("what", [ping(charging=0), ping(80, "0")])
def test_an_unplugged_phone_may_sleep(what: object) -> None:
    house, titles = silent("anna", what=what)

    assert titles == []
    assert house.live(12 * HOUR) == []
    assert house.live(2 * HOUR) == ["anna has been silent for 18 h 10 min (last: not charging, 80 %, Wi-Fi)."]


@pytest.mark.parametrize(
    "what", [ping(None, None, None, None), ping("full", "no", -1, []), ping(-3, True, 1.5), ping(100, 0)]
)
def test_a_phone_that_does_not_say_whether_it_is_charged_counts_as_charged(what: object) -> None:
    _, titles = silent("anna", what=what)

    assert len(titles) == 1


def test_any_event_is_a_sign_of_life_but_only_a_phone_that_pings_is_judged() -> None:
    house = House(build("anna", "ben"))
    house.live(2 * HOUR, "anna")
    sms = event("sms:received", message="x")

    assert house.live(5 * HOUR, "anna", "ben", what=sms) == []
    assert len(house.live(5 * HOUR)) == 1
    assert [each.subject for each in house.sent] == ["anna silent"]


def test_an_unknown_phone_is_judged_once_it_has_pinged_for_an_hour() -> None:
    house = House(build())
    house.live(HOUR / 2, "phone 1a2b3c")
    assert house.live(9 * HOUR) == []
    house.live(2 * HOUR, "phone 1a2b3c")
    assert len(house.live(9 * HOUR)) == 1


def test_a_phone_has_limits_of_its_own() -> None:
    house = House(build("anna", device='silence = "30m"'))
    house.live(HOUR, "anna")

    assert house.live(20 * MINUTE) == []
    assert len(house.live(15 * MINUTE)) == 1


def test_never_is_never() -> None:
    _, titles = silent("anna", watch="silence = false")

    assert titles == []


def test_phones_that_fall_silent_together_are_one_message() -> None:
    house, titles = silent("anna", "ben", "cem")

    assert titles == ["All 3 phones have been silent since 12:00 UTC: it may be the network or the gateway."]
    assert house.live(2 * HOUR, "anna", "ben", "cem") == ["All 3 phones are back after 5 h 5 min."]


def test_phones_that_fall_silent_together_can_come_back_one_by_one() -> None:
    house, _ = silent("anna", "ben")

    assert house.live(HOUR, "anna") == ["anna is back after 5 h 5 min."]
    assert house.live(HOUR, "anna", "ben") == ["ben is back after 6 h 5 min."]


def test_one_message_waits_for_the_others_to_fall_silent_too() -> None:
    house = House(build("anna", "ben"))
    house.live(2 * HOUR, "anna", "ben")
    house.live(10 * MINUTE, "ben")

    assert house.live(5 * HOUR) == [
        "Both phones have been silent since 12:00 UTC: it may be the network or the gateway."
    ]


def test_a_phone_does_not_wait_for_another_that_is_well() -> None:
    house = House(build("anna", "ben"))
    house.live(2 * HOUR, "anna", "ben")

    assert len(house.live(3 * HOUR + 10 * MINUTE, "ben")) == 1


def test_the_other_phones_are_silent_too() -> None:
    house = House(build("anna", "ben", "cem"))
    house.live(HOUR, "anna", "ben", "cem")
    assert len(house.live(4 * HOUR, "ben", "cem")) == 1

    assert house.live(5 * HOUR) == [
        "The other 2 phones have been silent since 15:00 UTC: it may be the network or the gateway."
    ]
    assert sorted(house.live(HOUR, "anna", "ben", "cem")) == [
        "anna is back after 9 h 5 min.",
        "ben is back after 5 h 5 min.",
        "cem is back after 5 h 5 min.",
    ]


@pytest.mark.parametrize("hours", [1, 4, 10, 40])
def test_an_outage_of_ours_accuses_nobody(hours: int) -> None:
    house = House(build("anna", "ben"))
    house.live(2 * HOUR, "anna", "ben")
    house.now += hours * HOUR
    house.tick()

    assert house.live(min(hours, 24) * HOUR) == []
    assert len(house.live(4 * HOUR)) == 1


def test_ticks_that_come_once_an_hour_are_no_outages() -> None:
    house = House(build("anna"))
    house.live(5 * HOUR, "anna", every=HOUR)

    assert len(house.live(6 * HOUR, every=HOUR)) == 1


def test_ticks_that_come_twice_change_nothing() -> None:
    house = House(build("anna"))
    house.live(2 * HOUR, "anna")
    titles = []
    for _ in range(12 * 5):
        house.now += 5 * MINUTE
        titles += house.tick() + house.tick()
        house.now += 1
        titles += house.tick()

    assert len(titles) == 1
    assert house.state().deaf == ()


def test_a_lost_state_says_the_same_again_under_the_same_id() -> None:
    house, _ = silent("anna")
    house.watch = ""
    house.live(5 * HOUR)

    first, second = house.sent
    assert first.id == second.id


@pytest.mark.parametrize("seconds", [-400 * DAY, -5 * HOUR])
def test_a_clock_that_is_put_back_accuses_nobody(seconds: float) -> None:
    house = House(build("anna"))
    house.live(2 * HOUR, "anna")
    house.now += seconds

    assert house.live(2 * HOUR, "anna") == []
    assert len(house.live(5 * HOUR)) == 1


def test_what_was_not_accepted_is_sent_again_under_the_same_id() -> None:
    house = House(build("anna"))
    house.live(2 * HOUR, "anna")
    house.now += 4 * MINUTE
    for _ in range(60):
        house.now += 5 * MINUTE
        house.tick(accepted=False)

    assert len(house.sent) > 10
    assert len({each.id for each in house.sent}) == 1


@pytest.mark.parametrize(
    "note", ["[]", "1", '{"heard": "soon"}', '{"name": "anna", "signs": 1}', '{"hours": []}']
)
def test_a_note_that_cannot_be_read_is_as_good_as_none(note: str) -> None:
    house = House(build("anna"))
    house.live(HOUR, "anna")
    house.notes["anna"], house.watch = note, note

    assert house.live(HOUR, "anna") == []
