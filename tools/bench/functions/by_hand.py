"""A forwarder to one chat in twenty lines, as anyone would write it with this library."""

import hmac
import os

import functions_framework.aio
from pydantic import BaseModel
from starlette.requests import Request
from telegram import Bot


class Payload(BaseModel):
    """What is forwarded."""

    message: str
    sender: str


class Event(BaseModel):
    """What the phone posts."""

    event: str
    payload: Payload


bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], base_url=os.environ["TELEGRAM_API_URL"] + "/bot")


@functions_framework.aio.http
async def forward(request: Request) -> str | tuple[str, int]:
    """Send the text of an SMS to the chat."""
    if not hmac.compare_digest(request.query_params.get("apiKey", ""), os.environ["API_KEY"]):
        return "Unauthorized", 401
    event = Event.model_validate_json(await request.body())
    if event.event == "sms:received":
        text = f"{event.payload.sender}: {event.payload.message}"
        await bot.send_message(os.environ["TELEGRAM_CHAT_ID"], text)
    return "OK"
