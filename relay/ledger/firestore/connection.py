"""The connection to Firestore's REST interface: as whom it is asked, and how long it may take.

https://docs.cloud.google.com/firestore/docs/reference/rest
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from forwarders.base import Failure, TransientFailure
from forwarders.http import Answer, Http
from relay.ledger.firestore.access import Access, find_access
from relay.ledger.firestore.answers import unavailable

SERVICE = "https://firestore.googleapis.com"
PAUSES = (0.0, 0.05)
"""Seconds after which a request is made again, on a connection that has died."""
LONGEST = 100 * 1024 * 1024
"""Bytes of the longest answer that is read: those of a page of a list, with bodies."""
RENEW = 225.0
"""Seconds before its end at which a token is fetched anew: the metadata server gives no other one before."""
UNAUTHENTICATED = 401


class Connection:
    """Sends requests through the HTTP client that all share.

    The access is found when it is first needed, by all callers together. Finding it goes on when they give
    up, so that the next one has it.
    """

    def __init__(
        self,
        http: Http,
        project: str | None,
        database: str | None,
        clock: Callable[[], float] = time.time,
        *,
        service: str = SERVICE,
    ) -> None:
        self._http = http
        self._project = project
        self._database = database
        self._clock = clock
        self._service = service
        self._access: Access | None = None
        self._finding: asyncio.Task[Access] | None = None

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Bound what is done with the connection.

        Raises:
            LedgerUnavailable: it failed, or took longer.
        """
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise unavailable("it did not answer in time") from None
        except Failure as failure:
            raise unavailable(f"it cannot be reached: {failure.reason}") from None

    async def root(self) -> str:
        """Return what the names of all documents begin with."""
        return self._root((await self._enter()).project)

    async def ask(self, method: str, body: Any) -> Answer:
        """Make a request that may be made twice: again if the connection proves to be dead.

        One that died while the instance was frozen is found out by the first request that uses it, and
        the next one may be put on another dead one.
        """
        access = await self._enter()
        url = f"{access.service}/v1/{self._root(access.project).removesuffix('/')}:{method}"
        for pause in PAUSES:
            with suppress(TransientFailure):
                return await self._post(url, access, body)
            await asyncio.sleep(pause)
        return await self._post(url, access, body)

    def prepare(self) -> None:
        """Begin to find the access, or to renew it, beside what the caller does."""
        if self._access is None or self._access.ends < self._clock() + RENEW:
            self._find()

    def _root(self, project: str) -> str:
        return f"projects/{project}/databases/{self._database or '(default)'}/documents/"

    async def _post(self, url: str, access: Access, body: Any) -> Answer:
        answer = await self._http.request("POST", url, headers=access.headers, json=body, limit=LONGEST)
        if answer.status == UNAUTHENTICATED and self._access is access:
            self._access = None  # the next request finds another
        if not answer.whole:
            raise TransientFailure("its answer was cut off")
        return answer

    async def _enter(self) -> Access:
        """Return an access that has not ended."""
        self.prepare()
        if self._access is None or self._access.ends <= self._clock():
            self._access = await asyncio.shield(self._find())
        return self._access

    def _find(self) -> asyncio.Task[Access]:
        if self._finding is None or self._finding.done():
            finding = find_access(self._http, self._service, self._project, self._clock)
            self._finding = asyncio.create_task(finding)
            self._finding.add_done_callback(self._found)
        return self._finding

    def _found(self, finding: asyncio.Task[Access]) -> None:
        if not finding.cancelled() and finding.exception() is None:
            self._access = finding.result()
