"""What the tests of Telegram begin with: a forwarder of the local server, a message sent, a picture."""

from typing import Any

from forwarders.base import Attachment, Message
from forwarders.http import Http
from forwarders.telegram import Telegram
from forwarders.telegram.options import TelegramOptions
from testkit.case import deliver
from testkit.services import telegram
from testkit.services.pictures import png
from testkit.services.telegram import CHAT, TOKEN, Shown


def options(**more: Any) -> TelegramOptions:
    return TelegramOptions(**{"bot_token": TOKEN, "chat_id": CHAT, **more})


def forwarder(server: telegram.Telegram, http: Http, **more: Any) -> Telegram:
    return Telegram(options(api_url=server.url, **more), http)


async def shown(
    server: telegram.Telegram, http: Http, message: Message, **more: Any
) -> tuple[list[Shown], list[str]]:
    """Deliver, and return what the chat shows and the reservations of the forwarder."""
    said = await deliver(forwarder(server, http, **more), message)
    return server.shown, said


def picture(number: int = 1, data: bytes = b"") -> Attachment:
    return Attachment(f"{number}.png", "image/png", data or png())
