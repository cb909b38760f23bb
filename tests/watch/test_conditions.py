"""What else is reported of a phone, once, and once when it is over; old pings that arrive late do nothing."""

from collections.abc import Callable

import pytest

from relay.events import Event
from relay.watch.state import Finding
from tests.watch.house import DAY, HOUR, MINUTE, House, build, card, event, ping, started

LOW = ping(12, 0)


def titles_of(findings: list[Finding]) -> list[str]:
    return [each.title for each in findings]


def test_a_low_battery_is_reported_once_and_once_when_it_is_charged() -> None:
    house = House(build("anna"))
    house.live(HOUR, "anna")

    assert house.live(5 * HOUR, "anna", what=LOW) == ["anna: battery 12 %, not charging."]
    assert house.live(5 * HOUR, "anna", what=ping(17, 0)) == []
    assert house.live(5 * HOUR, "anna", what=ping(17, 3)) == ["anna: battery 17 %, charging."]


def test_a_battery_that_is_charged_is_not_low() -> None:
    house = House(build("anna"))

    assert house.live(5 * HOUR, "anna", what=ping(3, 1)) == []


def test_the_level_is_set_for_each_phone() -> None:
    house = House(build("anna", device="battery = 30"))

    assert len(house.live(HOUR, "anna", what=ping(29, 0))) == 1


@pytest.mark.parametrize("every", [30, 300])
def test_old_pings_among_new_ones_report_nothing(every: int) -> None:
    """Pings made offline arrive hours late, each by a plan of its own."""
    house = House(build("anna"))
    house.live(HOUR, "anna")
    titles = []
    for _ in range(50):
        house.now += every
        house.hear("anna", LOW)
        house.hear("anna", ping(70, 3))
        house.hear("anna", LOW)
        titles += house.tick()

    assert titles == []


def test_pings_without_sms_are_reported_until_the_next_sms() -> None:
    house = House(build("anna"))
    house.hear("anna", event("sms:received", message="x"))

    assert house.live(7 * DAY - HOUR, "anna", every=HOUR) == []
    assert house.live(3 * DAY, "anna", every=HOUR) == [
        "anna pings but has received no SMS for 7 d 4 h: restart the app, or send it a test."
    ]
    assert house.live(HOUR, "anna", what=event("mms:received")) == ["anna receives SMS again."]


def test_a_phone_that_was_off_is_not_without_sms() -> None:
    house = House(build("anna", watch='silence = "1h"'))
    house.live(HOUR, "anna")
    house.live(20 * DAY, every=HOUR)

    assert house.live(5 * DAY, "anna", every=HOUR) == ["anna is back after 20 d 1 h."]


def test_messages_that_the_phone_could_not_send() -> None:
    house = House(build("anna"))
    house.live(HOUR, "anna")

    assert house.live(2 * HOUR, "anna", what=ping(failed=4)) == [
        "anna could not send 4 messages in the last hour."
    ]
    assert house.live(2 * HOUR, "anna", what=ping(failed=2)) == []
    assert house.live(2 * HOUR, "anna") == ["anna has no failed messages any more."]


def test_its_own_failures_count_by_their_time() -> None:
    house = House(build("anna"))
    for index in range(9):
        house.live(5 * MINUTE, "anna")
        house.hear("anna", event("sms:failed", failedAt=f"2026-06-2{index % 2}T10:00:00Z"))
    assert house.live(HOUR, "anna") == []
    for _ in range(4):
        house.hear("anna", event("sms:failed", reason="no service"))

    assert house.live(3 * HOUR, "anna") == [
        "anna could not send 4 messages in the last hour.",
        "anna has no failed messages any more.",
    ]


def test_an_app_that_starts_again_and_again() -> None:
    house = House(build("anna"))
    titles = []
    for _ in range(8):
        house.hear("anna", started())
        house.hear("anna", started())
        titles += house.live(HOUR, "anna")

    assert titles == ["anna's app started 6 times in 24 hours."]
    assert house.live(2 * DAY, "anna") == ["anna's app does not restart any more."]


FIRST, SECOND = card(1, iccid="11", carrierName="One"), card(2, phoneNumber="+12025550143", carrierName="Two")


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        ((FIRST, SECOND), []),
        ((), []),
        ((FIRST,), ["anna: SIM 2 (work) is gone.", "anna: SIM 2 (work) is back."]),
        ((card(1, iccid="12", carrierName="One"), SECOND), ["anna: SIM 1 is another card."] * 2),
        (
            (FIRST, card(2, phoneNumber="+12025550144", carrierName="Two")),
            ["anna: SIM 2 (work) is another card."] * 2,
        ),
        ((FIRST, card(2, carrierName="Three")), ["anna: SIM 2 (work) is another card."] * 2),
        ((card(1, carrierName="One"), card(2)), []),
        ((FIRST, SECOND, card(3, carrierName="Three")), ["anna: SIM 3 is gone."]),
    ],
)
def test_sim_cards(cards: tuple[dict[str, object], ...], said: list[str]) -> None:
    """The cards are those of the first boot, then others, then those of the first boot again."""
    house = House(build("anna", device='sims = { 2 = "work" }'))
    titles = []
    for present in ((FIRST, SECOND), cards, (FIRST, SECOND)):
        house.hear("anna", started(*present))
        house.hear("anna", started(*present))
        titles += house.live(2 * HOUR, "anna")

    assert titles == said


def test_a_card_that_is_not_read_yet_at_boot_is_not_gone() -> None:
    house = House(build("anna"))
    house.hear("anna", started(FIRST, SECOND))
    house.live(HOUR, "anna")
    house.hear("anna", started(FIRST))
    assert house.live(HOUR, "anna") == []
    house.hear("anna", started(FIRST, SECOND))

    assert house.live(HOUR, "anna") == []


def test_no_card_is_named_in_a_note() -> None:
    house = House(build("anna"))
    house.hear("anna", started(FIRST, SECOND))
    house.live(HOUR, "anna")

    assert not any(
        word in house.notes["anna"] + house.watch for word in ("One", "Two", "12025550143", '"11"')
    )


def test_a_silent_phone_is_in_no_other_trouble() -> None:
    house = House(build("anna", watch='no_sms = "4h"'))
    house.live(HOUR, "anna")

    assert len(house.live(20 * HOUR)) == 1


NIGHT = 'quiet = "22:00-07:00"'


def night() -> House:
    """Return a phone at 22:00 in Berlin."""
    house = House(build("anna", watch=NIGHT, relay='timezone = "Europe/Berlin"'))
    house.live(10 * HOUR, "anna")
    return house


def test_quiet_hours_hold_what_is_not_urgent() -> None:
    house = night()

    assert house.live(9 * HOUR - 5 * MINUTE, "anna", what=LOW) == []
    assert house.live(5 * MINUTE, "anna", what=LOW) == ["anna: battery 12 %, not charging."]


def test_what_is_over_in_the_morning_is_not_worth_a_message() -> None:
    house = night()
    house.live(4 * HOUR, "anna", what=LOW)

    assert house.live(12 * HOUR, "anna") == []


def test_silence_is_reported_at_night_and_its_end_in_the_morning() -> None:
    house = night()

    assert len(house.live(4 * HOUR)) == 1
    assert house.live(HOUR, "anna") == []
    assert house.live(4 * HOUR, "anna") == ["anna is back after 4 h 5 min."]


@pytest.mark.parametrize(
    "what",
    [
        lambda: event("system:ping"),
        lambda: event("system:ping", health="well"),
        lambda: event("system:ping", health={"checks": []}),
        lambda: event("system:ping", health={"checks": {"battery:level": 12, "battery:charging": None}}),
        lambda: ping("12", "0", "4", "many"),
        lambda: ping(-1, -1, -1, -1),
        lambda: ping(101, 1e30, 99999999, 10**30),
        lambda: event("app:started", simCards="none"),
        lambda: event("app:started", simCards=[1, {"simNumber": "x"}, {"slotIndex": -1}] * 1000),
        lambda: event("sms:failed", failedAt="never"),
    ],
)
def test_nothing_that_a_phone_says_breaks_a_tick(what: Callable[[], Event]) -> None:
    house = House(build("anna"))
    house.live(HOUR, "anna")
    house.hear("anna", what())

    assert house.tick() == []
    assert house.live(HOUR, "anna") == []
