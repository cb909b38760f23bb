"""The connection to Firestore: made when it is first used, and left when it is down."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import google.auth
from google.api_core.exceptions import (
    DeadlineExceeded,
    GoogleAPICallError,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    ServiceUnavailable,
    Unauthenticated,
)
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore_v1 import AsyncClient

from relay.ledger import LedgerUnavailable

NEW = 5.0
"""Seconds that a connection which is down is given to come up by itself."""
LONGEST = 30.0
"""Seconds that the longest call may take; so long a connection that was left stays open for others."""

T = TypeVar("T")

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (NotFound, "the project has no such database"),
    (PermissionDenied, "this account may not use the database; it needs the role roles/datastore.user"),
    (Unauthenticated, "Google does not know these credentials"),
    (GoogleAuthError, "no Google credentials; `gcloud auth application-default login` makes some"),
    (ResourceExhausted, "the quota is used up"),
    (InvalidArgument, "the record is refused; a document holds 1 MiB"),
    (ServiceUnavailable, "it cannot be reached"),
    (DeadlineExceeded, "it did not answer in time"),
    (TimeoutError, "it did not answer in time"),
    (OSError, "no project is known; write firestore://PROJECT"),
)


class Connection:
    """One client of the official library at a time, made in the running loop.

    A client made before a server forks hangs. What is asked of Google before there is one, such as
    whose credentials these are, is asked in a thread.
    """

    def __init__(self, project: str | None, database: str | None) -> None:
        self._project = project
        self._database = database
        self._credentials: Any = None
        self._connecting: asyncio.Task[AsyncClient] | None = None
        self._since = 0.0
        self._left: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Bound what is done with the client.

        Raises:
            LedgerUnavailable: it failed, or took longer.
        """
        try:
            async with asyncio.timeout(seconds):
                yield
        except (GoogleAPICallError, GoogleAuthError, OSError) as error:
            if isinstance(error, ServiceUnavailable):
                self._leave()
            raise LedgerUnavailable(f"the ledger in Firestore is not available: {_reason(error)}") from None

    async def client(self) -> AsyncClient:
        """Return the client; callers that come together wait for the same one."""
        if self._connecting is None or (self._connecting.done() and self._connecting.exception()):
            self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(self._connecting)

    async def aclose(self) -> None:
        """Close the connection; the next use opens another."""
        self._leave(new=0.0)
        self._closing.set()
        await asyncio.gather(*self._left)
        self._closing = asyncio.Event()

    async def _connect(self) -> AsyncClient:
        self._since = asyncio.get_running_loop().time()
        if os.environ.get("FIRESTORE_EMULATOR_HOST"):
            return AsyncClient(project=self._project, database=self._database)
        if self._credentials is None:
            self._credentials = await asyncio.to_thread(google.auth.default, scopes=AsyncClient.SCOPE)
        credentials, project = self._credentials
        return AsyncClient(self._project or project, credentials, self._database)

    def _leave(self, new: float = NEW) -> None:
        """Let the next use connect anew, unless this connection is new itself.

        By itself gRPC tries a connection that was down for long again only after up to two minutes.
        """
        now = asyncio.get_running_loop().time()
        if self._connecting is None or now - self._since < new:
            return
        task = asyncio.create_task(_close(self._connecting, self._closing))
        self._connecting = None
        self._left.add(task)
        task.add_done_callback(self._left.discard)


async def _close(connecting: asyncio.Task[AsyncClient], closing: asyncio.Event) -> None:
    """Close a client once its calls are over, for closing cancels them, or when all is closed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            await closing.wait()
    if not connecting.cancel() and not connecting.cancelled() and not connecting.exception():
        client = connecting.result()
        await client._firestore_api.transport.close()  # noqa: SLF001 - it has no public way to close


async def repeatable(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that may be made twice: again at once if the connection proves to be dead.

    One that died while the instance was frozen is found out by the first call that uses it.
    """
    try:
        return await call()
    except ServiceUnavailable:
        return await call()


def _reason(error: Exception) -> str:
    """Say what is wrong in our words: the service's may quote what was sent."""
    known = (reason for kind, reason in _REASONS if isinstance(error, kind))
    return next(known, f"it failed with {type(error).__name__}")
