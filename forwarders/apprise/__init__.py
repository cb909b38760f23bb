"""Any of the services that the Apprise library knows, by its address."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import ClassVar

from forwarders import base
from forwarders.apprise.compose import ApprisePost, compose
from forwarders.apprise.library import notify, service
from forwarders.apprise.options import AppriseOptions
from forwarders.base import Forwarder, Message, Probe, TransientFailure
from forwarders.http import Http


class Apprise(Forwarder[ApprisePost]):
    """Notify each of the configured services; what went wrong Apprise does not tell."""

    Options: ClassVar[type[base.Options]] = AppriseOptions

    def __init__(self, options: AppriseOptions, http: Http) -> None:
        del http  # the library has clients of its own
        self._options = options  # they keep the addresses out of every repr

    def plan(self, message: Message) -> tuple[ApprisePost, ...]:
        """Return the posts for the first service, then those for the next."""
        found = [service(address) for address in self._options.addresses]
        known = [(number, each) for number, each in enumerate(found) if each is not None]
        return tuple(post for number, each in known for post in compose(message, number, each))

    async def send(self, post: ApprisePost) -> str | None:
        """Make one post in a thread of its own.

        Raises:
            TransientFailure: it was not accepted, for whatever reason.
        """
        addresses = self._options.addresses
        if not await _aside(lambda: notify(addresses[post.number], post.title, post.text, post.files)):
            place = f"address {post.number + 1} of {len(addresses)}"
            raise TransientFailure(f"Apprise could not deliver to {place}; it does not tell why")
        return None

    async def probe(self) -> Probe:
        """Return that nothing is known: Apprise can only send."""
        return Probe("unknown", "Apprise cannot ask a service anything without sending something")


async def _aside(work: Callable[[], bool]) -> bool:
    """Run work that blocks, in a thread that neither the loop nor the end of the process waits for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def tell(result: bool) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = False
        with suppress(Exception):  # each service has exceptions of its own, and they quote what they like
            result = work()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result)

    Thread(target=run, name="apprise", daemon=True).start()
    return await done
