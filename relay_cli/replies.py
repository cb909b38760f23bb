"""`replies on`, `replies off`, `replies status`: whether Telegram tells the function what people write."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import click

from forwarders.http import Http
from relay.config import Config
from relay.config.gateway import GatewaySettings
from relay_cli.bots import Bot, BotFailure, ask, find_bots, find_webhook
from relay_cli.reply_address import PATH, complete, find_problem, is_relay, mask
from relay_cli.reply_status import UPDATES, ReplyStatus, print_status, read_status
from relay_cli.terminal import fail, load_config, print_json, run, say

CONNECTIONS = 4
"""How many updates Telegram posts at once: people write seldom, and phones must not wait for an instance."""


@click.group()
def replies() -> None:
    """Let people answer forwarded SMS from Telegram: switch that on or off, or look at it.

    \b
    Example: ./sms-relay replies on https://REGION-PROJECT.cloudfunctions.net/sms-relay
             ./sms-relay replies status
    """


@replies.command("on")
@click.argument("url")
@click.option("--replace", is_flag=True, help="Replace a webhook of another program without a question.")
@click.option("--unchecked", is_flag=True, help="Do not check first that the function answers there.")
def switch_on(url: str, *, replace: bool, unchecked: bool) -> None:
    """Let Telegram post what people write to a function.

    URL is that of `register`, without a key; /telegram is added to it. The function has to run with the
    same settings already. Each bot with `replies` is switched on; a second run changes nothing.

    \b
    Example: ./sms-relay replies on https://REGION-PROJECT.cloudfunctions.net/sms-relay
    """
    config = load_config()
    bots = _require_bots(config)
    try:
        address = complete(url, bots)
    except ValueError as problem:
        fail(str(problem))
    secret = config.settings.ledger_secret or fail("LEDGER_SECRET is not set: openssl rand -hex 16")
    is_on = run(_switch_on(bots, address, secret, replace=replace, unchecked=unchecked))
    if is_on:
        function = address.removesuffix(PATH)
        say(f"Now let the phone report what it sends: ./sms-relay register {function}")
    _end(is_on)


@replies.command("off")
@click.option("--replace", is_flag=True, help="Remove a webhook of another program without a question.")
def switch_off(*, replace: bool) -> None:
    """Let Telegram no longer post what people write.

    What the bot sends still arrives. Messages that people write then wait at Telegram for a day.

    \b
    Example: ./sms-relay replies off
    """
    _end(run(_switch_off(_require_bots(load_config()), replace=replace)))


@replies.command("status")
@click.option("--json", "for_scripts", is_flag=True, help="Print JSON.")
def show_status(*, for_scripts: bool) -> None:
    """Show who may answer, and whether answers are sent.

    Exit code 1 if not: if a bot posts elsewhere or nowhere, if the gateway does not accept the login, or if
    no webhook there reports what became of an SMS.

    \b
    Example: ./sms-relay replies status
    """
    config = load_config()
    bots = _require_bots(config)
    gateway = config.gateway or fail("SMSGATE_USER and SMSGATE_PASSWORD are not set")
    names = {number: name for name, each in config.routing.devices.items() for number in each.ids}
    status = run(_read(bots, gateway, names))
    if for_scripts:
        print_json(status.to_json())
    else:
        print_status(status)
    _end(status.is_well)


def _require_bots(config: Config) -> list[Bot]:
    return find_bots(config) or fail(
        "no destination can be answered: set TELEGRAM_REPLIES, or replies = [USER] for a destination in "
        "config.toml; docs/replies.md explains how"
    )


def _end(is_well: bool) -> None:
    if not is_well:
        raise SystemExit(1)


@asynccontextmanager
async def _open_http() -> AsyncIterator[Http]:
    http = Http()
    try:
        yield http
    finally:
        await http.aclose()


async def _read(bots: Sequence[Bot], gateway: GatewaySettings, names: Mapping[str, str]) -> ReplyStatus:
    async with _open_http() as http:
        return await read_status(bots, gateway, names, http)


async def _change(http: Http, bot: Bot, method: str, fields: Mapping[str, object]) -> None:
    """Change a bot's webhook.

    Raises:
        BotFailure: it was not changed.
    """
    if await ask(http, bot, method, fields) is not True:
        raise BotFailure("Telegram has not changed the webhook: try again later")


async def _switch_on(
    bots: Sequence[Bot], address: str, secret: bytes, *, replace: bool, unchecked: bool
) -> bool:
    from forwarders.telegram.conversation import HEADER, webhook_secret  # noqa: PLC0415  (help needs no bot)

    async def switch(http: Http, bot: Bot) -> str:
        token = webhook_secret(bot.number, secret)
        url = (await find_webhook(http, bot)).url
        if url not in ("", address):
            _confirm(f"{bot.name} posts to {mask(url)} now", "replace that", replace=replace)
        problem = "" if unchecked else await find_problem(http, address, token, HEADER)
        if problem:
            raise BotFailure(f"{problem}; --unchecked skips this check")
        fields = {"url": address, "secret_token": token, "allowed_updates": UPDATES}
        await _change(http, bot, "setWebhook", {**fields, "max_connections": CONNECTIONS})
        return f"posts what people write to {address}"

    return await _for_each(bots, switch)


async def _switch_off(bots: Sequence[Bot], *, replace: bool) -> bool:
    async def switch(http: Http, bot: Bot) -> str:
        url = (await find_webhook(http, bot)).url
        if not url:
            return "posts nowhere: nothing to do"
        if not await is_relay(http, url):
            _confirm(
                f"{bot.name} posts to {mask(url)}, where no relay answers", "remove that", replace=replace
            )
        await _change(http, bot, "deleteWebhook", {})
        return f"no longer posts to {mask(url)}"

    return await _for_each(bots, switch)


async def _for_each(bots: Sequence[Bot], switch: Callable[[Http, Bot], Awaitable[str]]) -> bool:
    """Do it for one bot after another, and print what came of it; return whether all went well."""
    results = []
    async with _open_http() as http:
        for bot in bots:
            try:
                say(f"{bot.name} {await switch(http, bot)}", good=True)
                results.append(True)
            except BotFailure as failure:
                say(f"{bot.name}: {failure}", good=False)
                results.append(False)
    return all(results)


def _confirm(state: str, action: str, *, replace: bool) -> None:
    """Go on only if the operator wants a webhook gone that may be somebody else's."""
    if replace:
        return
    if not sys.stdin.isatty():
        raise BotFailure(f"{state}; to {action}, add --replace")
    if not click.confirm(f"{state}. Shall the relay {action}?"):
        raise BotFailure("nothing was changed")
