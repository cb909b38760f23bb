"""How many events each destination has accepted in each hour, counted from the ledger's records."""

from collections.abc import Iterable
from dataclasses import replace

from relay.ledger.record import LEASE, Record
from relay.model import DeliveryState
from relay.watch.hours import HourlyCounts, add, hour_of, recent
from relay.watch.state import State

FARTHEST = 86400.0
"""Seconds that are looked back at most, after an outage."""
DESTINATIONS = 50
"""How many destinations are counted."""


def count_from(state: State, now: float) -> float:
    """Return since when records are to be read (Unix seconds)."""
    return max(state.counted, now - FARTHEST) if state.counted else now


def with_counts(state: State, records: Iterable[Record], now: float) -> State:
    """Return the state with events counted that were first seen since it last counted.

    An event counts by what has become of it by now; one that is not yet a minute old is counted later.
    """
    since, until = count_from(state, now), now - LEASE
    if until <= since:
        return state if state.counted else replace(state, counted=now)
    counts = {name: recent(each, now) for name, each in state.counts.items()}
    for record in records:
        if since <= record.dispatch.first_seen_at < until:
            _count(counts, record)
    kept = {name: each for name, each in counts.items() if each}
    return replace(state, counts=dict(list(kept.items())[:DESTINATIONS]), counted=until)


def _count(counts: dict[str, HourlyCounts], record: Record) -> None:
    hour = hour_of(record.dispatch.first_seen_at)
    for spec in record.dispatch.deliveries:
        delivered = record.of(spec.destination).state is DeliveryState.DELIVERED
        counts[spec.destination] = add(counts.get(spec.destination, {}), hour, delivered=delivered)
