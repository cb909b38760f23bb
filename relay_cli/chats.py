"""`chats`: the chats that have written to the Telegram bot, with the ids for the configuration."""

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


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def chats(for_scripts: bool) -> None:
    """List the chats that wrote to the bot of TELEGRAM_BOT_TOKEN in the last day, and their topics.

    Message the bot first, or add it to a group and write there.

    \b
    Example: ./sms-relay chats
    """
    variables = read_environment()
    token = variables.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token:
        fail("TELEGRAM_BOT_TOKEN is not set: put the token from @BotFather in .env")
    updates = run(_fetch_updates(SecretStr(token), (variables.get("TELEGRAM_API_URL") or API).rstrip("/")))
    rows = list({(each["chat_id"], each["thread_id"]): each for each in _find_chats(updates)}.values())
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
            answer = await http.request("POST", f"{api}/bot{token.get_secret_value()}/getUpdates", json={})
    except TimeoutError:
        fail(f"Telegram did not answer within {TIMEOUT:.0f} s")
    finally:
        await http.aclose()
    if answer.status == 401 or answer.status == 404:  # noqa: PLR1714, PLR2004  (HTTP's own)
        fail("Telegram rejects this token: copy it again from @BotFather")
    if answer.status == 409:  # noqa: PLR2004  (HTTP's own)
        fail(
            "another program fetches this bot's messages, or it has a webhook: stop that, then run this again"
        )
    content = answer.json()
    if not isinstance(content, dict) or not isinstance(content.get("result"), list):
        fail(f"Telegram answers {answer.status}; try again later")
    return [each for each in content["result"] if isinstance(each, dict)]


def _find_chats(updates: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for update in updates:
        for part in update.values():
            chat = part.get("chat") if isinstance(part, dict) else None
            if isinstance(chat, dict):
                yield {
                    "chat_id": chat.get("id"),
                    "thread_id": part.get("message_thread_id") if part.get("is_topic_message") else None,
                    "kind": chat.get("type"),
                    "name": chat.get("title") or chat.get("username") or chat.get("first_name"),
                }
