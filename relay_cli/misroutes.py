"""What is valid in a configuration and yet sends messages elsewhere than its author means."""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from relay.config import Config
from relay.config.routes import Route
from relay.config.variables import KNOWN
from relay.events.fields import to_party
from relay.names.numbers import Numbers, is_number, normalize_party, tail
from relay_cli import dotenv

_USUAL_MISTAKES = {"UK": "GB", "EL": "GR", "EN": "GB", "SU": "RU", "YU": "RS"}
"""Codes that people write, and that ISO 3166 has under another name."""
_INVISIBLE = {"\b": r"\b", "\f": r"\f", "\x1b": r"\e"}
"""Characters that TOML makes of an escape in double quotes, and that no SMS has."""
_ALIKE = 0.8
"""How similar two names must be, from 0 to 1, for one to be taken for a slip of the other."""
_SHORT, _ALIKE_IF_SHORT = 4, 0.6
"""The same for names of so few letters, in which a single slip counts for more."""
_EXAMPLE = re.compile(r"^#?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
_REFERENCE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")


def find_misroutes(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each."""
    yield from _find_unknown_region(config, environ)
    yield from _find_swapped_contacts(config.routing.contacts)
    yield from _find_nobody(config)
    yield from _find_national_numbers(config)
    for index, route in enumerate(config.routing.routes):
        yield from _find_invisible_characters(f"routes[{index}]", route)
        yield from _find_almost_contacts(f"routes[{index}]", route, config.routing.contacts)


def _find_unknown_region(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415  (60 ms, only needed if a region is set)

    region = config.settings.region
    if region and region not in SUPPORTED_REGIONS:
        key = "PHONE_REGION" if "PHONE_REGION" in environ else "relay.region"
        meant = _USUAL_MISTAKES.get(region)
        hint = f'did you mean "{meant}"?' if meant else "see https://www.iso.org/obp/ui/#search"
        yield f'{key}: no country has the code "{region}", so no national number matches; {hint}'


def _find_swapped_contacts(contacts: Mapping[str, str]) -> Iterator[str]:
    for position, (number, name) in enumerate(contacts.items(), start=1):
        if _is_whole_number(name) and not _is_whole_number(number):
            yield (
                f"contacts: entry {position} is the wrong way round: the number comes first, "
                'like "+12025550143" = "Mum"'
            )


def _find_nobody(config: Config) -> Iterator[str]:
    what = "is what phones write where they know nobody, so it matches nothing"
    for position, party in enumerate(config.routing.contacts, start=1):
        if to_party(party.strip()) is None:
            yield f"contacts: entry {position} {what}"
    for index, route in enumerate(config.routing.routes):
        for key, parties in (("senders", route.senders), ("recipients", route.recipients)):
            for party in parties or ():
                if to_party(party.strip()) is None:
                    yield f'routes[{index}].{key}: "{party}" {what}'


def _find_national_numbers(config: Config) -> Iterator[str]:
    if config.settings.region:
        return
    fix = 'set `region` in [relay], such as "US", or begin it with + and the country code'
    for position, number in enumerate(config.routing.contacts, start=1):
        if _is_national(number):
            yield f"contacts: entry {position} has no country code, and no region is set; {fix}"
    for index, route in enumerate(config.routing.routes):
        for key, parties in (("senders", route.senders), ("recipients", route.recipients)):
            if any(map(_is_national, parties or ())):
                yield f"routes[{index}].{key}: a number has no country code, and no region is set; {fix}"


def _find_invisible_characters(key: str, route: Route) -> Iterator[str]:
    for name, patterns in (("text", route.text), ("not_text", route.not_text)):
        text = "".join(patterns or ())
        for character, escape in _INVISIBLE.items():
            if character in text:
                yield (
                    f"{key}.{name}: in double quotes {escape} is a control character, which no text has; "
                    "write the pattern in single quotes"
                )


def _find_almost_contacts(key: str, route: Route, contacts: Mapping[str, str]) -> Iterator[str]:
    names = {normalize_party(name): name for name in contacts.values()}
    numbers = {*map(normalize_party, contacts)}
    for name, parties in (("senders", route.senders), ("recipients", route.recipients)):
        for party in parties or ():
            given = normalize_party(party)
            if "*" in party or is_number(given) or given in names or given in numbers:
                continue
            cutoff = _ALIKE if len(given) > _SHORT else _ALIKE_IF_SHORT
            if close := get_close_matches(given, names, n=1, cutoff=cutoff):
                yield f'{key}.{name}: no contact is called "{party}"; did you mean "{names[close[0]]}"?'


def _is_whole_number(text: str) -> bool:
    return tail(normalize_party(text)) is not None


def _is_national(text: str) -> bool:
    return _is_whole_number(text) and Numbers(None).to_international(normalize_party(text)) is None


def find_odd_variables(env: Path, config: Path, example: Path, reported: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each variable of `.env` that is almost one of ours, or that is set twice.

    `example` lists all variables, `config` refers to those that the operator has invented, and those that
    are `reported` already are left out.
    """
    lines = dotenv.names(env)
    usual = {*KNOWN, *_EXAMPLE.findall(_read(example))}
    own = {*usual, *reported, *_REFERENCE.findall(_read(config))}
    for name in dict.fromkeys(lines.values()):
        close = get_close_matches(name, usual.difference(lines.values()), n=1, cutoff=_ALIKE)
        if close and name not in own and not name.startswith("DEPLOY_"):
            yield f"{name}: there is no such variable; did you mean {close[0]}?"
    last = {name: number for number, name in lines.items()}
    for number, name in lines.items():
        if number < last[name]:
            yield f".env, line {number}: {name} is set again in line {last[name]}, and only that one counts"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""
