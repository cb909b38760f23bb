"""`chats`: who has written to the Telegram bot and where, with the ids for the configuration."""

import asyncio
from collections.abc import Iterator
from typing import Any

import click
from pydantic import SecretStr

from forwarders.http import Http
from relay_cli.terminal import fail, print_json, print_table, read_environment, run, say

API = "https://api.telegram.org"
TIMEOUT = 20.0
"""Seconds to wait for Telegram's answer."""
EVERYTHING: tuple[str, ...] = ()
"""The types of updates to fetch, all of them: else those that `replies on` has left out stay so.

https://core.telegram.org/bots/api#getupdates
"""
ANOTHER_PROGRAM = "another program fetches this bot's messages: stop that, then run this again"
HAS_WEBHOOK = (
    "the bot has a webhook, which gets its messages: ./sms-relay replies off, write to the bot, run this, "
    "then ./sms-relay replies on URL. In a private chat TELEGRAM_CHAT_ID is the user's id, too"
)

_IDS = ("chat_id", "thread_id", "user_id")


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def chats(for_scripts: bool) -> None:
    """List the chats that wrote to the bot of TELEGRAM_BOT_TOKEN in the last day, their topics and users.

    Message the bot first, or add it to a group and write there. `user_id` is the number of who wrote, for
    TELEGRAM_REPLIES.

    \b
    Example: ./sms-relay chats
    """
    variables = read_environment()
    token = variables.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token:
        fail("TELEGRAM_BOT_TOKEN is not set: put the token from @BotFather in .env")
    updates = run(_fetch_updates(SecretStr(token), (variables.get("TELEGRAM_API_URL") or API).rstrip("/")))
    rows = list({tuple(each[name] for name in _IDS): each for each in _find_chats(updates)}.values())
    if for_scripts:
        print_json(rows)
    elif not rows:
        say("No chat has written to the bot yet: message the bot first, then run this again.")
    else:
        print_table(rows[0], ((value or "" for value in row.values()) for row in rows))


async def _fetch_updates(token: SecretStr, api: str) -> list[dict[str, Any]]:
    http = Http()
    try:
        async with asyncio.timeout(TIMEOUT):
            url = f"{api}/bot{token.get_secret_value()}/getUpdates"
            answer = await http.request("POST", url, json={"allowed_updates": EVERYTHING})
    except TimeoutError:
        fail(f"Telegram did not answer within {TIMEOUT:.0f} s")
    finally:
        await http.aclose()
    if answer.status == 401 or answer.status == 404:  # noqa: PLR1714, PLR2004  (HTTP's own)
        fail("Telegram rejects this token: copy it again from @BotFather")
    if answer.status == 409:  # noqa: PLR2004  (HTTP's own)
        fail(HAS_WEBHOOK if b"webhook is active" in answer.body else ANOTHER_PROGRAM)
    content = answer.json()
    if not isinstance(content, dict) or not isinstance(content.get("result"), list):
        fail(f"Telegram answers {answer.status}; try again later")
    return [each for each in content["result"] if isinstance(each, dict)]


def _find_chats(updates: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for update in updates:
        for part in update.values():
            chat = part.get("chat") if isinstance(part, dict) else None
            if isinstance(chat, dict):
                user = _find_user(part)
                yield {
                    "chat_id": chat.get("id"),
                    "thread_id": part.get("message_thread_id") if part.get("is_topic_message") else None,
                    "kind": chat.get("type"),
                    "name": chat.get("title") or chat.get("username") or chat.get("first_name"),
                    "user_id": user.get("id"),
                    "user": user.get("username") or user.get("first_name"),
                }


def _find_user(part: dict[str, Any]) -> dict[str, Any]:
    """Return the person who wrote; a channel, and an administrator who stays anonymous, is none."""
    user = part.get("from")
    return user if isinstance(user, dict) and not user.get("is_bot") else {}
