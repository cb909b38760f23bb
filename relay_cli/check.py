"""`check`: whether the configuration is valid, and the services that it names accept our credentials."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace

import click

from forwarders.base import Probe
from relay.config import Config, ConfigurationError
from relay.config.destinations import has_replies
from relay.config.errors import Mistakes, key_of
from relay.events import BATCHES
from relay.ledger import LedgerUnavailable, open_ledger
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.coverage import find_unreachable
from relay_cli.expectations import find_unmet
from relay_cli.ledgers import is_missing, load_chosen
from relay_cli.misroutes import find_misroutes, find_odd_variables
from relay_cli.terminal import (
    FOLDER,
    config_file,
    load_config,
    open_app,
    read_environment,
    run,
    say,
    warn_of_changed_secret,
    with_line,
)
from relay_cli.webhooks import find_unregistered

TIMEOUT = 20.0
"""Seconds to wait for the answer of one service."""
_BAD = ("wrong", "unreachable")


@click.command()
@click.option("--live", is_flag=True, help="Also contact every destination and the ledger; nothing is sent.")
def check(live: bool) -> None:
    """Check the configuration: routes, patterns, templates, secrets.

    Exit code 0 if the function would start and every [[expect]] holds; 1 if not. With --live also 1 if a
    destination or the ledger cannot be reached, or does not accept the credentials; a ? marks what cannot
    be checked without sending something.

    \b
    Example: ./sms-relay check --live
    """
    config, environ = load_config(), read_environment()
    problems = list(_find_problems(config))
    for warning in (*config.warnings, *_find_warnings(config, environ)):
        say(f"! {with_line(warning, environ)}")
    for problem in problems:
        say(with_line(problem, environ), good=False)
    if not problems:
        say(_summarize(config), good=True)
    if answerable := [name for name, each in config.destinations.items() if has_replies(each.options)]:
        say(f"? {', '.join(answerable)}: ./sms-relay replies status says whether answers are sent")
    if config.canaries:
        labels = ", ".join(each.label for each in config.canaries)
        say(f"? canary {labels}: ./sms-relay canary NAME sends one; --live looks at its webhooks")
    if live and not run(_check_live(config)):
        problems.append("live")
    if problems:
        raise SystemExit(1)


def _find_problems(config: Config) -> Iterator[str]:
    mistakes = Mistakes()
    router = mistakes.attempt(lambda: Router(config), None)
    renderer = mistakes.attempt(lambda: Renderer(config), None)
    yield from mistakes.problems
    if router and renderer:
        yield from find_unmet(config, router, renderer)


def _find_warnings(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    yield from find_misroutes(config, environ)
    reported = {key_of(each) for each in config.warnings}
    yield from find_odd_variables(FOLDER / ".env", config_file(environ), FOLDER / ".env.example", reported)
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
    if "K_SERVICE" in environ and config.settings.ledger_url.startswith("memory:"):
        yield "LEDGER_URL is memory: a restarted instance forgets what it has delivered"


def _summarize(config: Config) -> str:
    destinations = ", ".join(f"{name} ({each.type})" for name, each in config.destinations.items())
    route_count, expect_count = len(config.routing.routes), len(config.routing.expect)
    routes = f"{route_count} route{'s' * (route_count != 1)}" if route_count else "default routes"
    expectations = f", {expect_count} expectation{'s' * (expect_count != 1)} met" if expect_count else ""
    return f"The configuration is valid: {destinations}; {routes}{expectations}"


async def _check_live(config: Config) -> bool:
    """Print what every service answers; return whether all can be reached and none of them refuses us."""
    async with open_app(_in_memory(config)) as app:
        names = list(app.forwarders)
        probes = await asyncio.gather(*(_await_probe(app.forwarders[name].probe()) for name in names))
    for name, probe in zip(names, probes, strict=True):
        line = f"{name}: {probe.reason or 'reachable, credentials accepted'}"
        if probe.status == "unknown":
            say(f"? {line}")
        else:
            say(line, good=probe.status == "ok")
    are_tests_good = not config.canaries or _check_webhooks(config)
    is_ledger_good = await _check_ledger()
    return are_tests_good and is_ledger_good and not any(probe.status in _BAD for probe in probes)


def _check_webhooks(config: Config) -> bool:
    """Print whether test SMS can come back; return it."""
    try:
        missing = find_unregistered(config)
    except click.ClickException as problem:
        say(f"canary: {problem.format_message()}", good=False)
        return False
    if missing:
        say(f"canary: no webhook posts {', '.join(missing)}: ./sms-relay register URL", good=False)
    else:
        say("canary: what a test needs is registered", good=True)
    return not missing


def _in_memory(config: Config) -> Config:
    """Return a configuration that opens no ledger: opening a file would create it."""
    return replace(config, settings=config.settings.model_copy(update={"ledger_url": "memory:"}))


async def _await_probe(probe: "asyncio.Future[Probe] | object") -> Probe:
    try:
        return await asyncio.wait_for(probe, TIMEOUT)  # type: ignore[arg-type]  # an awaitable of any kind
    except TimeoutError:
        return Probe("unreachable", f"no answer within {TIMEOUT:.0f} s")


async def _check_ledger() -> bool:
    """Read one note, whether it exists or not; a file that does not exist yet is not created."""
    config, choice = load_chosen()
    shown = f"ledger: {choice.url} ({choice.why})"
    if choice.url.startswith("memory:"):
        say(f"? {shown}: whatever it knows is gone when the function ends")
        return True
    if is_missing(choice):
        say(f"? {shown}: it does not exist yet; the function creates it")
        return True
    try:
        await _read_note(config)
    except LedgerUnavailable as problem:
        say(f"{shown}: {problem}", good=False)
        return False
    say(f"{shown}: reachable", good=True)
    return True


async def _read_note(config: Config) -> None:
    ledger = open_ledger(config.settings.ledger_url)
    if ledger is not None:
        async with aclosing(ledger):
            await ledger.update_note("check", lambda _note: None)
            await warn_of_changed_secret(config, ledger)
