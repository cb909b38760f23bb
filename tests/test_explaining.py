import pytest

from relay.events import TYPES, Event
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.coverage import find_unreachable
from relay_cli.expectations import find_unmet
from relay_cli.explanation import explain_routing
from tests.configured import SEEN, configured, event

TEXT = """
default = "log"
[[routes]]
events = "sms:*"
senders = ["MyBank", "+16505551212"]
recipients = "+12025550143"
text = "(?i)code"
not_text = "advert"
sims = 2
devices = "another-device-0001"
has_code = true
has_attachment = true
health = "fail"
hours = "22:00-07:00"
timezone = "Europe/Berlin"
max_age = "1h"
to = "work"
[[routes]]
has_attachment = false
has_code = false
not_text = "code"
to = "work"
silent = true
fallback = "log"
continue = true
[[routes]]
senders = "Mum"
to = ["family", "work"]
content = "masked"
template = "short"
[[routes]]
to = "log"
[templates.short]
body = "{{ text }}"
"""


def lines(incoming: Event, first_seen_at: float = SEEN) -> list[str]:
    return list(explain_routing(Router(configured(TEXT)), incoming, first_seen_at).lines())


def test_every_route_that_does_not_match_says_why() -> None:
    incoming = event("mms:received", sender="Dad", message="an advert with a code", simNumber=1)

    assert lines(incoming, SEEN + 2 * 3600)[0] == (
        "routes[0]: no; events: it is mms:received; sims: the event is from SIM 1; "
        "devices: the event is from ffffffffceb0b1db0000018e937c815b; health: the event has no status; "
        "has_attachment: the event has none; senders: Dad matches none; "
        "recipients: the event has no recipient; max_age: the event arrived 2 h late; "
        "hours, days: it was mon 12:00 (CEST); not_text: advert matches; has_code: no code was found"
    )


def test_an_absent_field_is_reported_as_absent() -> None:
    first = lines(event("system:ping", device="", health={"status": "warn"}))[0]

    for words in (
        "sims: the event names no SIM card",
        "devices: the event names no phone",
        "health: the status is warn",
        "senders: the event has no sender",
    ):
        assert words in first
    assert "text: no pattern matches" in first


def test_a_type_that_no_route_names_is_said_to_be_so() -> None:
    assert "events: it is sms:sent, which the route does not name" in lines(event("sms:sent"))[1]


def test_the_explanation_ends_with_the_route_that_matches() -> None:
    lines_shown = lines(event(sender="Mum", message="hello"))

    assert lines_shown[1:] == [
        "routes[1]: yes, and later routes are tried too",
        "routes[2]: yes",
        "it goes to work (silent, else log), family (content masked, template short)",
    ]


def test_negative_conditions_are_explained_as_well() -> None:
    incoming = event(sender="Mum", message="Your code is 481516", attachments=[{}])

    assert lines(incoming)[1] == (
        "routes[1]: no; has_attachment: the event has one; not_text: code matches; has_code: a code was found"
    )


@pytest.mark.parametrize(
    ("text", "event_type", "end"),
    [
        ('default = "log"', "sms:received", ["no route matches; default applies", "it goes to log"]),
        (
            'default = "log"',
            "sms:sent",
            ["no route matches; default does not apply", "it goes to no destination"],
        ),
        (
            'default = "log"\n[[routes]]\nto = []',
            "sms:received",
            ["routes[0]: yes", "it goes to no destination"],
        ),
    ],
)
def test_the_end_of_the_story(text: str, event_type: str, end: list[str]) -> None:
    assert list(explain_routing(Router(configured(text)), event(event_type), SEEN).lines()) == end


# Expectations

PROVED = """
default = "log"
[[routes]]
senders = "*-MYBANK"
has_code = true
to = ["family", "work"]
[[routes]]
events = "system:ping"
health = "fail"
to = "work"
[[routes]]
hours = "22:00-07:00"
devices = "anna"
sims = 2
recipients = "+12025550143"
to = "family"
[[routes]]
events = "mms:downloaded"
has_attachment = true
max_age = "2d"
to = "family"
[[routes]]
days = "wed"
hours = "12:00-12:01"
to = "work"
[devices.anna]
ids = "an-id"
"""


def proved(expect: str, relay: str = "") -> list[str]:
    config = configured(f"{PROVED}\n[[expect]]\n{expect}", relay=relay)
    return list(find_unmet(config, Router(config), Renderer(config)))


@pytest.mark.parametrize(
    "expect",
    [
        'sender = "VM-MYBANK"\ntext = "481516 is your code"\nto = ["work", "family"]',
        'sender = "VM-MYBANK"\ntext = "hello"\nto = "work"',
        'event = "system:ping"\nhealth = "fail"\nto = "work"',
        'event = "system:ping"\nhealth = "pass"\nat = 2026-06-22T12:00:00\nto = []',
        'device = "anna"\nsim = 2\nrecipient = "+12025550143"\nat = 2026-06-22T23:00:00\nto = "family"',
        'device = "an-id-of-another-phone"\nsim = 2\nat = 2026-06-22T23:00:00\nto = "log"',
        'event = "mms:downloaded"\nattachment = true\nage = "1d"\nat = 2026-06-22T12:00:00\nto = "family"',
        'event = "mms:downloaded"\nattachment = true\nage = "3d"\nat = 2026-06-22T12:00:00\nto = "log"',
        'to = "work"',
        'at = "2026-06-24T12:00:00+02:00"\nage = "1h"\nto = "work"',
    ],
)
def test_an_expectation_is_met(expect: str) -> None:
    assert proved(expect) == []


def test_a_time_without_a_zone_is_in_the_readers_zone() -> None:
    berlin = 'timezone = "Europe/Berlin"'

    assert proved('at = "2026-06-24T12:00:00+02:00"\nto = "work"', berlin) == []
    assert proved('at = 2026-06-24T12:00:00\nto = "work"', berlin) == []


def test_an_expectation_that_fails_says_what_happens_instead() -> None:
    assert proved('sender = "VM-MYBANK"\ntext = "481516 is your code"\nto = "log"') == [
        "expect[0]: expected log, but routes[0] sends it to family, work"
    ]
    assert proved('event = "sms:sent"\nat = 2026-06-22T12:00:00\nto = "family"') == [
        "expect[0]: expected family, but no route takes it"
    ]


# Routes that can never match


def warnings(*routes: str, more: str = "") -> list[str]:
    text = "".join(f'[[routes]]\n{route}\nto = "family"\n' for route in routes)
    return list(find_unreachable(Router(configured(f'default = "log"\n{text}{more}'))))


SHADOWED = [
    ("", 'senders = "Mum"'),
    ('events = "sms:*"', 'events = ["sms:received", "sms:sent"]'),
    ('events = "*"', ""),
    ("", 'events = ["sms:received", "call:missed", "sms:failed"]'),
    ('health = ["warn", "fail"]', 'events = "system:ping"\nhealth = "fail"'),
    ('senders = ["*-MYBANK", "Mum"]', 'senders = ["vm-mybank", "MUM"]\nhas_code = true'),
    ('senders = "+1650*"', 'senders = "+1 650 555 1212"'),
    ('senders = "*bank"', 'senders = "*-mybank"'),
    ('recipients = "a"', 'recipients = "a"'),
    ('text = ["a", "b"]', 'text = "b"'),
    ('not_text = "a"', 'not_text = ["a", "b"]'),
    ("sims = [1, 2]", "sims = 2"),
    ('devices = ["a-device-id-number-1", "a-device-id-number-2"]', 'devices = "a-device-id-number-1"'),
    ('health = ["warn", "fail"]', 'health = "fail"'),
    ('health = "fail"', 'health = "fail"'),
    ("has_code = true", 'has_code = true\nsenders = "Mum"'),
    ('hours = "20:00-08:00"', 'hours = ["22:00-24:00", "01:00-02:00"]\ndays = "mon"'),
    ('days = "mon-fri"', 'days = "tue"\nhours = "08:00-09:00"'),
    ('max_age = "2d"', 'max_age = "1d"'),
]
SHADOWED += [
    (condition, f'{condition}\nsenders = "Mum"')
    for condition in (
        'events = "sms:sent"',
        "sims = [2]",
        'devices = "a-device-id-number-1"',
        'text = "a"',
        'not_text = "a"',
        'max_age = "2d"',
        'recipients = "a"',
    )
]
REACHED = [
    ('senders = "Mum"', ""),
    ('events = "sms:received"', ""),
    ("", 'events = "sms:*"'),
    ("", 'events = "*"'),
    ("", 'health = "fail"'),
    (f"events = {[*TYPES]}", ""),
    ('health = ["pass", "warn", "fail"]', 'events = "*"'),
    ('events = "sms:received"', 'events = "sms:*"'),
    ('senders = "vm-mybank"', 'senders = "*-mybank"'),
    ('text = "b"', 'text = ["a", "b"]'),
    ('not_text = ["a", "b"]', 'not_text = "a"'),
    ("sims = 2", "sims = [1, 2]"),
    ("has_code = true", "has_code = false"),
    ('hours = "22:00-24:00"', 'hours = "20:00-08:00"'),
    ('days = "mon-fri"', 'days = "fri"\nhours = "22:00-07:00"'),
    ('hours = "20:00-08:00"', 'hours = "22:00-23:00"\ntimezone = "UTC"'),
    ('max_age = "1d"', 'max_age = "2d"'),
    ("continue = true\nhas_code = true", "has_code = true"),
]
IMPOSSIBLE = [
    'events = "sms:*"\nhealth = "fail"',
    'events = "system:ping"\nsenders = "Mum"',
    'events = "app:started"\ntext = "x"',
    'events = "sms:sent"\nhas_code = true',
    'events = "call:ringing"\ntext = "x"',
    'events = "call:ended"\nhas_attachment = true',
    'events = "sms:received"\nhas_attachment = true',
    'events = "sm:*"',
    'text = "a"\nnot_text = ["a", "b"]',
]


@pytest.mark.parametrize(("first", "second"), SHADOWED)
def test_a_route_that_an_earlier_one_leaves_nothing_is_found(first: str, second: str) -> None:
    assert warnings(first, second) == ["routes[1] can never match: routes[0] already takes all of its events"]


@pytest.mark.parametrize(("first", "second"), REACHED)
def test_a_route_that_can_match_is_not_reported(first: str, second: str) -> None:
    assert warnings(first, second) == []


def test_sim_cards_are_compared_by_name() -> None:
    anna = '[devices.anna]\nids = "an-id"\nsims = { 1 = "private", 2 = "work" }\n'

    assert warnings('sims = "work"', 'sims = ["private", "work"]', more=anna) == []
    assert warnings('sims = [1, "work"]', 'sims = [1, "private"]', more=anna) == []
    assert warnings('sims = ["private", "work"]', 'sims = "work"', more=anna) == [
        "routes[1] can never match: routes[0] already takes all of its events"
    ]


def test_a_route_may_require_one_pattern_and_exclude_another() -> None:
    assert warnings('text = ["a", "b"]\nnot_text = "a"') == []


@pytest.mark.parametrize("route", IMPOSSIBLE)
def test_a_route_that_contradicts_itself_is_found(route: str) -> None:
    assert warnings(route) == ["routes[0] can never match: no event meets all its conditions"]


@pytest.mark.parametrize(
    "route",
    [
        'events = "call:missed"\nhas_attachment = true',
        'events = "call:missed"\ntext = "x"',
        'events = "rcs:received"\nhas_code = true',
    ],
)
def test_an_unknown_type_may_have_any_field(route: str) -> None:
    assert warnings(route) == []


def test_a_default_that_is_never_used_is_found() -> None:
    assert warnings("continue = true", 'senders = "Mum"') == [
        "default is never used: routes[0] takes all received messages"
    ]
    assert warnings('continue = true\nsenders = "Mum"') == []


VIEW = """
default = ["family", "work"]
[[routes]]
senders = "*-MYBANK"
to = ["family", "work"]
content = { work = "code" }
[[expect]]
sender = "VM-MYBANK"
text = "481516 is your code. Never share it."
to = ["family", "work"]
"""


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ('code = "481516"', None),
        ('code = "4815"', 'the code is "481516", not "4815"'),
        ('code = ""', 'the code is "481516", not ""'),
        ('content = { family = "full", work = "code" }', None),
        ('content = { family = "code" }', "family is shown full, not code"),
        ('content = "full"', "work is shown code, not full"),
        ('shows = "481516"', None),
        ('shows = ["481516", "Never"]', 'work does not show "Never"'),
        ('shows = { family = ["Never", "SMS from VM-MYBANK"] }', None),
        ('hides = { work = "Never" }', None),
        ('hides = { "*" = "Never", family = "nothing of this" }', None),
        ('hides = "share"', 'family shows "share"'),
    ],
)
def test_an_expectation_of_what_is_shown(wanted: str, problem: str | None) -> None:
    config = configured(VIEW + wanted)

    found = list(find_unmet(config, Router(config), Renderer(config)))

    assert found == ([f"expect[0]: {problem}"] if problem else [])
