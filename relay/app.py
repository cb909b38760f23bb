"""The parts of a deployment, built of its configuration."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from forwarders.base import Failure, Forwarder, Options
from forwarders.http import Http
from relay.alerts import Alerts
from relay.config import Config, Destination, import_forwarder
from relay.config.destinations import has_replies
from relay.delivery import Delivery, Observer, Relay
from relay.delivery.backoff import Backoff
from relay.events import Event
from relay.ledger import open_ledger
from relay.ledger.memory import MemoryLedger
from relay.ledger.secret import CHANGED, Fingerprint
from relay.ledger.tiered import TieredLedger
from relay.logs import Log
from relay.model import DeliverySpec
from relay.rendering import Renderer
from relay.request_log import write_late
from relay.routing import Router

if TYPE_CHECKING:
    from relay.canary import Canaries
    from relay.replies import Replies
    from relay.watch import Watch


@dataclass(frozen=True, slots=True)
class App:
    """What one process needs to deliver events. Nothing is connected before it is used."""

    relay: Relay
    ledger: TieredLedger
    forwarders: Mapping[str, Forwarder[Any]]
    renderer: Renderer
    alerts: Alerts
    http: Http
    watch: "Watch | None" = None
    replies: "Replies | None" = None
    canaries: "Canaries | None" = None

    async def aclose(self) -> None:
        """Let what is under way come to its end, and let go of connections and files."""
        await self.relay.drain()
        if self.replies:
            await self.replies.drain()
        await self.ledger.aclose()
        await self.http.aclose()


def build_app(config: Config, log: Log, clock: Callable[[], float] = time.time) -> App:
    """Build the parts.

    Raises:
        ConfigurationError: a route, a template or the ledger's address cannot be used.
    """
    http = Http()
    places = {name: _place(each, http) for name, each in config.destinations.items()}
    settings = config.settings
    fingerprint = Fingerprint(settings.ledger_secret)
    durable = open_ledger(settings.ledger_url, clock, fingerprint=fingerprint, http=http)
    if fingerprint.differs:
        log.write("WARNING", CHANGED)
    ledger = TieredLedger(MemoryLedger(clock), durable, lambda problem: log.write("ERROR", problem))
    backoff = Backoff(clock)
    alerts = _alerts(config, places, ledger, backoff, log=log, clock=clock)
    renderer = Renderer(config)
    canaries = _canaries(config, ledger, http=http, clock=clock) if config.canaries else None
    replies = _replies(config, places, ledger, http=http, log=log, clock=clock)
    relay = Relay(
        config,
        Router(config),
        renderer,
        places,
        ledger,
        observer=_Reports(alerts, log, renderer, replies),
        backoff=backoff,
        clock=clock,
        takers=[*([canaries.taker] if canaries else []), *([replies] if replies else [])],
    )
    watch = None
    if config.watch:
        watch = _watch(config, relay, ledger, alerts, http=http, clock=clock, canaries=canaries)
    if replies and watch:
        replies.tell_status(watch.describe)
    return App(relay, ledger, places, renderer, alerts, http, watch, replies, canaries)


class _Reports(Observer):
    """Passes what happens beside the answers on to the alerts and the log, and to who may be answered."""

    def __init__(self, alerts: Alerts, log: Log, renderer: Renderer, replies: "Replies | None") -> None:
        self._alerts = alerts
        self._log = log
        self._renderer = renderer
        self._replies = replies

    def attempt_ended(self, destination: str, failure: Failure | None) -> None:
        self._alerts.attempt_ended(destination, failure)

    def posted(self, event: Event, spec: DeliverySpec, ids: tuple[str, ...]) -> None:
        if self._replies and self._renderer.visibility(spec) == "full":
            self._replies.posted(event, spec, ids)

    def ended_late(self, event: Event, delivery: Delivery) -> None:
        write_late(self._log, event, delivery)

    def problem(self, message: str) -> None:
        self._log.write("WARNING", message)


def _place(destination: Destination, http: Http) -> Forwarder[Any]:
    build: Callable[[Options, Http], Forwarder[Any]] = import_forwarder(destination.type)
    return build(destination.options, http)


def _replies(
    config: Config,
    places: Mapping[str, Forwarder[Any]],
    ledger: TieredLedger,
    *,
    http: Http,
    log: Log,
    clock: Callable[[], float],
) -> "Replies | None":
    """Build the answers, if a destination can be answered; else nothing of them is loaded."""
    if config.gateway is None or not any(has_replies(each.options) for each in config.destinations.values()):
        return None
    from relay.gateway import Gateway  # noqa: PLC0415  (without answers, nothing of it is loaded)
    from relay.replies import Replies, find_conversations  # noqa: PLC0415  (without answers, nothing of it is loaded)

    gateway = Gateway(config.gateway, http)
    return Replies(config, find_conversations(places), gateway, ledger, log=log, clock=clock)


def _watch(
    config: Config,
    relay: Relay,
    ledger: TieredLedger,
    alerts: Alerts,
    *,
    http: Http,
    clock: Callable[[], float],
    canaries: "Canaries | None",
) -> "Watch":
    from relay.watch import Watch  # noqa: PLC0415  (without a watch, nothing of it is loaded)

    return Watch(config, relay, ledger, alerts, http=http, clock=clock, loops=canaries)


def _canaries(config: Config, ledger: TieredLedger, *, http: Http, clock: Callable[[], float]) -> "Canaries":
    from relay.canary import Canaries  # noqa: PLC0415  (without a test, nothing of it is loaded)

    return Canaries(config, ledger, http=http, clock=clock)


def _alerts(
    config: Config,
    places: Mapping[str, Forwarder[Any]],
    ledger: TieredLedger,
    backoff: Backoff,
    *,
    log: Log,
    clock: Callable[[], float],
) -> Alerts:
    settings = config.settings
    return Alerts(
        settings.alerts,
        places,
        ledger,
        secret=settings.ledger_secret,
        zone=ZoneInfo(settings.timezone) if settings.timezone else UTC,
        backoff=backoff,
        clock=clock,
        report=lambda problem: log.write("WARNING", problem),
    )
