"""What is allowed in the settings and unwise: a sentence each."""

import re

from relay.config.settings import SHORT, Settings

_URL_SAFE = re.compile(rb"[A-Za-z0-9._~-]+")


def find_warnings(settings: Settings, *, watched: bool = False) -> list[str]:
    """Return a sentence for each setting that is allowed but unwise."""
    return [
        *_warn_of_weak_keys(settings.api_keys),
        *_warn_of_weak_secret(settings),
        *_warn_of_useless_watch(settings, watched=watched),
    ]


def _warn_of_useless_watch(settings: Settings, *, watched: bool) -> list[str]:
    secrets = {"TICK_SECRET": settings.tick_secret, "STATUS_KEY": settings.status_key}
    if not watched:
        return [f"{name}: has no effect without [watch] or WATCH" for name, each in secrets.items() if each]
    if settings.on_google and settings.ledger_url == "memory:":
        return ["LEDGER_URL: with memory: the watch knows only the phones that its own instance has heard"]
    return []


def _warn_of_weak_keys(keys: tuple[bytes, ...]) -> list[str]:
    found = []
    for number, key in enumerate(keys, 1):
        which = f"API_KEY: key {number}" if len(keys) > 1 else "API_KEY: the key"
        if len(key) < SHORT:
            found.append(
                f"{which} can be guessed: it has fewer than {SHORT} characters; use a long random one"
            )
        if not _URL_SAFE.fullmatch(key):
            found.append(
                f"{which} must be percent-encoded in a URL; use letters, digits, '-', '.', '_' and '~'"
            )
    return found


def _warn_of_weak_secret(settings: Settings) -> list[str]:
    if settings.ledger_url == "memory:":
        return []
    if settings.ledger_secret is None:
        return ["LEDGER_SECRET: not set; numbers and codes could be guessed from the ledger's keys"]
    if len(settings.ledger_secret) < SHORT:
        return [
            f"LEDGER_SECRET: it can be guessed: it has fewer than {SHORT} characters; use a long random one"
        ]
    return []
