"""The part of a configuration about routes: which events go where, with which template and names.

`Routing` has the keys of the document, and takes the names of the destinations as validation context:
`Routing.model_validate(keys, context={"destinations": names})`. An error of the type `option` carries in its
context the key that is meant, below the location that pydantic reports.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, StrictBool, ValidationInfo, model_validator

from relay.config.entries import (
    DestinationNames,
    DisplayName,
    EventTypes,
    HoursList,
    Percent,
    Sims,
    Statuses,
    Visibilities,
    Word,
    Words,
)
from relay.config.expect import Expect
from relay.config.numbers import Number
from relay.config.problems import option_error, suggest
from relay.config.table import Table
from relay.config.times import Days, Duration, Limit, Zone
from relay.model import Visibility

_LOOKS_LIKE_AN_ID = re.compile(r"[\w-]{16,}", re.ASCII)

OVERRIDES = ("silence", "unplugged", "no_sms", "battery")
"""What a phone may set otherwise than `[watch]` does."""

Problem = tuple[str, str]
"""A key and what is wrong with it."""


class Device(Table):
    """`[devices.NAME]`: the name of a phone, and of its SIM cards."""

    ids: Words = Field(
        description="The phone's device ids; it has one in local mode and another in cloud mode.",
        examples=[["ffffffffceb0b1db0000018e937c815b"]],
    )
    sims: Mapping[Annotated[int, Field(ge=1)], DisplayName] = Field(
        {}, description="Names of the SIM cards, by number.", examples=[{"1": "private", "2": "work"}]
    )
    numbers: Mapping[Annotated[int, Field(ge=1)], Number] = Field(
        {},
        description="The phone numbers of the SIM cards, by number, for `[[canary]]`.",
        examples=[{"1": "+12025550143"}],
    )
    silence: Limit | None = Field(None, description="`silence` of `[watch]` for this phone.", examples=["1h"])
    unplugged: Limit | None = Field(
        None, description="`unplugged` of `[watch]` for this phone.", examples=["24h"]
    )
    no_sms: Limit | None = Field(None, description="`no_sms` of `[watch]` for this phone.", examples=[False])
    battery: Percent | None = Field(None, description="`battery` of `[watch]` for this phone.", examples=[30])


class Template(Table):
    """`[templates.NAME]`: a title and a body, in the language of Jinja."""

    title: Word | None = Field(None, description="The title, one line.", examples=["{{ sender }}"])
    body: Word | None = Field(None, description="The text below the title.", examples=["{{ text }}"])

    @model_validator(mode="after")
    def _has_a_part(self) -> Self:
        if self.title is None and self.body is None:
            raise option_error("a template needs a title, a body, or both")
        return self


class Route(Table):
    """`[[routes]]`: which events, and where they go. A condition that is left out always holds."""

    events: EventTypes | None = Field(
        None,
        description="Event types; `*` stands for anything. Left out: those forwarded by default.",
        examples=[["sms:*", "mms:downloaded"]],
    )
    senders: Words | None = Field(
        None, description="Who sent it: numbers, names, contacts, patterns.", examples=[["*-MYBANK", "Mum"]]
    )
    recipients: Words | None = Field(
        None, description="Who it was sent to, written like `senders`.", examples=[["+12025550143"]]
    )
    text: Words | None = Field(
        None, description="RE2 patterns; at least one must match the text.", examples=[["(?i)invoice"]]
    )
    not_text: Words | None = Field(
        None, description="RE2 patterns; none may match the text.", examples=[["(?i)advert"]]
    )
    sims: Sims | None = Field(
        None, description="Numbers of SIM cards, or their names.", examples=[[1, "work"]]
    )
    devices: Words | None = Field(
        None, description="Names of phones in `[devices]`, or device ids.", examples=[["anna"]]
    )
    has_code: StrictBool | None = Field(
        None, description="Whether it contains a one-time code.", examples=[True]
    )
    has_attachment: StrictBool | None = Field(
        None, description="Whether it has an attachment.", examples=[True]
    )
    health: Statuses | None = Field(
        None, description="The health status in a ping.", examples=[["warn", "fail"]]
    )
    hours: HoursList | None = Field(
        None, description="Time ranges; they may cross midnight.", examples=[["22:00-07:00"]]
    )
    days: Days | None = Field(
        None,
        description="Days of the week; a night belongs to the day on which it began.",
        examples=[["mon-fri"]],
    )
    timezone: Zone | None = Field(
        None, description="The time zone of `hours` and `days`.", examples=["Europe/Berlin"]
    )
    max_age: Duration | None = Field(None, description="How late it may arrive at most.", examples=["36h"])
    to: DestinationNames = Field(
        description="The destinations; an empty list drops the event.", examples=[["family"]]
    )
    fallback: DestinationNames = Field(
        (), description="The destinations to use instead of one that fails.", examples=[["email"]]
    )
    silent: StrictBool = Field(False, description="Whether it arrives without a sound.", examples=[True])
    template: Word | None = Field(None, description="The name of a template.", examples=["short"])
    content: Visibilities = Field(
        {},
        description="How much is shown: `full`, `code`, `masked` or `none`, to all or by destination.",
        examples=[{"work": "code"}],
    )
    continues: StrictBool = Field(
        False, alias="continue", description="Whether later routes are tried as well.", examples=[True]
    )

    @model_validator(mode="after")
    def _effects_are_possible(self) -> Self:
        if self.fallback and not self.to:
            raise option_error("nothing can fail if `to` is empty; remove it", "fallback")
        for name in self.fallback:
            self._check_fallback(name)
        for name in self.content:
            if name not in {"*", *self.to}:
                raise option_error(
                    f'"{name}" is not in `to`; for a fallback, set `content` in [destinations.{name}]',
                    "content",
                )
        return self

    def _check_fallback(self, name: str) -> None:
        """Check that a fallback can replace another destination; it may be in `to` itself."""
        others = {self.visibility(each) for each in self.to if each != name}
        if not others:
            raise option_error(f'"{name}" cannot be its own fallback; name another destination', "fallback")
        if name in self.to and not others <= {self.visibility(name)} and self.visibility(name) != "full":
            raise option_error(
                f'"{name}" is in `to` and sees less than the destinations that it would replace; '
                "remove it, or show it as much",
                "fallback",
            )

    def visibility(self, name: str) -> Visibility:
        """Return how much a destination in `to` sees."""
        return self.content.get(name, self.content.get("*", "full"))


class Routing(Table):
    """Everything that decides where events go. `default` is None if the file does not set it."""

    contacts: Mapping[Word, DisplayName] = {}
    devices: Mapping[DisplayName, Device] = {}
    templates: Mapping[Word, Template] = {}
    routes: tuple[Route, ...] = ()
    default: DestinationNames | None = None
    expect: tuple[Expect, ...] = ()

    @property
    def phones(self) -> dict[str, str]:
        """The name of the phone by device id."""
        return {each: name for name, device in self.devices.items() for each in device.ids}

    @model_validator(mode="after")
    def _is_consistent(self, info: ValidationInfo) -> Self:
        destinations: Collection[str] = (info.context or {}).get("destinations", ())
        for key, message in (problems := _problems(self, destinations)):
            raise option_error(message, key, problems)
        return self


def _problems(routing: Routing, destinations: Collection[str]) -> Iterator[Problem]:
    for one, other in _duplicates([name.casefold() for name in routing.contacts]):
        yield "contacts", f"entries {one} and {other} are the same; keep one of them"
    for one, other in _duplicates([each for device in routing.devices.values() for each in device.ids]):
        yield "devices", f"ids {one} and {other}, counted across all phones, are the same; keep one of them"
    for one, other in _duplicates(
        [each for device in routing.devices.values() for each in device.numbers.values()]
    ):
        yield (
            "devices",
            f"numbers {one} and {other}, counted across all phones, are the same; keep one of them",
        )
    for number, route in enumerate(routing.routes):
        for key, message in _unknown_names(route, routing):
            yield f"routes[{number}].{key}", message
    for number, expect in enumerate(routing.expect):
        for message in _unknown_phones((expect.device,) if expect.device else (), routing):
            yield f"expect[{number}].device", message
    if routing.routes and routing.default is None and len(destinations) > 1:
        yield (
            "default",
            'missing: set the destinations of events that no route matches, like default = ["family"]',
        )


def _duplicates(names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the positions, from 1, of names that occur twice: the names may be private."""
    positions: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in positions:
            yield positions[name], position
        positions[name] = position


def _unknown_names(route: Route, routing: Routing) -> Iterator[Problem]:
    for message in _unknown_phones(route.devices or (), routing):
        yield "devices", message
    names = {name for device in routing.devices.values() for name in device.sims.values()}
    for sim in route.sims or ():
        if isinstance(sim, str) and sim not in names:
            yield "sims", f'no SIM card in [devices] is called "{sim}"; {suggest(sim, names)}'
    if route.template is not None and route.template not in routing.templates:
        suggestion = suggest(route.template, routing.templates)
        yield "template", f'no template is called "{route.template}"; {suggestion}'


def _unknown_phones(names: Collection[str], routing: Routing) -> Iterator[str]:
    for name in names:
        if name not in routing.devices and not _LOOKS_LIKE_AN_ID.fullmatch(name):
            yield f'no phone in [devices] is called "{name}"; {suggest(name, routing.devices)}'
