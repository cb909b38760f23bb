import subprocess
import sys

import pytest

from relay.config import ConfigurationError
from relay.events import INBOUND, TYPES, Event
from relay.model import DeliverySpec
from relay.routing import Router
from relay.routing.texts import TextPatterns
from tests.configured import NOON, PHONE, SEEN, configured, event

HOUR = 3600.0
CODE = "Your MyBank code is 481516"
DEVICES = f"""
[devices.anna]
ids = ["{PHONE}", "anna-in-local-mode-01"]
sims = {{ 1 = "private", 2 = "work" }}
[devices.bob]
ids = "bobs-only-device-id"
sims = {{ 1 = "work" }}
[contacts]
"650 555 1212" = "Mum"
"+447700900123" = "Mum"
"*-MYBANK" = "The bank"
"""


def deliveries(text: str, said: Event, seen: float = SEEN, relay: str = 'region = "US"') -> list[str]:
    """Return the names of the destinations to which an event is due."""
    router = Router(configured(text, relay=relay))
    return [spec.destination for spec in router.dispatch(said, seen).deliveries]


def specs(text: str, said: Event) -> tuple[DeliverySpec, ...]:
    return Router(configured(text)).dispatch(said, SEEN).deliveries


# Without routes


@pytest.mark.parametrize("event_type", [*sorted(INBOUND), "sms:failed", "call:missed"])
def test_what_somebody_should_know_goes_everywhere_if_nobody_says_otherwise(event_type: str) -> None:
    assert deliveries("", event(event_type)) == ["family", "work", "log"]


@pytest.mark.parametrize("event_type", sorted(TYPES.keys() - INBOUND - {"sms:failed"}))
def test_the_other_types_are_left_alone(event_type: str) -> None:
    assert deliveries("", event(event_type)) == []
    assert (
        deliveries(
            'default = "family"\n[[routes]]\ndevices = "another-device-0001"\nto = "work"', event(event_type)
        )
        == []
    )


def test_a_default_without_routes_is_for_all() -> None:
    assert deliveries('default = "family"', event()) == ["family"]
    assert deliveries("default = []", event()) == []


def test_one_destination_alone_is_the_default() -> None:
    config = configured('[[routes]]\nsenders = "MyBank"\nto = []', places=("family",))

    assert [spec.destination for spec in Router(config).dispatch(event(sender="Mum"), SEEN).deliveries] == [
        "family"
    ]


# Which route


def test_the_first_route_that_matches_decides() -> None:
    text = 'default = "log"\n[[routes]]\nsenders = "MyBank"\nto = "work"\n[[routes]]\nto = "family"'

    assert deliveries(text, event(sender="MyBank")) == ["work"]
    assert deliveries(text, event(sender="Mum")) == ["family"]


def test_a_route_that_goes_on_lets_later_ones_match_as_well() -> None:
    text = (
        'default = "log"\n[[routes]]\nsenders = "MyBank"\nto = "work"\ncontinue = true\n'
        '[[routes]]\ntext = "never"\nto = "log"\n[[routes]]\nto = "family"'
    )

    assert deliveries(text, event(sender="MyBank", message="hello")) == ["work", "family"]


def test_a_match_that_goes_on_is_a_match() -> None:
    text = 'default = "family"\n[[routes]]\nto = "log"\ncontinue = true'

    assert deliveries(text, event()) == ["log"]


def test_what_is_received_and_matches_nothing_goes_to_the_default() -> None:
    text = 'default = ["family", "log"]\n[[routes]]\nsenders = "MyBank"\nto = "work"'

    assert deliveries(text, event(sender="Mum")) == ["family", "log"]


def test_an_empty_list_drops() -> None:
    text = 'default = "family"\n[[routes]]\nsenders = "Spam"\nto = []'

    assert deliveries(text, event(sender="Spam")) == []


def test_a_destination_of_several_routes_gets_the_event_once_by_the_first() -> None:
    text = (
        'default = "log"\n[[routes]]\nto = ["work", "family", "work"]\nsilent = true\ncontinue = true\n'
        '[[routes]]\nto = ["family", "log"]'
    )

    assert specs(text, event()) == (
        DeliverySpec("work", silent=True),
        DeliverySpec("family", silent=True),
        DeliverySpec("log"),
    )


def test_a_debt_says_what_it_is_for_and_when_it_was_seen() -> None:
    dispatch = Router(configured()).dispatch(event("call:missed"), 12.5)

    assert (dispatch.type, dispatch.first_seen_at) == ("call:missed", 12.5)


def test_the_effects_of_a_route_are_in_what_is_due() -> None:
    text = (
        'default = "log"\n[[routes]]\nto = ["family", "work"]\nfallback = ["log"]\nsilent = true\n'
        'template = "short"\ncontent = { "*" = "masked", work = "code" }\n'
        '[templates.short]\nbody = "{{ text }}"'
    )

    assert specs(text, event()) == (
        DeliverySpec("family", ("log",), silent=True, content="masked", template="short"),
        DeliverySpec("work", ("log",), silent=True, content="code", template="short"),
    )


def test_one_that_sees_as_much_may_stand_in_though_it_gets_it_anyway() -> None:
    text = 'default = "log"\n[[routes]]\nto = ["family", "work"]\nfallback = ["work"]\ncontent = "masked"'

    assert specs(text, event()) == (
        DeliverySpec("family", ("work",), content="masked"),
        DeliverySpec("work", ("work",), content="masked"),
    )


def test_one_that_sees_less_of_it_by_an_earlier_route_stands_in_for_nobody() -> None:
    text = (
        'default = "log"\n[[routes]]\nto = "log"\ncontent = "none"\ncontinue = true\n'
        '[[routes]]\nto = ["family"]\nfallback = ["log", "work"]'
    )

    assert specs(text, event()) == (DeliverySpec("log", content="none"), DeliverySpec("family", ("work",)))


def test_content_named_for_one_leaves_the_others_as_they_are() -> None:
    text = 'default = "log"\n[[routes]]\nto = ["family", "work"]\ncontent = { work = "none" }'

    assert [spec.content for spec in specs(text, event())] == ["full", "none"]


# Conditions

HOLDS = [
    ('events = "sms:received"', event()),
    ('events = ["mms:received", "sms:*"]', event("sms:sent")),
    ('events = "*"', event("call:missed")),
    ('events = "call:missed"', event("call:missed")),
    ('senders = "mybank"', event(sender="MyBank")),
    ('senders = ["Other", "*-MYBANK"]', event(sender="AB-MYBANK")),
    ('senders = "6505551212"', event(sender="+16505551212")),
    ('senders = "+1 650 555 1212"', event(sender="6505551212")),
    ('senders = "+1650*"', event(sender="6505551212")),
    ('senders = "Mum"', event(sender="+1 650-555-1212")),
    ('senders = "mum"', event(sender="+447700900123")),
    ('senders = "The bank"', event(sender="VM-MYBANK")),
    ('recipients = "+12025550143"', event(recipient="2025550143")),
    ('events = "sms:sent"\nrecipients = "+12025550199"', event("sms:sent", recipient="2025550199")),
    ('text = "(?i)PARCEL"', event(message="Your parcel")),
    ('text = ["^no$", "c.de"]', event(message=CODE)),
    ('text = "holiday"', event("mms:downloaded", subject="Holiday, holiday", body="x")),
    ('text = "Hello D"', event("sms:data-received", data="SGVsbG8gRGF0YQ==")),
    ('not_text = "parcel"', event(message="hello")),
    ('not_text = "parcel"', event(message=None)),
    ('text = "code"\nnot_text = "parcel"', event(message=CODE)),
    ("sims = 2", event(simNumber=2)),
    ('sims = ["work"]', event(simNumber=2)),
    ('sims = ["work"]', event(simNumber=1, device="bobs-only-device-id")),
    ('devices = "anna"', event()),
    ('devices = "anna"', event(device="anna-in-local-mode-01")),
    ('devices = "another-device-0001"', event(device="another-device-0001")),
    ("has_code = true", event(message=CODE)),
    ("has_code = false", event(message="hello")),
    ("has_code = false", event("sms:failed", message=CODE)),
    ("", event("call:missed")),
    ("has_attachment = true", event("mms:downloaded", attachments=[{"name": "a"}])),
    ("has_attachment = false", event()),
    ('health = ["warn", "fail"]', event("system:ping", health={"status": "warn"})),
    (
        'health = "fail"',
        event("system:ping", health={"checks": {"a": {"status": "pass"}, "b": {"status": "fail"}}}),
    ),
]
FAILS = [
    ('events = "sms:received"', event("sms:sent")),
    ('events = "sms:*"', event("mms:received")),
    ('senders = "MyBank"', event(sender="MyBank2")),
    ('senders = "MyBank"', event(sender=None)),
    ('senders = "*"', event(sender=None)),
    ('senders = "Mum"', event(sender="+16505551213")),
    ('events = "*"\nsenders = "+12025550199"', event("sms:sent", recipient="+12025550199")),
    ("", event("sms:sent")),
    ("", event("system:ping", health={"status": "fail"})),
    ('recipients = "+12025550199"', event(recipient=None)),
    ('text = "PARCEL"', event(message="Your parcel")),
    ('text = "parcel"', event(message=None)),
    ('not_text = ["parcel"]', event(message="Your parcel")),
    ('text = "code"\nnot_text = "bank"', event(message="code of the bank")),
    ("sims = 2", event(simNumber=1)),
    ("sims = 2", event(simNumber=None)),
    ('sims = ["work"]', event(simNumber=2, device="bobs-only-device-id")),
    ('devices = "anna"', event(device="bobs-only-device-id")),
    ('devices = "anna"', event(device="")),
    ("has_code = true", event(message="hello")),
    ('events = "*"\nhas_code = true', event("sms:sent", message=CODE)),
    ("has_code = false", event(message=CODE)),
    ("has_attachment = true", event("mms:downloaded")),
    ('health = "warn"', event("system:ping")),
    ('health = "pass"', event()),
]


@pytest.mark.parametrize(("condition", "said"), HOLDS)
def test_a_condition_holds(condition: str, said: Event) -> None:
    assert deliveries(f'default = "log"\n[[routes]]\n{condition}\nto = "family"\n{DEVICES}', said) == [
        "family"
    ]


@pytest.mark.parametrize(("condition", "said"), FAILS)
def test_a_condition_does_not_hold(condition: str, said: Event) -> None:
    assert "family" not in deliveries(
        f'default = "log"\n[[routes]]\n{condition}\nto = "family"\n{DEVICES}', said
    )


def test_all_conditions_of_a_route_have_to_hold() -> None:
    text = f'default = "log"\n[[routes]]\nsenders = "MyBank"\nhas_code = true\nto = "family"\n{DEVICES}'

    assert deliveries(text, event(sender="MyBank", message=CODE)) == ["family"]
    assert deliveries(text, event(sender="MyBank", message="hello")) == ["log"]
    assert deliveries(text, event(sender="Other", message=CODE)) == ["log"]


# Time


def at(moment: str, condition: str, *, relay: str = "", seen: float | None = None) -> bool:
    """Return whether a route takes what happened at a moment, and is seen at once."""
    text = f'default = "log"\n[[routes]]\n{condition}\nto = "family"'
    said = event(receivedAt=moment)
    at_once = said.payload.moment.timestamp() if said.payload.moment else SEEN
    return deliveries(text, said, at_once if seen is None else seen, relay) == ["family"]


@pytest.mark.parametrize(
    ("clock", "hours", "within"),
    [
        ("22:00", '"22:00-07:00"', True),
        ("23:59", '"22:00-07:00"', True),
        ("00:00", '"22:00-07:00"', True),
        ("06:59", '"22:00-07:00"', True),
        ("07:00", '"22:00-07:00"', False),
        ("21:59", '"22:00-07:00"', False),
        ("12:00", '"9:00 - 12:00"', False),
        ("11:59", '"9:00 - 12:00"', True),
        ("23:59", '"18:00-24:00"', True),
        ("13:30", '["08:00-12:00", "13:00-17:00"]', True),
        ("12:30", '["08:00-12:00", "13:00-17:00"]', False),
    ],
)
def test_hours_are_those_of_the_phone_if_nobody_names_a_zone(clock: str, hours: str, within: bool) -> None:
    assert at(f"2026-06-22T{clock}:30+07:00", f"hours = {hours}") is within


@pytest.mark.parametrize(
    ("date", "days", "within"),
    [
        ("2026-06-22T00:00:00Z", '"mon"', True),
        ("2026-06-22T23:59:59Z", '"mon"', True),
        ("2026-06-23T12:00:00Z", '"mon"', False),
        ("2026-06-26T12:00:00Z", '["mon-fri"]', True),
        ("2026-06-27T12:00:00Z", '["Mon-Fri"]', False),
        ("2026-06-28T12:00:00Z", '["sat-mon"]', True),
        ("2026-06-24T12:00:00Z", '["sat-mon", "wed"]', True),
    ],
)
def test_days_of_the_week(date: str, days: str, within: bool) -> None:
    assert at(date, f"days = {days}") is within


@pytest.mark.parametrize(
    ("date", "within"),
    [
        ("2026-06-26T23:00:00Z", True),
        ("2026-06-27T03:00:00Z", True),
        ("2026-06-26T03:00:00Z", False),
        ("2026-06-27T23:00:00Z", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(date: str, within: bool) -> None:
    assert at(date, 'days = "fri"\nhours = "22:00-07:00"') is within


@pytest.mark.parametrize(
    ("moment", "hours", "within"),
    [
        ("2026-03-29T00:59:00Z", "01:00-02:00", True),
        ("2026-03-29T01:00:00Z", "02:00-03:00", False),
        ("2026-03-29T01:00:00Z", "03:00-04:00", True),
        ("2026-10-25T00:30:00Z", "02:00-03:00", True),
        ("2026-10-25T01:30:00Z", "02:00-03:00", True),
        ("2026-10-25T02:00:00Z", "03:00-04:00", True),
    ],
)
def test_the_clock_on_the_wall_counts_when_it_is_changed(moment: str, hours: str, within: bool) -> None:
    assert at(moment, f'hours = "{hours}"\ntimezone = "Europe/Berlin"') is within


def test_the_zone_of_the_route_wins_over_the_readers_and_that_over_the_phones() -> None:
    berlin = 'timezone = "Europe/Berlin"'

    assert at("2026-06-22T12:30:00+07:00", 'hours = "12:00-13:00"')
    assert at("2026-06-22T12:30:00+07:00", 'hours = "07:00-08:00"', relay=berlin)
    assert at("2026-06-22T12:30:00+07:00", 'hours = "05:00-06:00"\ntimezone = "UTC"', relay=berlin)


def test_without_a_moment_the_time_when_it_was_seen_counts() -> None:
    assert at("yesterday", 'hours = "10:00-11:00"')
    assert not at("yesterday", 'hours = "11:00-12:00"')


@pytest.mark.parametrize(
    ("age", "late", "within"),
    [
        ('"2h"', 2 * HOUR, True),
        ('"2h"', 2 * HOUR + 1, False),
        ('"1h30m"', 1.5 * HOUR, True),
        ("90", 91.0, False),
        ('"1d"', -HOUR, True),
    ],
)
def test_what_comes_too_late_is_not_taken(age: str, late: float, within: bool) -> None:
    assert at(NOON, f"max_age = {age}", seen=SEEN + late) is within


def test_what_has_no_moment_is_never_too_late() -> None:
    assert at("long ago", 'max_age = "1s"')


NONE = [
    "1970-01-01T07:00:00.000+07:00",
    "2009-12-31T23:59:59Z",
    "2026-06-24T10:00:01Z",
    "9999-12-31T23:59:59Z",
]
"""Before 2010, or more than two days ahead of `SEEN`."""


@pytest.mark.parametrize("moment", NONE)
def test_a_moment_that_is_none_is_judged_by_when_it_was_first_seen(moment: str) -> None:
    assert at(moment, 'max_age = "1s"', seen=SEEN)
    assert at(moment, 'days = "mon"\nhours = "10:00-10:01"\ntimezone = "UTC"', seen=SEEN)
    assert not at(moment, 'days = ["tue-sun"]', seen=SEEN)


def test_a_moment_up_to_two_days_ahead_is_one() -> None:
    assert at("2026-06-24T10:00:00Z", 'days = "wed"', seen=SEEN)


@pytest.mark.parametrize("moment", ["2010-01-01T00:00:00+00:00", "9999-12-31T23:59:59-00:00"])
def test_the_first_and_the_last_moment_are_moments(moment: str) -> None:
    assert at(moment, 'hours = "00:00-24:00"', relay='timezone = "Pacific/Kiritimati"')


# Patterns for text


@pytest.mark.parametrize("pattern", ["a(?=b)", "(a", r"(a)\1", "[z-a]", "a{2000}"])
def test_what_is_not_re2_stops_the_start_and_says_where_it_stands(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (
        f"default = 'log'\n[[routes]]\nto = 'log'\n[[routes]]\nnot_text = ['fine', '{pattern}']\nto = 'log'"
    )

    with pytest.raises(ConfigurationError, match=r"^routes\[1\].not_text\[1\]: no RE2 pattern: "):
        Router(configured(text))
    assert capfd.readouterr() == ("", "")


def test_a_pattern_that_would_hang_others_is_only_a_pattern() -> None:
    text = "a" * 100_000

    assert TextPatterns({"(a|aa)+$": "", "(a*)*b": "", "(x+x+)+y": ""}).found(text) == {"(a|aa)+$"}


def test_patterns_that_are_too_many_for_the_memory_are_tried_one_by_one() -> None:
    keys = {f"(?i)word{number}.{{1,20}}x": "" for number in range(300)}

    assert TextPatterns(keys, memory=10_000).found("Word7 and x") == {"(?i)word7.{1,20}x"}


# What is loaded


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("", []),
        ('[contacts]\n"+16505551212" = "Mum"', []),
        ('[contacts]\n"6505551212" = "Mum"', ["phonenumbers"]),
        ('[[routes]]\nsenders = "Mum*"\nto = "family"', []),
        ('[[routes]]\nto = "family"\ntext = "code"', ["re2"]),
        ('[templates.short]\nbody = "{{ text }}"', ["jinja2"]),
    ],
)
def test_a_library_is_loaded_only_where_it_is_needed(text: str, loaded: list[str]) -> None:
    program = f"""
import sys
from relay.rendering import Renderer
from relay.routing import Router
from tests.configured import SEEN, configured, event
config = configured({text!r}, places=("family",), relay='region = "US"')
said = event(sender="+16505551212", message="hello")
spec, = Router(config).dispatch(said, SEEN).deliveries
Renderer(config).message(said, spec, key="", first_seen_at=SEEN)
print(*(name for name in ("jinja2", "phonenumbers", "re2") if name in sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == loaded
