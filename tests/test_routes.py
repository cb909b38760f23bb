import re

import pytest

from relay.config import ConfigurationError
from relay.config.times import DAYS, TimeRange
from relay.routing import Router
from tests.configured import configured

ROUTE = 'default = "log"\n[[routes]]\nto = "family"\n'

WRONG = [
    (
        ROUTE + "destination = 'work'",
        "routes[0].destination: there is no such key; there are: content, continue, days, devices, events, ",
    ),
    *(
        (f"{ROUTE}{key} = {value}", f"routes[0].{key}: must be true or false. Example: true")
        for key in ("has_code", "has_attachment", "silent", "continue")
        for value in ('"yes"', '"true"', "1", "0.0")
    ),
    *(
        (f"[[expect]]\nto = []\nsim = {sim}", "expect[0].sim: must be a whole number. Example: 2")
        for sim in ("true", '"2"', "2.0")
    ),
    ('[[expect]]\nto = []\nattachment = "on"', "expect[0].attachment: must be true or false. Example: true"),
    (ROUTE + 'sender = "Mum"', 'routes[0].sender: there is no such key; did you mean "senders"?'),
    (
        ROUTE + 'events = "sms:recieved"',
        'routes[0].events: there is no event type "sms:recieved"; did you mean "sms:received"?',
    ),
    (ROUTE + 'events = "SMS:Received"', 'did you mean "sms:received"?'),
    (
        ROUTE + "senders = []",
        "routes[0].senders: an empty list matches nothing; add a value, or remove the key",
    ),
    (ROUTE + 'senders = ["  "]', "routes[0].senders[0]: is empty"),
    (ROUTE + "senders = 6505551212", "routes[0].senders: must be a text in quotes"),
    (ROUTE + 'hours = "22-7"', 'routes[0].hours: not a time range; write it like "22:00-07:00"'),
    (
        ROUTE + 'hours = ["08:00-12:00", "25:00-26:00"]',
        "routes[0].hours[1]: no such time of day; times are from 00:00 to 24:00",
    ),
    (ROUTE + 'hours = "10:60-11:00"', "no such time of day"),
    (ROUTE + 'hours = "10:00-10:00"', "for the whole day, leave out `hours`"),
    (
        ROUTE + 'days = "someday"',
        "routes[0].days: no such day; the days are mon, tue, wed, thu, fri, sat, sun",
    ),
    (ROUTE + 'days = "mon-"', "routes[0].days: no such day"),
    (ROUTE + "days = []", "routes[0].days: not a list of days"),
    (
        ROUTE + 'timezone = "Europe/Atlantis"',
        'routes[0].timezone: no such time zone; write it like "Europe/Berlin" or "UTC"',
    ),
    (ROUTE + 'timezone = "../../etc/passwd"', "routes[0].timezone: no such time zone"),
    (
        ROUTE + 'max_age = "2 weeks"',
        'routes[0].max_age: not a duration from one second to 100 years; write it like "90s", "15m", "36h", ',
    ),
    *(
        (
            ROUTE + f"max_age = {age}",
            "routes[0].max_age: not a duration from one second to 100 years; write it like",
        )
        for age in (
            "0",
            "-5",
            '"0d"',
            "1.5",
            "true",
            "9" * 400,
            f'"{"9" * 400}d"',
            f'"{"9" * 5000}d"',
            '"40000d"',
        )
    ),
    (ROUTE + 'health = "bad"', "routes[0].health: must be 'pass', 'warn' or 'fail'"),
    (
        ROUTE + 'devices = "ana"\n[devices.anna]\nids = "an-id"',
        'routes[0].devices: no phone in [devices] is called "ana"; did you mean "anna"?',
    ),
    (
        ROUTE + 'sims = ["wrok"]\n[devices.anna]\nids = "an-id"\nsims = { 1 = "work" }',
        'routes[0].sims: no SIM card in [devices] is called "wrok"; did you mean "work"?',
    ),
    (
        ROUTE + 'template = "shrt"\n[templates.short]\nbody = "x"',
        'routes[0].template: no template is called "shrt"; did you mean "short"?',
    ),
    (ROUTE + 'template = "short"', 'no template is called "short"; there are none'),
    (ROUTE + "[templates.short]", "templates.short: a template needs a title, a body, or both"),
    (ROUTE + 'fallback = "wrk"', 'routes[0].fallback: no destination is called "wrk"; did you mean "work"?'),
    (ROUTE + 'content = "some"', "routes[0].content"),
    (
        ROUTE + 'content = { work = "code" }',
        'routes[0].content: "work" is not in `to`; for a fallback, set `content` in [destinations.work]',
    ),
    (
        'default = "log"\n[[routes]]\nto = []\nfallback = "work"',
        "routes[0].fallback: nothing can fail if `to` is empty; remove it",
    ),
    (
        'default = "log"\n[[routes]]\nto = "family"\nfallback = "family"',
        'routes[0].fallback: "family" cannot be its own fallback; name another destination',
    ),
    (
        'default = "log"\n[[routes]]\nto = ["family", "log"]\nfallback = "log"\ncontent = { log = "none" }',
        'routes[0].fallback: "log" is in `to` and sees less than the destinations that it would replace;',
    ),
    (
        'default = "log"\n[[routes]]\nto = "famly"',
        'routes[0].to: no destination is called "famly"; did you mean "family"?',
    ),
    (
        'default = "log"\n[[routes]]\nsilent = true',
        'routes[0].to: missing. The destinations; an empty list drops the event. Example: ["family"]',
    ),
    (
        '[[routes]]\nto = "family"',
        'default: missing: set the destinations of events that no route matches, like default = ["family"]',
    ),
    ('default = "nobody"', 'default: no destination is called "nobody"'),
    (
        '[devices.anna]\nids = "an-id"\n[devices.bob]\nids = ["another", "an-id"]',
        "devices: ids 1 and 3, counted across all phones, are the same",
    ),
    ("[devices.anna]\nids = []", "devices.anna.ids: an empty list matches nothing"),
    ('[contacts]\n"+1" = "Mum\\nand Dad"', "contacts: a name must be one line of at most 100"),
    (
        '[[expect]]\nto = []\nevent = "sms:*"',
        "expect[0].event: an event has one type, such as sms:received; only routes take patterns",
    ),
    *(
        (
            f"[[expect]]\nto = []\nat = {year}-01-01T12:00:00",
            "expect[0].at: the year must be from 1970 to 9998",
        )
        for year in ("0001", "1969", "9999")
    ),
    ('[[expect]]\nto = "famly"', 'expect[0].to: no destination is called "famly"'),
    (
        '[[expect]]\nto = []\ndevice = "ana"',
        'expect[0].device: no phone in [devices] is called "ana"; there are none',
    ),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_a_mistake_stops_the_start_with_the_key_and_the_remedy(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)) as stopped:
        Router(configured(text))
    assert "\n" not in str(stopped.value)


def test_one_value_is_a_list_of_one() -> None:
    route = configured(
        ROUTE + 'senders = "Mum"\nsims = 1\nhours = "22:00-07:00"\ndays = "mon-wed"'
    ).routing.routes[0]

    assert (route.senders, route.sims, route.hours, route.days) == (
        ("Mum",),
        (1,),
        (TimeRange(22 * 60, 7 * 60),),
        (0, 1, 2),
    )


def test_unknown_types_can_be_routed() -> None:
    assert configured(ROUTE + 'events = ["call:missed", "rcs:*"]').routing.routes[0].events == (
        "call:missed",
        "rcs:*",
    )


def test_every_range_of_days_is_valid() -> None:
    for start, first in enumerate(DAYS):
        for end, last in enumerate(DAYS):
            days = configured(ROUTE + f'days = "{first}-{last}"').routing.routes[0].days
            assert days is not None
            assert len(days) == (end - start) % 7 + 1
            assert {start, end} <= set(days)


def test_a_duration_may_be_a_hundred_years() -> None:
    assert configured(ROUTE + 'max_age = "36525d"').routing.routes[0].max_age == 36525 * 86400
