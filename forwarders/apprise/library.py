"""The Apprise library, with its logging disabled: it quotes messages, and addresses with passwords.

https://appriseit.com
"""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apprise
from apprise.attachment.file import AttachFile
from apprise.manager_plugins import NotificationManager
from apprise.plugins import requirements

from forwarders.base import Attachment
from forwarders.text import file_name

CONNECT, READ = 3.0, 900.0
"""Seconds. The caller gives up an attempt after 30 s of running time; its thread ends after these.

They are wall-clock time, and an answer may wait in the socket while the instance is frozen: an idle
instance is kept for about 15 minutes.
"""
_ASSET = apprise.AppriseAsset(
    app_id="SMS relay",
    app_desc="SMS relay",
    async_mode=False,
    http_redirects=False,
    service_timeout=0,  # else the library uses threads that the interpreter waits for at its exit
)

logging.getLogger("apprise").disabled = True  # a level would not do: the library sets its own
for _name in ("urllib3", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def create_service(url: str) -> apprise.NotifyBase | None:
    """Return a new service for an address, or None if Apprise does not support it.

    Each post gets a new one, so that threads share nothing.
    """
    found = apprise.Apprise.instantiate(url, asset=_ASSET)
    if found is None:
        return None
    found.socket_connect_timeout, found.socket_read_timeout = CONNECT, READ
    found.overflow_mode = apprise.OverflowMode.SPLIT  # in case its markup makes a text too long
    found.service_retry = 0  # the phone tries again
    return found


def missing_libraries(url: str) -> Sequence[str]:
    """Return what has to be installed for an address, as `pip` takes it; empty if nothing is missing."""
    services: Any = NotificationManager()  # type: ignore[no-untyped-call]  # the library's gap
    scheme = url.partition("://")[0].lower()
    if scheme not in services or services[scheme].enabled:
        return ()
    needed: Any = requirements(services[scheme])  # type: ignore[no-untyped-call]  # the library's gap
    return tuple(needed["packages_required"])


def notify(url: str, title: str, text: str, files: Sequence[Attachment]) -> bool:
    """Notify one service, and return whether it has accepted; this blocks."""
    if not files:
        return _notify(url, title, text, [])
    with TemporaryDirectory(prefix="sms-relay-") as folder:
        return _notify(url, title, text, [_save(file, Path(folder)) for file in files])


def _notify(url: str, title: str, text: str, files: list[AttachFile]) -> bool:
    services = apprise.Apprise(asset=_ASSET)
    found = create_service(url)
    if found is None:
        return False
    services.add(found)
    attach = apprise.AppriseAttachment(files, asset=_ASSET) if files else None
    return bool(services.notify(text, title, body_format=apprise.NotifyFormat.TEXT, attach=attach))


def _save(file: Attachment, folder: Path) -> AttachFile:
    """Write a file under a number as its name."""
    path = folder / f"{len(list(folder.iterdir()))}"
    path.write_bytes(file.data)
    return AttachFile(str(path), name=file_name(file))  # type: ignore[no-untyped-call]  # the library's gap


def _load() -> None:
    """Load the library's services now, not at the first address; some use deprecated features of Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        apprise.Apprise.instantiate("json://localhost", asset=_ASSET)


_load()
