"""Notes: small JSON objects, a document each."""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from relay.ledger import Note, current
from relay.ledger.firestore.connection import Connection
from relay.ledger.firestore.documents import DocumentChange, commit, named, read
from relay.ledger.firestore.values import Fields


async def update(
    connection: Connection, path: str, change: Callable[[Note | None], Note | None], now: float
) -> None:
    """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased.

    Google deletes it some time after it has expired, as it does records. A write whose answer was lost is
    known again by the token of its writer: two writers may write the same.
    """
    writer = secrets.token_hex(8)
    while True:
        [found] = await read(connection, [path])
        if found.fields.get("writer") == writer:
            return
        note = change(current(json.loads(found.fields["memo"]), now) if found.version else None)
        if note is None or (not note and not found.version):
            return
        fields = _fields(note, writer) if note else None
        if await commit(connection, [DocumentChange(found.path, fields, found.version)]):
            return


async def find(connection: Connection, prefix: str, now: float) -> Mapping[str, Note]:
    """Return the notes whose paths begin with a prefix, by path."""
    found = {each.path: json.loads(each.fields["memo"]) for each in await named(connection, prefix)}
    return {path: note for path, note in found.items() if current(note, now)}


def _fields(note: Note, writer: str) -> Fields:
    expires = datetime.fromtimestamp(note["expires"], UTC) if "expires" in note else None
    return {"memo": json.dumps(note), "writer": writer, "expires": expires}
