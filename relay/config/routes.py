"""What a configuration says of routes: which events go where, in what words, under which names.

`Routing` is made of the document's keys of the same names, with the names of the destinations as
validation context: `Routing.model_validate(keys, context={"destinations": names})`. An error of the
type `option` carries in its context the key that is meant, below the place where pydantic reports it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationInfo, model_validator

from relay.config.entries import (
    Contents,
    Line,
    OneType,
    Places,
    Sims,
    Spans,
    Status,
    Statuses,
    Types,
    Word,
    Words,
    hint,
    problem,
)
from relay.config.times import Days, Duration, Moment, Zone
from relay.model import Visibility

_LOOKS_LIKE_AN_ID = re.compile(r"[\w-]{16,}", re.ASCII)

Problem = tuple[str, str]
"""A key, and what is wrong with it."""


class Table(BaseModel):
    """A table of the configuration file. An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class Device(Table):
    """`[devices.NAME]`: a phone by the name that people know."""

    ids: Words = Field(
        description="The phone's device ids: local and cloud mode give one phone two.",
        examples=[["ffffffffceb0b1db0000018e937c815b"]],
    )
    sims: Mapping[Annotated[int, Field(ge=1)], Line] = Field(
        {}, description="Names of the SIM cards, by their number.", examples=[{"1": "private", "2": "work"}]
    )


class Template(Table):
    """`[templates.NAME]`: words of one's own, in the language of Jinja."""

    title: Word | None = Field(None, description="The title, one line.", examples=["{{ sender }}"])
    body: Word | None = Field(None, description="What stands below it.", examples=["{{ text }}"])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.title is None and self.body is None:
            raise problem("a template needs a title, a body, or both")
        return self


class Route(Table):
    """`[[routes]]`: which events, and what becomes of them. A condition that is left out always holds."""

    events: Types | None = Field(
        None,
        description="Types of events; `*` stands for anything. Left out: what people are told of anyway.",
        examples=[["sms:*", "mms:downloaded"]],
    )
    senders: Words | None = Field(
        None, description="Who sent it: numbers, names, contacts, patterns.", examples=[["*-MYBANK", "Mum"]]
    )
    recipients: Words | None = Field(
        None, description="To whom it was sent, written like `senders`.", examples=[["+12025550143"]]
    )
    text: Words | None = Field(
        None, description="RE2 patterns, one of which is in the text.", examples=[["(?i)invoice"]]
    )
    not_text: Words | None = Field(
        None, description="RE2 patterns, none of which is in the text.", examples=[["(?i)advert"]]
    )
    sims: Sims | None = Field(
        None, description="Numbers of SIM cards, or their names.", examples=[[1, "work"]]
    )
    devices: Words | None = Field(
        None, description="Names of phones in `[devices]`, or device ids.", examples=[["anna"]]
    )
    has_code: StrictBool | None = Field(
        None, description="Whether it holds a one-time code.", examples=[True]
    )
    has_attachment: StrictBool | None = Field(
        None, description="Whether it came with a file.", examples=[True]
    )
    health: Statuses | None = Field(
        None, description="What a ping says of the phone.", examples=[["warn", "fail"]]
    )
    hours: Spans | None = Field(
        None, description="Spans of the day; they may run over midnight.", examples=[["22:00-07:00"]]
    )
    days: Days | None = Field(
        None, description="Days of the week; a night belongs to the day it began.", examples=[["mon-fri"]]
    )
    timezone: Zone | None = Field(
        None, description="The zone of `hours` and `days`.", examples=["Europe/Berlin"]
    )
    max_age: Duration | None = Field(
        None, description="How late it may have reached us at most.", examples=["36h"]
    )
    to: Places = Field(description="The destinations; an empty list drops the event.", examples=[["family"]])
    fallback: Places = Field((), description="Who stands in for one that fails.", examples=[["email"]])
    silent: StrictBool = Field(False, description="Whether it comes without a sound.", examples=[True])
    template: Word | None = Field(None, description="The name of a template.", examples=["short"])
    content: Contents = Field(
        {},
        description="How much is shown: `full`, `code`, `masked` or `none`, to all or by destination.",
        examples=[{"work": "code"}],
    )
    goes_on: StrictBool = Field(
        False, alias="continue", description="Whether later routes are tried as well.", examples=[True]
    )

    @model_validator(mode="after")
    def _effects_are_possible(self) -> Self:
        if self.fallback and not self.to:
            raise problem("nothing can fail where `to` is empty; leave it out", "fallback")
        for name in self.fallback:
            self._stands_in(name)
        for name in self.content:
            if name not in {"*", *self.to}:
                raise problem(
                    f'"{name}" is not in `to`; what a fallback shows is set by [destinations.{name}] content',
                    "content",
                )
        return self

    def _stands_in(self, name: str) -> None:
        """Check that a fallback can replace somebody, which it also may where it is in `to` itself."""
        others = {self.shown(each) for each in self.to if each != name}
        if not others:
            raise problem(f'"{name}" cannot stand in for itself; name another destination', "fallback")
        if name in self.to and not others <= {self.shown(name)} and self.shown(name) != "full":
            raise problem(
                f'"{name}" is in `to` and sees less than those for which it is to stand in; '
                "leave it out, or show it as much",
                "fallback",
            )

    def shown(self, name: str) -> Visibility:
        """Return how much a destination in `to` sees."""
        return self.content.get(name, self.content.get("*", "full"))


class Expect(Table):
    """`[[expect]]`: an event, and where it is expected to go; proved by `python -m relay check`."""

    event: OneType = Field("sms:received", description="Its type.", examples=["sms:failed"])
    sender: str | None = Field(None, description="Who sent it.", examples=["VM-MYBANK"])
    recipient: str | None = Field(None, description="To whom it was sent.", examples=["+12025550143"])
    text: str | None = Field(None, description="Its text.", examples=["481516 is your code"])
    sim: StrictInt | None = Field(None, description="The number of the SIM card.", examples=[2])
    device: Word | None = Field(None, description="The phone's name, or its id.", examples=["anna"])
    attachment: StrictBool = Field(False, description="Whether it comes with a file.", examples=[True])
    health: Status | None = Field(None, description="What a ping says of the phone.", examples=["warn"])
    at: Moment | None = Field(
        None,
        description="When it happened; without a zone, in `timezone` of `[relay]`, else UTC. "
        "Left out: a Wednesday noon.",
        examples=["2026-06-22T23:30:00+02:00"],
    )
    age: Duration | None = Field(None, description="How late it reaches us.", examples=["3d"])
    to: Places = Field(description="The destinations, in any order.", examples=[["family"]])


class Routing(Table):
    """All that says where events go. `default` is None where the file does not say it."""

    contacts: Mapping[Word, Line] = {}
    devices: Mapping[Line, Device] = {}
    templates: Mapping[Word, Template] = {}
    routes: tuple[Route, ...] = ()
    default: Places | None = None
    expect: tuple[Expect, ...] = ()

    @property
    def phones(self) -> dict[str, str]:
        """The phone's name for each device id."""
        return {each: name for name, device in self.devices.items() for each in device.ids}

    @model_validator(mode="after")
    def _agrees_with_itself(self, info: ValidationInfo) -> Self:
        destinations: Collection[str] = (info.context or {}).get("destinations", ())
        for key, words in _problems(self, destinations):
            raise problem(words, key)
        return self


def _problems(routing: Routing, destinations: Collection[str]) -> Iterator[Problem]:
    for one, other in _twice([name.casefold() for name in routing.contacts]):
        yield "contacts", f"entries {one} and {other} are the same; keep one of them"
    for one, other in _twice([each for device in routing.devices.values() for each in device.ids]):
        yield "devices", f"ids {one} and {other}, counted through, are the same; a phone has its own"
    for number, route in enumerate(routing.routes):
        for key, words in _unknown_names(route, routing):
            yield f"routes[{number}].{key}", words
    for number, expect in enumerate(routing.expect):
        for words in _unknown_phones((expect.device,) if expect.device else (), routing):
            yield f"expect[{number}].device", words
    if routing.routes and routing.default is None and len(destinations) > 1:
        yield "default", 'missing: name who gets what no route matches, like default = ["family"]'


def _twice(names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the places, counted from 1, of names that stand there twice: the names may be people's."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if name in places:
            yield places[name], place
        places[name] = place


def _unknown_names(route: Route, routing: Routing) -> Iterator[Problem]:
    for words in _unknown_phones(route.devices or (), routing):
        yield "devices", words
    known = {name for device in routing.devices.values() for name in device.sims.values()}
    for sim in route.sims or ():
        if isinstance(sim, str) and sim not in known:
            yield "sims", f'no SIM card in [devices] is called "{sim}"; {hint(sim, known)}'
    if route.template is not None and route.template not in routing.templates:
        yield (
            "template",
            f'no template is called "{route.template}"; {hint(route.template, routing.templates)}',
        )


def _unknown_phones(names: Collection[str], routing: Routing) -> Iterator[str]:
    for name in names:
        if name not in routing.devices and not _LOOKS_LIKE_AN_ID.fullmatch(name):
            yield f'no phone in [devices] is called "{name}"; {hint(name, routing.devices)}'
