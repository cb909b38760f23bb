"""The bot library, without what a bot that only sends never uses of it.

It is most of a cold start. Two libraries that it imports in turn are left out, for a quarter of that:
`cryptography`, which is optional to it and reads passports, and `httpx`, by which it would send if the
shared client did not; `own_wire` gives it that one back.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class Absent(ModuleType):
    """Stands for a module whose names are only mentioned while another one is imported."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


@contextmanager
def _without(**absent: ModuleType | None) -> Iterator[None]:
    """Import without these modules, where they are not loaded yet; None is one that is not installed."""
    hidden = {name: module for name, module in absent.items() if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None is what the import system asks for
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _without(cryptography=None, httpx=Absent("httpx")):
    from telegram import Bot, InputMediaDocument, InputMediaPhoto
    from telegram.error import (
        BadRequest,
        ChatMigrated,
        Conflict,
        Forbidden,
        InvalidToken,
        TelegramError,
    )
    from telegram.request import BaseRequest, RequestData

__all__ = [
    "BadRequest",
    "BaseRequest",
    "Bot",
    "ChatMigrated",
    "Conflict",
    "Forbidden",
    "InputMediaDocument",
    "InputMediaPhoto",
    "InvalidToken",
    "RequestData",
    "TelegramError",
]
