"""Any of the services that the Apprise library supports."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import ClassVar

from forwarders import base
from forwarders.apprise.compose import ApprisePost, compose
from forwarders.apprise.library import create_service, notify
from forwarders.apprise.options import AppriseOptions
from forwarders.base import Forwarder, Message, Probe, TransientFailure
from forwarders.http import Http


class Apprise(Forwarder[ApprisePost]):
    """Notify each of the configured services; Apprise does not say why one fails."""

    Options: ClassVar[type[base.Options]] = AppriseOptions

    def __init__(self, options: AppriseOptions, http: Http) -> None:
        del http  # the library has clients of its own
        self._options = options  # which keep the addresses out of every repr

    def plan(self, message: Message) -> tuple[ApprisePost, ...]:
        """Return the posts for the first service, then those for the next."""
        found = [create_service(address) for address in self._options.addresses]
        known = [(number, each) for number, each in enumerate(found) if each is not None]
        return tuple(post for number, each in known for post in compose(message, number, each))

    async def send(self, post: ApprisePost) -> str | None:
        """Make one post in a separate thread.

        Raises:
            TransientFailure: it was not accepted, for whatever reason.
        """
        addresses = self._options.addresses
        url = addresses[post.number]
        if not await _run_in_thread(lambda: notify(url, post.title, post.text, post.files)):
            address = f"address {post.number + 1} of {len(addresses)}"
            raise TransientFailure(f"Apprise could not deliver to {address}; it does not say why")
        return None

    async def probe(self) -> Probe:
        """Return unknown: Apprise can only send."""
        return Probe("unknown", "Apprise cannot check a service without sending something")


async def _run_in_thread(work: Callable[[], bool]) -> bool:
    """Run blocking work in a thread that neither the loop nor the exit of the process waits for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def set_result(result: bool) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = False
        with suppress(Exception):  # services raise their own exceptions, which may quote anything
            result = work()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(set_result, result)

    Thread(target=run, name="apprise", daemon=True).start()
    return await done
