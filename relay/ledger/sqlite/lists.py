"""What a file of records is searched for."""

import json
import sqlite3
from collections.abc import Mapping

from relay.ledger import LISTED, Note, current
from relay.ledger.record import Record, expiries_since
from relay.ledger.stored import listed

_UNSETTLED = """
SELECT key, record, iif(?, raw, NULL) FROM records
WHERE (unsettled IS NOT NULL OR instr(record, '"state":"dropped"')) AND expires > ?
"""
_SINCE = """
SELECT record FROM records WHERE expires BETWEEN ? AND ? OR expires BETWEEN ? AND ?
ORDER BY expires LIMIT ?
"""
_MEMOS = "SELECT name, memo FROM memos WHERE name >= ? AND name < ?"


def unsettled(now: float, bodies: bool, db: sqlite3.Connection) -> list[tuple[str, Record]]:
    """Return the records with something open or refused, the oldest first."""
    records = ((key, listed(text, raw)) for key, text, raw in db.execute(_UNSETTLED, (bodies, now)))
    found = [(key, each) for key, each in records if each and not each.settled]
    return sorted(found, key=lambda each: (each[1].dispatch.first_seen_at, each[0]))


def first_seen(moment: float, now: float, db: sqlite3.Connection) -> list[Record]:
    """Return the records that were first seen since a moment (Unix seconds), without their bodies."""
    settled, open_ones = expiries_since(moment, now)
    records = (listed(text, None) for (text,) in db.execute(_SINCE, (*settled, *open_ones, LISTED)))
    return [each for each in records if each and each.dispatch.first_seen_at >= moment]


def notes(prefix: str, now: float, db: sqlite3.Connection) -> Mapping[str, Note]:
    """Return the notes whose names begin with a prefix, by name."""
    rows = db.execute(_MEMOS, (prefix, f"{prefix}\U0010ffff"))
    found = {name: json.loads(memo) for name, memo in rows}
    return {name: note for name, note in found.items() if current(note, now)}
