"""The part of a configuration about test messages that have to come back: `[[canary]]`."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from relay.config.entries import DisplayName, Word
from relay.config.errors import ConfigurationError, format_path, validate
from relay.config.numbers import Number
from relay.config.problems import option_error, suggest
from relay.config.routes import Device, Routing
from relay.config.settings import Settings
from relay.config.table import Table
from relay.config.times import Duration, Hours

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MOST = 50
"""How many tests may be configured: each costs a read of the ledger at every tick."""
SLOTS = 3
"""SIM cards that the gateway knows to choose from."""
_FOREIGN = (
    'no phone in [devices] has this number in its `numbers`, such as numbers = { 1 = "+12025550143" }; '
    "if it is yours all the same, and its SMS reach this relay, set foreign = true"
)
Devices = Mapping[str, Device]


def _check_every(seconds: float) -> float:
    if not HOUR <= seconds <= 60 * DAY:
        raise option_error('must be from "1h" to "60d": each test is an SMS, and a card seldom lives longer')
    return seconds


def _check_within(seconds: float) -> float:
    if not 2 * MINUTE <= seconds <= 12 * HOUR:
        raise option_error('must be from "2m" to "12h": how long an SMS may be on its way')
    return seconds


class Canary(Table):
    """`[[canary]]`: an SMS that a phone sends to one of yours, and that must come back through the relay."""

    device: Word = Field(description="The phone in `[devices]` that sends the SMS.", examples=["anna"])
    sim: Annotated[StrictInt, Field(ge=1, le=SLOTS)] | None = Field(
        None,
        description="The number of the SIM card that sends it. Left out: the phone chooses.",
        examples=[1],
    )
    to: Number = Field(
        description="The number that it is sent to: of the same SIM card, or of another phone of yours.",
        examples=["+12025550143"],
    )
    every: Annotated[Duration, AfterValidator(_check_every)] = Field(
        DAY, description="How often, from 1 hour to 60 days.", examples=["30d"]
    )
    within: Annotated[Duration, AfterValidator(_check_within)] = Field(
        15 * MINUTE,
        description="How long it may take to be sent, and again to come back, from 2 minutes to 12 hours.",
        examples=["15m"],
    )
    at: Hours | None = Field(
        None,
        description="The hours in which it is sent, in the `timezone` of `[relay]`; `every` is then "
        "in whole days.",
        examples=["03:00-05:00"],
    )
    foreign: StrictBool = Field(
        False,
        description="Whether `to` may be a number that is not in the `numbers` of a phone in `[devices]`.",
        examples=[True],
    )
    name: DisplayName | None = Field(
        None,
        description="Its name. Left out: that of the phone, and the number of the SIM card: `anna/1`.",
        examples=["prepaid"],
    )

    @property
    def label(self) -> str:
        """What it is called in commands and on the page."""
        sim = "" if self.sim is None else f"/{self.sim}"
        return self.name or f"{self.device}{sim}"


class Canaries(Table):
    """All entries of `[[canary]]`."""

    canary: tuple[Canary, ...] = ()


def read_canaries(table: Any, settings: Settings, routing: Routing, *, watched: bool) -> tuple[Canary, ...]:
    """Read `[[canary]]`, and check it against the phones.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    if not isinstance(table, list) or not all(isinstance(each, dict) for each in table):
        raise ConfigurationError("canary: must be a list of tables, [[canary]]")
    if not watched:
        raise ConfigurationError("canary: needs [watch], whose tick sends the tests and reports them")
    entries = validate(Canaries, {"canary": table}, format_path).canary
    if problems := tuple(_find_problems(entries, settings, routing.devices)):
        raise ConfigurationError(*problems)
    return entries


def phone_of(number: str, devices: Devices) -> str:
    """Return the name of the phone that has a number; empty if none of `[devices]` has it."""
    return next((name for name, each in devices.items() if number in each.numbers.values()), "")


def _find_problems(entries: tuple[Canary, ...], settings: Settings, devices: Devices) -> Iterator[str]:
    if len(entries) > MOST:
        yield f"canary: there are {len(entries)} tests; at most {MOST} are possible"
    for number, each in enumerate(entries):
        for key, problem in _problems_of(each, settings, devices):
            yield f"canary[{number}].{key}: {problem}"
    for (one, first), (other, second) in combinations(enumerate(entries), 2):
        if (first.device, first.sim, first.to) == (second.device, second.sim, second.to):
            yield f"canary[{other}]: is the same test as canary[{one}]; keep one of them"
        elif first.label == second.label:
            yield f"canary[{other}].name: canary[{one}] has the same name; give each a `name` of its own"


def _problems_of(each: Canary, settings: Settings, devices: Devices) -> Iterator[tuple[str, str]]:
    if each.device not in devices:
        yield "device", f'no phone in [devices] is called "{each.device}"; {suggest(each.device, devices)}'
    if each.within >= each.every:
        yield "within", "must be shorter than `every`: a test has to end before the next one"
    if each.at and not settings.timezone:
        yield "at", "set TIMEZONE too, or it is not known whose hours are meant"
    if each.at and each.every % DAY:
        yield "every", 'must be whole days with `at`, such as "1d" or "7d"'
    if not each.foreign and not phone_of(each.to, devices):
        yield "to", _FOREIGN
