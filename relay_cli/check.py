"""`check`: whether the configuration is valid, and the services that it names accept our credentials."""

import asyncio
from collections.abc import Iterator

import click

from forwarders.base import Probe
from relay.config import Config, ConfigurationError
from relay.events import BATCHES
from relay.ledger import LedgerUnavailable, open_ledger
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.coverage import find_unreachable
from relay_cli.expectations import find_unmet
from relay_cli.terminal import load_config, open_app, read_environment, run, say, warn_of_changed_secret

TIMEOUT = 20.0
"""Seconds to wait for the answer of one service."""


@click.command()
@click.option("--live", is_flag=True, help="Also contact every destination and the ledger; nothing is sent.")
def check(live: bool) -> None:
    """Check the configuration: routes, patterns, templates, secrets.

    Exit code 0 if the function would start and every [[expect]] holds; 1 if not.

    \b
    Example: python -m relay check --live
    """
    config = load_config()
    problems = list(_find_problems(config))
    for warning in (*config.warnings, *_find_warnings(config)):
        say(f"! {warning}")
    for problem in problems:
        say(problem, good=False)
    if not problems:
        say(_summarize(config), good=True)
    if live and not run(_check_live(config)):
        problems.append("live")
    if problems:
        raise SystemExit(1)


def _find_problems(config: Config) -> Iterator[str]:
    try:
        Renderer(config)
        yield from find_unmet(config, Router(config))
    except ConfigurationError as problem:
        yield str(problem)


def _find_warnings(config: Config) -> Iterator[str]:
    try:
        yield from find_unreachable(Router(config))
    except ConfigurationError:
        return
    for index, route in enumerate(config.routing.routes):
        for batch in BATCHES.keys() & set(route.events or ()):
            single = BATCHES[batch]
            yield f"routes[{index}]: {batch} is split into its messages before it is routed: write {single}"
    if not config.settings.signing_keys:
        yield "SIGNING_KEYS is not set: anyone who learns the URL can post messages"
    if "K_SERVICE" in read_environment() and config.settings.ledger_url.startswith("memory:"):
        yield "LEDGER_URL is memory: a restarted instance forgets what it has delivered"


def _summarize(config: Config) -> str:
    destinations = ", ".join(f"{name} ({each.type})" for name, each in config.destinations.items())
    route_count, expect_count = len(config.routing.routes), len(config.routing.expect)
    routes = f"{route_count} route{'s' * (route_count != 1)}" if route_count else "default routes"
    expectations = f", {expect_count} expectation{'s' * (expect_count != 1)} met" if expect_count else ""
    return f"The configuration is valid: {destinations}; {routes}{expectations}"


async def _check_live(config: Config) -> bool:
    """Print what every service answers; return whether none of them refuses us."""
    async with open_app(config) as app:
        names = list(app.forwarders)
        probes = await asyncio.gather(*(_await_probe(app.forwarders[name].probe()) for name in names))
    for name, probe in zip(names, probes, strict=True):
        say(f"{name}: {probe.reason or 'reachable, credentials accepted'}", good=_GOOD[probe.status])
    return await _check_ledger(config) and all(probe.status != "wrong" for probe in probes)


async def _await_probe(probe: "asyncio.Future[Probe] | object") -> Probe:
    try:
        return await asyncio.wait_for(probe, TIMEOUT)  # type: ignore[arg-type]  # an awaitable of any kind
    except TimeoutError:
        return Probe("unknown", f"no answer within {TIMEOUT:.0f} s")


_GOOD = {"ok": True, "wrong": False, "unknown": None}


async def _check_ledger(config: Config) -> bool:
    """Read one note, whether it exists or not."""
    url = config.settings.ledger_url
    try:
        ledger = open_ledger(url)
        if ledger is not None:
            await ledger.update_note("check", lambda _note: None)
            await warn_of_changed_secret(config, ledger)
            await ledger.aclose()
    except LedgerUnavailable as problem:
        say(f"ledger: {problem}", good=False)
        return False
    say(f"ledger: {url.partition(':')[0]} is reachable", good=True)
    return True
