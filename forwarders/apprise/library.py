"""The Apprise library, made quiet: what it logs quotes messages and addresses with passwords in them.

https://appriseit.com
"""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import apprise
from apprise.attachment.file import AttachFile

from forwarders.base import Attachment
from forwarders.text import file_name

CONNECT, READ = 3.0, 900.0
"""Seconds. The caller gives an attempt up after 30 s of running; a thread that is left behind ends by these.

They are counted on the wall, and an answer may wait in the socket while the instance is frozen: an idle
one is kept for about 15 minutes.
"""
_ASSET = apprise.AppriseAsset(
    app_id="SMS relay",
    app_desc="SMS relay",
    async_mode=False,
    http_redirects=False,
    service_timeout=0,  # the library would wait in threads that the interpreter waits for at its exit
)

logging.getLogger("apprise").disabled = True  # a level would not do: the library sets its own
for _name in ("urllib3", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def service(url: str) -> apprise.NotifyBase | None:
    """Return the service of an address, or None if it is not one that Apprise can use.

    One made for each post, so that threads share nothing.
    """
    found = apprise.Apprise.instantiate(url, asset=_ASSET)
    if found is None:
        return None
    found.socket_connect_timeout, found.socket_read_timeout = CONNECT, READ
    found.overflow_mode = apprise.OverflowMode.SPLIT  # in case that its own markup makes a text too long
    found.service_retry = 0  # the phone tries again
    return found


def notify(url: str, title: str, text: str, files: Sequence[Attachment]) -> bool:
    """Notify one service, and return whether it accepted; this blocks."""
    if not files:
        return _notify(url, title, text, [])
    with TemporaryDirectory(prefix="sms-relay-") as folder:
        return _notify(url, title, text, [_saved(file, Path(folder)) for file in files])


def _notify(url: str, title: str, text: str, files: list[AttachFile]) -> bool:
    services = apprise.Apprise(asset=_ASSET)
    found = service(url)
    if found is None:
        return False
    services.add(found)
    attach = apprise.AppriseAttachment(files, asset=_ASSET) if files else None
    return bool(services.notify(text, title, body_format=apprise.NotifyFormat.TEXT, attach=attach))


def _saved(file: Attachment, folder: Path) -> AttachFile:
    """Write a file, under a name that says nothing and collides with none."""
    path = folder / f"{len(list(folder.iterdir()))}"
    path.write_bytes(file.data)
    return AttachFile(str(path), name=file_name(file))  # type: ignore[no-untyped-call]  # the library's gap


def _load() -> None:
    """Load the library's services, which it does at the first address; some use what Python retires."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        apprise.Apprise.instantiate("json://localhost", asset=_ASSET)


_load()
