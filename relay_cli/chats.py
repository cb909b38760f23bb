"""`chats`: the chats that the Telegram bot has seen, with the ids to put into the configuration."""

import asyncio
from collections.abc import Iterator
from typing import Any

import click
from pydantic import SecretStr

from forwarders.http import Http
from relay_cli.terminal import as_json, environment, fail, run, say, show

API = "https://api.telegram.org"
ANSWER_TIME = 20.0
"""Seconds that Telegram has to answer."""


@click.command()
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def chats(for_scripts: bool) -> None:
    """List the chats that the bot of TELEGRAM_BOT_TOKEN has seen in the last day, and their topics.

    Write a word to the bot, or add it to a group and write there, then call this.

    \b
    Example: python -m relay chats
    """
    variables = environment()
    token = variables.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token:
        fail("TELEGRAM_BOT_TOKEN is not set: put the token that @BotFather gave you into .env")
    found = run(_updates(SecretStr(token), (variables.get("TELEGRAM_API_URL") or API).rstrip("/")))
    rows = list({(each["chat_id"], each["thread_id"]): each for each in _chats(found)}.values())
    if for_scripts:
        as_json(rows)
    elif not rows:
        say("The bot has seen nothing yet: write a word to it, then call this again.")
    else:
        show(rows[0], ((value or "" for value in row.values()) for row in rows))


async def _updates(token: SecretStr, api: str) -> list[dict[str, Any]]:
    http = Http()
    try:
        async with asyncio.timeout(ANSWER_TIME):
            answer = await http.request("POST", f"{api}/bot{token.get_secret_value()}/getUpdates", json={})
    except TimeoutError:
        fail(f"Telegram did not answer within {ANSWER_TIME:.0f} s")
    finally:
        await http.aclose()
    said = answer.json()
    if answer.status == 401 or answer.status == 404:  # noqa: PLR1714, PLR2004  (HTTP's own)
        fail("Telegram does not know this token: copy it again from @BotFather")
    if answer.status == 409:  # noqa: PLR2004  (HTTP's own)
        fail(
            "another program fetches this bot's messages, or it has a webhook: stop that, and call this again"
        )
    if not isinstance(said, dict) or not isinstance(said.get("result"), list):
        fail(f"Telegram answers {answer.status}; try again later")
    return [each for each in said["result"] if isinstance(each, dict)]


def _chats(updates: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
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
