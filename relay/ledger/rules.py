"""What a claim and a settlement make of a record, wherever it is kept."""

import dataclasses
from collections.abc import Iterable, Mapping

from relay.ledger.record import (
    LEASE,
    OPEN_FOR,
    SETTLED_FOR,
    Busy,
    Claim,
    Done,
    Granted,
    Progress,
    Record,
    Settlement,
)
from relay.model import DeliveryState, Dispatch


def claim(
    key: str, record: Record | None, dispatch: Dispatch, owner: str, now: float, *, again: bool = False
) -> Claim:
    """Decide a claim of the record under a key; a `Granted` carries the record to write.

    What an event owes is what its first claim said: one that owes nothing now may have been claimed when
    it did. `again` opens what was finally refused.
    """
    known = record is not None and record.expires > now
    if not known and not dispatch.deliveries:
        return Done(Record(dispatch), key)
    record = record if record and known else Record(dispatch)
    if again:
        record = dataclasses.replace(record, progress=dict(_tried_again(record.progress)))
    if DeliveryState.OPEN not in record.states():
        return Done(record, key)
    if now < record.lease_until < now + 2 * LEASE and record.owner not in ("", owner):
        return Busy(record.lease_until, key)
    leased = dataclasses.replace(record, owner=owner, lease_until=now + LEASE, expires=now + OPEN_FOR)
    return Granted(leased, key)


def settle(record: Record | None, settlement: Settlement, now: float) -> Record:
    """Return the record to write: facts are merged whoever holds the lease by then.

    A record that is gone, or that the claim never reached, is made from what the settlement says.
    The body is erased once nobody needs it. A refusal is final only where the body is kept: without
    it, the destination stays open.
    """
    if record is None or record.expires <= now:
        record = Record(settlement.dispatch, owner=settlement.owner, lease_until=now + LEASE)
    late = {name: record.of(name).merged(each) for name, each in settlement.outcomes.items()}
    owner, lease_until, raw = _lease(record, settlement, now)
    merged = dataclasses.replace(
        record,
        dispatch=settlement.dispatch if _may_decide(record, settlement) else record.dispatch,
        progress={**record.progress, **late},
        owner=owner,
        lease_until=lease_until,
        expires=now + OPEN_FOR,
        raw=raw,
        unknown_since=_earliest(record.unknown_since, settlement.unknown_since),
    )
    if raw is None and DeliveryState.REFUSED in merged.states():
        return dataclasses.replace(merged, progress=dict(_reopened(merged.progress)))
    return dataclasses.replace(merged, raw=None, expires=now + SETTLED_FOR) if merged.settled else merged


def _may_decide(record: Record, settlement: Settlement) -> bool:
    """Return whether the settlement may say anew what the event owes: its destinations may be unknown now."""
    return record.owner == settlement.owner and not record.has_acceptance


def _lease(record: Record, settlement: Settlement, now: float) -> tuple[str, float, bytes | None]:
    """Return whose lease it is, until when, and the body: only the owner may change them."""
    if record.owner != settlement.owner:
        return record.owner, record.lease_until, record.raw
    raw = record.raw if settlement.raw is None else settlement.raw
    return ("", 0.0, raw) if settlement.release else (record.owner, now + LEASE, raw)


def _earliest(*moments: float) -> float:
    return min(filter(None, moments), default=0.0)


def _reopened(progress: Mapping[str, Progress]) -> Iterable[tuple[str, Progress]]:
    for name, each in progress.items():
        refused = each.state is DeliveryState.REFUSED
        yield name, dataclasses.replace(each, state=DeliveryState.OPEN) if refused else each


def _tried_again(progress: Mapping[str, Progress]) -> Iterable[tuple[str, Progress]]:
    for name, each in _reopened(progress):
        yield name, dataclasses.replace(each, refused={})
