"""The connection to Firestore: made when it is first used, and left when it is down."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
PAUSES = (0.0, 0.05)
"""Seconds after which a call is made again, on a connection that has died."""

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
        self._users = 0
        self._down = False

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Bound what is done with the client.

        Raises:
            LedgerUnavailable: it failed, or took longer.
        """
        self._users += 1
        try:
            async with asyncio.timeout(seconds):
                yield
            self._down = False
        except (GoogleAPICallError, GoogleAuthError, OSError) as error:
            self._down |= isinstance(error, ServiceUnavailable)
            raise LedgerUnavailable(f"the ledger in Firestore is not available: {_reason(error)}") from None
        finally:
            self._users -= 1
            await self._leave()

    async def client(self) -> AsyncClient:
        """Return the client; callers that come together wait for the same one."""
        if self._connecting is None or _failed(self._connecting):
            self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(self._connecting)

    async def aclose(self) -> None:
        """Close the connection; the next use opens another."""
        connecting, self._connecting, self._down = self._connecting, None, False
        if connecting is None or connecting.cancel() or _failed(connecting):
            return
        client = connecting.result()
        await client._firestore_api.transport.close()  # noqa: SLF001 - it has no public way to close

    async def _connect(self) -> AsyncClient:
        self._since = asyncio.get_running_loop().time()
        if os.environ.get("FIRESTORE_EMULATOR_HOST"):
            return AsyncClient(project=self._project, database=self._database)
        if self._credentials is None:
            self._credentials = await asyncio.to_thread(google.auth.default, scopes=AsyncClient.SCOPE)
        credentials, project = self._credentials
        return AsyncClient(self._project or project, credentials, self._database)

    async def _leave(self) -> None:
        """Close a connection that is down, unless it is new, as soon as nobody is using it.

        By itself gRPC tries one that was down for long again only after up to two minutes. Closing
        cancels what is under way.
        """
        if self._down and not self._users and asyncio.get_running_loop().time() - self._since >= NEW:
            await self.aclose()


def _failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def repeatable(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that may be made twice: again if the connection proves to be dead.

    One that died while the instance was frozen is found out by the first call that uses it. gRPC
    takes a moment to take in what that call met, and may put the next one on the dead connection too.
    """
    for pause in PAUSES:
        try:
            return await call()
        except ServiceUnavailable:
            await asyncio.sleep(pause)
    return await call()


def _reason(error: Exception) -> str:
    """Say what is wrong in our words: the service's may quote what was sent."""
    known = (reason for kind, reason in _REASONS if isinstance(error, kind))
    return next(known, f"it failed with {type(error).__name__}")
