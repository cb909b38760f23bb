"""Holds the promises against what happened, and tells by which window a double came through."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from relay.delivery import Delivery, Outcome
from relay.model import DeliverySpec, DeliveryState
from tests.simulation.cloud import DEADLINE, Answer
from tests.simulation.ledger import Server
from tests.simulation.service import Call, Service, service_of

LATE = 0.06
"""Seconds by which an answer may miss its deadline: the turn of a loop, a ledger's margin."""
SETTLE = 1.5
"""Seconds in which an instance that runs has recorded what it was told."""


class Judge:
    """Knows everything, as no instance does."""

    def __init__(
        self, services: Mapping[str, Service], specs: tuple[DeliverySpec, ...], server: Server | None
    ) -> None:
        self.windows: Counter[str] = Counter()
        self.losses: list[str] = []
        self._services = services
        self._dues = specs
        self._server = server
        self._fallbacks = {spec.destination: spec.fallback for spec in specs}

    def look(self, events: int, deliveries: tuple[Delivery, ...]) -> None:
        """Note what the answer to so many events tells the phone to forget though nobody has it."""
        if any(each.open for each in deliveries):
            return
        by_key: dict[str, list[Delivery]] = {}
        for each in deliveries:
            by_key.setdefault(each.key, []).append(each)
        if len(by_key) != events:
            self.losses.append(f"{events - len(by_key)} of {events} events, which the answer does not name")
        for key, of_one in by_key.items():
            self.losses += [
                f"{key[:8]} for {each.destination}, called {each.outcome}"
                for each in of_one
                if not self._has(key, each)
            ]
            owed = self._server.owed.get(key, frozenset()) if self._server else frozenset()
            unnamed = owed - {service_of(each.destination) for each in of_one}
            self.losses += [f"{key[:8]} for {name}, which the answer does not name" for name in unnamed]

    def kept(self) -> None:
        """Nothing is lost."""
        assert not self.losses, f"lost: {self.losses}"

    def _has(self, key: str, delivery: Delivery) -> bool:
        if delivery.outcome is Outcome.REFUSED:
            return self._keeps(key, delivery.destination)
        service = service_of(delivery.destination)
        return any(self._services[name].accepted(key) for name in (service, *self._fallbacks[service]))

    def _keeps(self, key: str, name: str) -> bool:
        records = self._server.store._unsettled if self._server else {}
        record = records.get(key)
        return (
            record is not None and record.raw is not None and record.of(name).state is DeliveryState.REFUSED
        )

    def in_time(self, answers: list[Answer]) -> None:
        """There is always an answer in time."""
        slowest = max(answer.seconds for answer in answers)
        assert slowest <= DEADLINE + LATE, f"answered after {slowest:.2f} s"

    def together(self) -> None:
        """Nothing waits for another: the destinations of one flight are called at the same moment."""
        firsts: dict[str, dict[str, float]] = {}
        for name in self._fallbacks:
            for call in self._services[name].calls:
                firsts.setdefault(call.owner, {}).setdefault(name, call.at)
        fallbacks = {name for names in self._fallbacks.values() for name in names}
        for owner, times in firsts.items():
            moments = [at for name, at in times.items() if name not in fallbacks]
            assert not moments or max(moments) - min(moments) < 0.01, f"flight {owner} waited"

    def once(self) -> None:
        """Nothing comes twice, but through the windows that are documented."""
        for name, service in self._services.items():
            for first, second in _doubles(service):
                window = self._window(name, first, second)
                assert window, f"{name} got {first.key[:8]} twice, at {first.at:.2f} and {second.at:.2f}"
                self.windows[window] += 1

    def _window(self, name: str, first: Call, second: Call) -> str:
        """Return the window that a double came through, or nothing."""
        if self._server is None:
            if first.process is not second.process:
                return "(d) another or a restarted instance"
            return "" if first.understood else "(b) a lost answer"
        if self._missed_the_ledger(second):
            return "(c) an unreachable ledger"
        return self._unrecorded(name, first, self._server.granted.get(second.owner), self._server)

    def _unrecorded(self, name: str, first: Call, claimed: float | None, server: Server) -> str:
        """Return why the ledger did not know of the first acceptance when it granted the second."""
        known = server.covered.get((first.key, name, first.index), float("inf"))
        if claimed is None or known <= claimed:
            return ""
        if first.told is None or first.told > claimed:
            return "(a) a crash" if first.process.died <= claimed else "(b) a lost answer"
        if self._missed_the_ledger(first):
            return "(c) an unreachable ledger"
        if not first.understood:
            return "(b) a lost answer"
        if first.process.died <= first.told + SETTLE:
            return "(a) a crash"
        froze = any(first.told <= at <= first.told + SETTLE for at in first.process.froze)
        return "(b) an answer read in the last moment before a freeze" if froze else ""

    def _missed_the_ledger(self, call: Call) -> bool:
        return self._server is not None and call.owner in self._server.failed


def _doubles(service: Service) -> Iterator[tuple[Call, Call]]:
    """Yield each acceptance that came before another of the same post."""
    accepted: dict[tuple[str, int], list[Call]] = {}
    for call in service.calls:
        if call.accepted is not None:
            accepted.setdefault((call.key, call.index), []).append(call)
    for calls in accepted.values():
        yield from pairwise(sorted(calls, key=lambda call: call.at))
