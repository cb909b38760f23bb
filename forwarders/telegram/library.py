"""What we use of python-telegram-bot, imported without two libraries that our bot does not need.

It imports `cryptography` (optional) to read passports, and `httpx` to send where it is given no client.
Without them a cold start takes 7 % fewer instructions and 12 MB less memory: the figures are in
docs/decisions/telegram-adapter.md.
"""

import sys
from types import SimpleNamespace

_STAND_INS = {
    "cryptography": None,  # as if it were not installed
    "httpx": SimpleNamespace(AsyncClient=object, Proxy=object, URL=object),  # named in annotations
}
_hidden = {name: each for name, each in _STAND_INS.items() if name not in sys.modules}
sys.modules.update(_hidden)  # type: ignore[arg-type]  # the import system takes any object, and None
try:
    from telegram import Bot, InputMediaDocument, InputMediaPhoto, Message
    from telegram.error import TelegramError
    from telegram.request import BaseRequest, RequestData
finally:
    for _name in _hidden:
        del sys.modules[_name]

__all__ = [
    "BaseRequest",
    "Bot",
    "InputMediaDocument",
    "InputMediaPhoto",
    "Message",
    "RequestData",
    "TelegramError",
]
