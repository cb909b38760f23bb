"""Several documents in one request: read together, or changed all or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from relay.ledger.firestore import answers
from relay.ledger.firestore.connection import Connection
from relay.ledger.firestore.values import Fields, decode, encode, seconds

PAGE = 50
"""How many documents are listed by one request: with bodies, each can have a megabyte."""
_LAST = "\U0010ffff"
"""No character comes after this one."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the server returned it at `read_at` (Unix seconds); without a `version` there is none.

    `version` is when it was written, in the server's own words.
    """

    path: str
    read_at: float
    version: str | None = None
    fields: Fields = field(default_factory=dict, repr=False)

    @property
    def written_at(self) -> float:
        """When it was written, in Unix seconds."""
        return seconds(self.version) if self.version else 0.0


class DocumentChange(NamedTuple):
    """A document, its new fields, and the version that it must have, None if there must be no document.

    A field that is None is removed; a document whose fields are None is erased.
    """

    path: str
    fields: Fields | None
    version: str | None


async def read(connection: Connection, paths: Sequence[str]) -> list[Document]:
    """Return what is stored, in the order of the paths."""
    if not paths:
        return []
    root = await connection.root()
    answer = await connection.ask("batchGet", {"documents": [root + each for each in paths]})
    return answers.content(answer, partial(_in_order, root, paths))


async def commit(connection: Connection, changes: Sequence[DocumentChange]) -> list[str | None] | None:
    """Change all documents, and return their new versions; None if another was faster."""
    if not changes:
        return []
    root = await connection.root()
    answer = await connection.ask("commit", {"writes": [_write(each, root) for each in changes]})
    return None if answers.is_overtaken(answer) else answers.content(answer, _versions)


async def listing(
    connection: Connection,
    collection: str,
    by: str,
    names: Collection[str] | None,
    *,
    between: tuple[Any, Any] | None = None,
    most: int | None = None,
) -> list[Document]:
    """Return the documents of a collection that have the field `by`, in its order.

    With `names`, they have only these fields, of which `by` must be one. `between` are the lowest and the
    highest value of `by`; at most `most` are returned.
    """
    query = _query(collection, (by, "__name__"), names)
    if between is not None:
        query |= _bounds(*([*encode({by: value}).values()] for value in between))
    return await _pages(connection, query, by, most)


async def named(connection: Connection, prefix: str, most: int | None = None) -> list[Document]:
    """Return the documents whose paths begin with a prefix, which has the name of a collection."""
    root = await connection.root()
    first, last = ([{"referenceValue": f"{root}{prefix}{end}"}] for end in ("", _LAST))
    query = _query(prefix.partition("/")[0], ("__name__",), None) | _bounds(first, last)
    return await _pages(connection, query, None, most)


def _query(collection: str, order: Sequence[str], names: Collection[str] | None) -> dict[str, Any]:
    query: dict[str, Any] = {
        "from": [{"collectionId": collection}],
        "orderBy": [{"field": {"fieldPath": each}} for each in order],
    }
    if names is not None:
        query["select"] = {"fields": [{"fieldPath": each} for each in names]}
    return query


def _bounds(first: list[Any], last: list[Any]) -> dict[str, Any]:
    """Return the part of a query that says where it begins and ends, both included."""
    return {"startAt": {"values": first, "before": True}, "endAt": {"values": last, "before": False}}


async def _pages(
    connection: Connection, query: dict[str, Any], by: str | None, most: int | None
) -> list[Document]:
    """Return what a query finds, page by page; it is ordered by the field `by`, if any, and the name."""
    root = await connection.root()
    documents: list[Document] = []
    while True:
        limit = PAGE if most is None else min(PAGE, most - len(documents))
        page = await _run(connection, query | {"limit": limit})
        documents += page
        if len(page) < limit or len(documents) == most:
            return documents
        after = [*encode({by: page[-1].fields[by]}).values()] if by else []
        after.append({"referenceValue": root + page[-1].path})
        query = query | {"startAt": {"values": after, "before": False}}


async def _run(connection: Connection, query: Mapping[str, Any]) -> list[Document]:
    answer = await connection.ask("runQuery", {"structuredQuery": query})
    return answers.content(answer, partial(_listed, await connection.root()))


def _in_order(root: str, paths: Sequence[str], results: Any) -> list[Document]:
    found = {each.path: each for each in (_document(root, each) for each in results)}
    return [found[path] for path in paths]


def _listed(root: str, results: Any) -> list[Document]:
    seconds(results[-1]["readTime"])  # a list without a document has it too
    return [_document(root, each) for each in results if "document" in each]


def _document(root: str, result: Mapping[str, Any]) -> Document:
    read_at = seconds(result["readTime"])
    if "missing" in result:
        return Document(result["missing"].removeprefix(root), read_at)
    found = result["found"] if "found" in result else result["document"]
    fields = decode(found.get("fields", {}))
    return Document(found["name"].removeprefix(root), read_at, found["updateTime"], fields)


def _versions(content: Any) -> list[str | None]:
    """Return the version of each document that was written; one that was erased has none."""
    return [each.get("updateTime") for each in content["writeResults"]]


def _write(change: DocumentChange, root: str) -> dict[str, Any]:
    name, version = root + change.path, change.version
    condition = {"updateTime": version} if version else {"exists": False}
    if change.fields is None:
        return {"delete": name, "currentDocument": condition}
    document = {"name": name, "fields": encode(change.fields)}
    return {
        "update": document,
        "updateMask": {"fieldPaths": list(change.fields)},
        "currentDocument": condition,
    }
