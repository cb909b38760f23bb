"""Notes: small JSON objects, a document each."""

import json
import secrets
from collections.abc import Callable, Mapping

from relay.ledger import Note
from relay.ledger.firestore.connection import Connection
from relay.ledger.firestore.documents import DocumentChange, commit, named, read


async def update(connection: Connection, path: str, change: Callable[[Note | None], Note | None]) -> None:
    """Replace a note by what `change` makes of it; None leaves it as it is, an empty one is erased.

    A write whose answer was lost is known again by the token of its writer: two writers may write the same.
    """
    writer = secrets.token_hex(8)
    while True:
        [found] = await read(connection, [path])
        if found.fields.get("writer") == writer:
            return
        note = change(json.loads(found.fields["memo"]) if found.version else None)
        if note is None or (not note and not found.version):
            return
        fields = {"memo": json.dumps(note), "writer": writer} if note else None
        if await commit(connection, [DocumentChange(found.path, fields, found.version)]):
            return


async def find(connection: Connection, prefix: str) -> Mapping[str, Note]:
    """Return the notes whose paths begin with a prefix, by path."""
    return {each.path: json.loads(each.fields["memo"]) for each in await named(connection, prefix)}
