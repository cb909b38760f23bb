"""Several documents in one request: read together, or changed all or none."""

from typing import Any

from google.api_core.exceptions import Conflict, FailedPrecondition, NotFound
from google.cloud.firestore_v1 import DELETE_FIELD, AsyncDocumentReference, AsyncWriteBatch, DocumentSnapshot

from relay.ledger.firestore.connection import Connection, repeatable

DocumentChange = tuple[AsyncDocumentReference, dict[str, Any] | None, Any]
"""A document, its fields, and the version that it must have, None if there must be no document.

A field that is None is removed; a document whose fields are None is erased.
"""


async def read(
    connection: Connection, documents: list[AsyncDocumentReference], seconds: float
) -> list[DocumentSnapshot[Any]]:
    """Return what is stored, in the order of the documents."""
    if not documents:
        return []
    client = await connection.client()

    async def read_all() -> dict[str, DocumentSnapshot[Any]]:
        snapshots = client.get_all(documents, retry=None, timeout=seconds)
        return {each.reference.path: each async for each in snapshots}

    found = await repeatable(read_all)
    return [found[each.path] for each in documents]


async def commit(connection: Connection, changes: list[DocumentChange], seconds: float) -> list[Any] | None:
    """Change all documents, and return their new versions; None if another was faster."""
    if not changes:
        return []
    client = await connection.client()
    batch = client.batch()
    for document, fields, version in changes:
        option = client.write_option(last_update_time=version) if version else None
        _add(batch, document, fields, option)
    try:
        results = await repeatable(lambda: batch.commit(retry=None, timeout=seconds))
    except (Conflict, FailedPrecondition, NotFound):
        return None
    return [each.update_time for each in results]


def _add(
    batch: AsyncWriteBatch, document: AsyncDocumentReference, fields: dict[str, Any] | None, option: Any
) -> None:
    if fields is None:
        batch.delete(document, option)
    elif option is None:
        batch.create(document, {name: each for name, each in fields.items() if each is not None})
    else:
        changed = {name: DELETE_FIELD if each is None else each for name, each in fields.items()}
        batch.update(document, changed, option)
