"""The connections of one client of the library, which can be closed while requests are using them.

The library keeps a request open when the task that waits for it is cancelled, and closing or dropping
its client does not change that: only its own time-out ends such a request, and that counts wall-clock
time, so it cannot be short. Its sockets can be recognised, though, and shut down from outside: the
request then fails within the library, which frees its bytes and closes its socket.
"""

import os
import socket
import stat
from asyncio import Semaphore
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from weakref import WeakSet

from pyreqwest.client import ClientBuilder
from pyreqwest.http import Url
from pyreqwest.request import RequestBuilder

_MARK = 3_600_000
"""Milliseconds of the socket option that marks our sockets; each client adds a number of its own.

TCP_USER_TIMEOUT is how long sent data may stay unacknowledged; an hour or so has no effect.
"""
_CAN_MARK = hasattr(socket, "TCP_USER_TIMEOUT")
_DESCRIPTORS = Path("/proc/self/fd")
_numbers = count()


class _Open:
    """An open request: the library holds this object as long as it holds the request."""

    __slots__ = ("__weakref__",)


class Connections:
    """One client of the library.

    `waiting` counts the requests whose callers wait for an answer; `cancelled` has the slots of those whose
    callers no longer do.
    """

    def __init__(self, idle: timedelta, connect: timedelta, timeout: timedelta) -> None:
        self._mark = _MARK + next(_numbers)
        builder = ClientBuilder().no_proxy().follow_redirects(enable=False).user_agent("sms-relay")
        builder = builder.connect_timeout(connect).pool_idle_timeout(idle).timeout(timeout)
        if _CAN_MARK:
            builder = builder.tcp_user_timeout(timedelta(milliseconds=self._mark))
        self._client = builder.build()
        self._open: WeakSet[_Open] = WeakSet()
        self.waiting = 0
        self.cancelled: list[Semaphore] = []

    def build(self, method: str, url: Url) -> RequestBuilder:
        """Start to build a request; it counts as open until the library has released it."""
        request = _Open()
        self._open.add(request)
        return self._client.request(method, url).extensions({"open": request})

    @property
    def is_used(self) -> bool:
        """Whether a request is open."""
        Url.is_valid("")  # frees what the library has dropped in its own thread
        return bool(self.waiting or self._open)

    def shut_down(self) -> None:
        """Close every connection, in use or not."""
        if _CAN_MARK:
            for each in _sockets_of_this_process():
                with each, suppress(OSError):
                    if each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == self._mark:
                        each.shutdown(socket.SHUT_RDWR)

    def release_slots(self) -> None:
        """Release the slots of cancelled requests."""
        for slot in self.cancelled:
            slot.release()
        self.cancelled = []

    async def close(self) -> None:
        """Close every connection, and accept no further request."""
        await self._client.close()
        self.shut_down()


def _sockets_of_this_process() -> Iterator[socket.socket]:
    """Yield a duplicate of each socket of this process: the original may be closed at any moment."""
    with suppress(OSError):  # there is no such folder
        for each in _DESCRIPTORS.iterdir():
            with suppress(OSError):  # it was closed meanwhile, or no descriptor is left for a duplicate
                handle = os.dup(int(each.name))
                if stat.S_ISSOCK(os.fstat(handle).st_mode):
                    yield socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=handle)
                else:
                    os.close(handle)
