"""`check`: whether the configuration is what it should be, and the places that it names know us."""

import asyncio
from collections.abc import Iterator

import click

from forwarders.base import Probe
from relay.config import Config, ConfigurationError
from relay.ledger import LedgerUnavailable, open_ledger
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.coverage import never_matching
from relay_cli.expectations import prove
from relay_cli.terminal import configured, environment, parts, run, say, warn_of_secret

PROBE_TIME = 20.0
"""Seconds that one place has to answer."""


@click.command()
@click.option("--live", is_flag=True, help="Ask every destination and the ledger, without sending anything.")
def check(live: bool) -> None:
    """Check the configuration: routes, patterns, templates, secrets.

    Exit code 0 if the function would start and every [[expect]] holds; 1 if not.

    \b
    Example: python -m relay check --live
    """
    config = configured()
    problems = list(_problems(config))
    for warning in (*config.warnings, *_warnings(config)):
        say(f"! {warning}")
    for problem in problems:
        say(problem, good=False)
    if not problems:
        say(_summary(config), good=True)
    if live and not run(_live(config)):
        problems.append("live")
    if problems:
        raise SystemExit(1)


def _problems(config: Config) -> Iterator[str]:
    try:
        Renderer(config)
        yield from prove(config, Router(config))
    except ConfigurationError as problem:
        yield str(problem)


def _warnings(config: Config) -> Iterator[str]:
    try:
        yield from never_matching(Router(config))
    except ConfigurationError:
        return
    if not config.settings.signing_keys:
        yield "SIGNING_KEYS is not set: whoever learns the URL can post messages of their own"
    ledger, on_google = config.settings.ledger_url, "K_SERVICE" in environment()
    if on_google and ledger.startswith("memory:"):
        yield "LEDGER_URL is memory: a restarted instance forgets what it has delivered"


def _summary(config: Config) -> str:
    places = ", ".join(f"{name} ({each.type})" for name, each in config.destinations.items())
    routes, expects = len(config.routing.routes), len(config.routing.expect)
    told = f"{routes} route{'s' * (routes != 1)}" if routes else "the usual routes"
    proved = f", {expects} expectation{'s' * (expects != 1)} met" if expects else ""
    return f"The configuration is right: {places}; {told}{proved}"


async def _live(config: Config) -> bool:
    """Tell what every place says; true if none of them is wrong."""
    async with parts(config) as built:
        names = list(built.forwarders)
        probes = await asyncio.gather(*(_probed(built.forwarders[name].probe()) for name in names))
    for name, probe in zip(names, probes, strict=True):
        say(f"{name}: {probe.reason or 'answers, and knows us'}", good=_GOOD[probe.status])
    return await _ledger(config) and all(probe.status != "wrong" for probe in probes)


async def _probed(probe: "asyncio.Future[Probe] | object") -> Probe:
    try:
        return await asyncio.wait_for(probe, PROBE_TIME)  # type: ignore[arg-type]  # an awaitable of any kind
    except TimeoutError:
        return Probe("unknown", f"no answer within {PROBE_TIME:.0f} s")


_GOOD = {"ok": True, "wrong": False, "unknown": None}


async def _ledger(config: Config) -> bool:
    """Read one memo, which is there or not."""
    url = config.settings.ledger_url
    try:
        ledger = open_ledger(url)
        if ledger is not None:
            await ledger.update_note("check", lambda _memo: None)
            await warn_of_secret(config, ledger)
            await ledger.aclose()
    except LedgerUnavailable as problem:
        say(f"ledger: {problem}", good=False)
        return False
    say(f"ledger: {url.partition(':')[0]} answers", good=True)
    return True
