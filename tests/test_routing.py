import subprocess
import sys

import pytest

from relay.config import ConfigurationError
from relay.events import CALLS, INBOUND, TYPES, Event
from relay.model import DeliverySpec
from relay.routing import Router
from relay.routing.texts import TextPatterns
from tests.configured import NOBODY, NOON, PHONE, SEEN, configured, event

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


def deliveries(
    text: str, incoming: Event, first_seen_at: float = SEEN, relay: str = 'region = "US"'
) -> list[str]:
    """Return the names of the destinations that get an event."""
    router = Router(configured(text, relay=relay))
    return [spec.destination for spec in router.dispatch(incoming, first_seen_at).deliveries]


def specs(text: str, incoming: Event) -> tuple[DeliverySpec, ...]:
    return Router(configured(text)).dispatch(incoming, SEEN).deliveries


# Without routes


@pytest.mark.parametrize("event_type", [*sorted(INBOUND), "sms:failed", *CALLS, "call:missed"])
def test_types_forwarded_by_default_go_to_every_destination(event_type: str) -> None:
    assert deliveries("", event(event_type)) == ["family", "work", "log"]


@pytest.mark.parametrize("event_type", sorted(TYPES.keys() - INBOUND - {"sms:failed"} - CALLS.keys()))
def test_other_types_are_not_forwarded_by_default(event_type: str) -> None:
    assert deliveries("", event(event_type)) == []
    assert (
        deliveries(
            'default = "family"\n[[routes]]\ndevices = "another-device-0001"\nto = "work"', event(event_type)
        )
        == []
    )


def test_a_default_without_routes_applies_to_all() -> None:
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


def test_after_a_route_with_continue_later_ones_can_match() -> None:
    text = (
        'default = "log"\n[[routes]]\nsenders = "MyBank"\nto = "work"\ncontinue = true\n'
        '[[routes]]\ntext = "never"\nto = "log"\n[[routes]]\nto = "family"'
    )

    assert deliveries(text, event(sender="MyBank", message="hello")) == ["work", "family"]


def test_a_match_with_continue_does_not_go_to_the_default() -> None:
    text = 'default = "family"\n[[routes]]\nto = "log"\ncontinue = true'

    assert deliveries(text, event()) == ["log"]


def test_an_event_that_no_route_matches_goes_to_the_default() -> None:
    text = 'default = ["family", "log"]\n[[routes]]\nsenders = "MyBank"\nto = "work"'

    assert deliveries(text, event(sender="Mum")) == ["family", "log"]


def test_an_empty_list_drops_the_event() -> None:
    text = 'default = "family"\n[[routes]]\nsenders = "Spam"\nto = []'

    assert deliveries(text, event(sender="Spam")) == []


def test_a_destination_in_several_routes_gets_the_event_once_by_the_first() -> None:
    text = (
        'default = "log"\n[[routes]]\nto = ["work", "family", "work"]\nsilent = true\ncontinue = true\n'
        '[[routes]]\nto = ["family", "log"]'
    )

    assert specs(text, event()) == (
        DeliverySpec("work", silent=True),
        DeliverySpec("family", silent=True),
        DeliverySpec("log"),
    )


def test_a_dispatch_has_the_type_and_the_time_of_the_event() -> None:
    dispatch = Router(configured()).dispatch(event("call:missed"), 12.5)

    assert (dispatch.type, dispatch.first_seen_at) == ("other", 12.5)


def test_the_deliveries_have_the_effects_of_the_route() -> None:
    text = (
        'default = "log"\n[[routes]]\nto = ["family", "work"]\nfallback = ["log"]\nsilent = true\n'
        'template = "short"\ncontent = { "*" = "masked", work = "code" }\n'
        '[templates.short]\nbody = "{{ text }}"'
    )

    assert specs(text, event()) == (
        DeliverySpec("family", ("log",), silent=True, content="masked", template="short"),
        DeliverySpec("work", ("log",), silent=True, content="code", template="short"),
    )


def test_a_destination_that_sees_as_much_can_be_a_fallback() -> None:
    text = 'default = "log"\n[[routes]]\nto = ["family", "work"]\nfallback = ["work"]\ncontent = "masked"'

    assert specs(text, event()) == (
        DeliverySpec("family", ("work",), content="masked"),
        DeliverySpec("work", ("work",), content="masked"),
    )


def test_a_destination_that_sees_less_by_an_earlier_route_is_no_fallback() -> None:
    text = (
        'default = "log"\n[[routes]]\nto = "log"\ncontent = "none"\ncontinue = true\n'
        '[[routes]]\nto = ["family"]\nfallback = ["log", "work"]'
    )

    assert specs(text, event()) == (DeliverySpec("log", content="none"), DeliverySpec("family", ("work",)))


def test_content_for_one_destination_does_not_change_the_others() -> None:
    text = 'default = "log"\n[[routes]]\nto = ["family", "work"]\ncontent = { work = "none" }'

    assert [spec.content for spec in specs(text, event())] == ["full", "none"]


# Conditions

HOLDS = [
    ('events = "sms:received"', event()),
    ('events = ["mms:received", "sms:*"]', event("sms:sent")),
    ('events = "*"', event("call:missed")),
    ('events = "call:missed"', event("call:missed")),
    *(('events = "call:*"\nsenders = "Mum"', event(each, phoneNumber="+16505551212")) for each in CALLS),
    ('events = "call:ringing"', event("call:ringing")),
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
    ('events = "call:ringing"\nsenders = "*"', event("call:ringing", phoneNumber="-2")),
    ('events = "call:ringing"', event("call:ended", phoneNumber="+16505551212")),
    *(('senders = ["*", "unknown"]', event("mms:received", sender=each)) for each in NOBODY),
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


@pytest.mark.parametrize(("condition", "incoming"), HOLDS)
def test_a_condition_holds(condition: str, incoming: Event) -> None:
    assert deliveries(f'default = "log"\n[[routes]]\n{condition}\nto = "family"\n{DEVICES}', incoming) == [
        "family"
    ]


@pytest.mark.parametrize(("condition", "incoming"), FAILS)
def test_a_condition_does_not_hold(condition: str, incoming: Event) -> None:
    assert "family" not in deliveries(
        f'default = "log"\n[[routes]]\n{condition}\nto = "family"\n{DEVICES}', incoming
    )


def test_all_conditions_of_a_route_have_to_hold() -> None:
    text = f'default = "log"\n[[routes]]\nsenders = "MyBank"\nhas_code = true\nto = "family"\n{DEVICES}'

    assert deliveries(text, event(sender="MyBank", message=CODE)) == ["family"]
    assert deliveries(text, event(sender="MyBank", message="hello")) == ["log"]
    assert deliveries(text, event(sender="Other", message=CODE)) == ["log"]


# Time


def at(moment: str, condition: str, *, relay: str = "", first_seen_at: float | None = None) -> bool:
    """Return whether a route matches an event at a time, if it is first seen at once."""
    text = f'default = "log"\n[[routes]]\n{condition}\nto = "family"'
    incoming = event(receivedAt=moment)
    at_once = incoming.payload.moment.timestamp() if incoming.payload.moment else SEEN
    return deliveries(text, incoming, at_once if first_seen_at is None else first_seen_at, relay) == [
        "family"
    ]


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
def test_hours_are_in_the_phones_zone_if_none_is_configured(clock: str, hours: str, within: bool) -> None:
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
def test_hours_follow_daylight_saving_time(moment: str, hours: str, within: bool) -> None:
    assert at(moment, f'hours = "{hours}"\ntimezone = "Europe/Berlin"') is within


def test_the_zone_of_the_route_wins_over_the_readers_and_that_over_the_phones() -> None:
    berlin = 'timezone = "Europe/Berlin"'

    assert at("2026-06-22T12:30:00+07:00", 'hours = "12:00-13:00"')
    assert at("2026-06-22T12:30:00+07:00", 'hours = "07:00-08:00"', relay=berlin)
    assert at("2026-06-22T12:30:00+07:00", 'hours = "05:00-06:00"\ntimezone = "UTC"', relay=berlin)


def test_without_a_time_the_time_of_arrival_counts() -> None:
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
def test_an_event_that_is_too_late_does_not_match(age: str, late: float, within: bool) -> None:
    assert at(NOON, f"max_age = {age}", first_seen_at=SEEN + late) is within


def test_an_event_without_a_time_is_never_too_late() -> None:
    assert at("long ago", 'max_age = "1s"')


IMPOSSIBLE = [
    "1970-01-01T07:00:00.000+07:00",
    "2009-12-31T23:59:59Z",
    "2026-06-24T10:00:01Z",
    "9999-12-31T23:59:59Z",
]
"""Before 2010, or more than two days ahead of `SEEN`."""


@pytest.mark.parametrize("moment", IMPOSSIBLE)
def test_an_impossible_time_is_replaced_by_the_time_of_arrival(moment: str) -> None:
    assert at(moment, 'max_age = "1s"', first_seen_at=SEEN)
    assert at(moment, 'days = "mon"\nhours = "10:00-10:01"\ntimezone = "UTC"', first_seen_at=SEEN)
    assert not at(moment, 'days = ["tue-sun"]', first_seen_at=SEEN)


def test_a_time_up_to_two_days_ahead_is_believed() -> None:
    assert at("2026-06-24T10:00:00Z", 'days = "wed"', first_seen_at=SEEN)


@pytest.mark.parametrize("moment", ["2010-01-01T00:00:00+00:00", "9999-12-31T23:59:59-00:00"])
def test_the_earliest_and_the_latest_time_can_be_converted(moment: str) -> None:
    assert at(moment, 'hours = "00:00-24:00"', relay='timezone = "Pacific/Kiritimati"')


# Patterns for text


@pytest.mark.parametrize("pattern", ["a(?=b)", "(a", r"(a)\1", "[z-a]", "a{2000}"])
def test_an_invalid_pattern_stops_the_start_and_names_the_key(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (
        f"default = 'log'\n[[routes]]\nto = 'log'\n[[routes]]\nnot_text = ['fine', '{pattern}']\nto = 'log'"
    )

    with pytest.raises(ConfigurationError, match=r"^routes\[1\].not_text\[1\]: not a valid RE2 pattern: "):
        Router(configured(text))
    assert capfd.readouterr() == ("", "")


def test_a_pattern_that_would_hang_other_engines_is_fast() -> None:
    text = "a" * 100_000

    assert TextPatterns({"(a|aa)+$": "", "(a*)*b": "", "(x+x+)+y": ""}).matching(text) == {"(a|aa)+$"}


def test_patterns_that_need_too_much_memory_are_tried_one_by_one() -> None:
    keys = {f"(?i)word{number}.{{1,20}}x": "" for number in range(300)}

    assert TextPatterns(keys, memory=10_000).matching("Word7 and x") == {"(?i)word7.{1,20}x"}


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
incoming = event(sender="+16505551212", message="hello")
spec, = Router(config).dispatch(incoming, SEEN).deliveries
Renderer(config).message(incoming, spec, key="", first_seen_at=SEEN)
print(*(name for name in ("jinja2", "phonenumbers", "re2") if name in sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == loaded
