"""Whether people can answer: each bot's webhook, the gateway's login, and what the phones report."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forwarders.http import Http
from relay.config.gateway import GatewaySettings
from relay.moments import format_duration
from relay_cli.bots import Bot, BotFailure, Webhook, find_webhook
from relay_cli.gateway_state import GatewayState, ask_gateway
from relay_cli.reply_address import is_relay, mask
from relay_cli.terminal import print_table, say
from relay_cli.webhooks import REPORTED

if TYPE_CHECKING:
    from forwarders.telegram.options import TelegramOptions

UPDATES = ("message", "callback_query")
"""What Telegram is to tell: texts, and buttons that were pressed."""
_ON = "./sms-relay replies on URL"
_REMEDIES = {
    " 401 ": f"the function has another LEDGER_SECRET or no replies: deploy these settings, then {_ON}",
    " 404 ": "the function runs without replies: deploy it with them",
    " 403 ": "Google lets nobody in: ./deploy.sh doctor",
    " 503 ": "./deploy.sh logs says why",
    "SSL": "Telegram does not trust the certificate there: use one of a public authority",
    "onnect": "Telegram does not reach this address: is it open to the internet?",
    "resolve": "Telegram does not find this name",
}
"""What helps if Telegram's words about the latest error have one of these in them."""


@dataclass(frozen=True, slots=True)
class BotStatus:
    """A bot's webhook as Telegram describes it. `problems` are sentences; there are none if all is well."""

    bot: Bot
    webhook: Webhook
    is_ours: bool
    problems: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        webhook = self.webhook
        return {
            "bot": self.bot.number,
            "destinations": [_to_json(name, each) for name, each in self.bot.destinations.items()],
            "url": mask(webhook.url) if webhook.url else None,
            "is_ours": self.is_ours,
            "pending": webhook.pending,
            "allowed_updates": sorted(webhook.updates),
            "last_error_at": webhook.failed_at or None,
            "last_error": webhook.error or None,
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class ReplyStatus:
    """All bots, and the gateway, which is at `host`.

    `names` are those that the configuration has for the ids of phones, and `missing` the events that no
    webhook at the gateway is registered for.
    """

    bots: Sequence[BotStatus]
    gateway: GatewayState
    host: str
    names: Mapping[str, str]
    missing: Sequence[str]

    @property
    def is_well(self) -> bool:
        """Whether answers are sent, and their reports shown."""
        return not (self.gateway.problem or self.missing or any(each.problems for each in self.bots))

    def to_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        phones = [
            {"id": each.id, "name": self.names.get(each.id, each.name), "last_seen": each.seen or None}
            for each in self.gateway.phones
        ]
        gateway = {
            "host": self.host,
            "problem": self.gateway.problem or None,
            "phones": phones,
            "not_registered": list(self.missing),
        }
        return {"bots": [each.to_json() for each in self.bots], "gateway": gateway}


def _to_json(name: str, options: "TelegramOptions") -> dict[str, Any]:
    replies = options.replies.model_dump(by_alias=True) if options.replies else {}
    return {"name": name, "chat_id": options.chat_id, **replies}


async def read_status(
    bots: Sequence[Bot], gateway: GatewaySettings, names: Mapping[str, str], http: Http
) -> ReplyStatus:
    """Ask Telegram about each bot, and the gateway about its phones."""
    found, state = await asyncio.gather(
        asyncio.gather(*(_read_bot(http, each) for each in bots)), ask_gateway(gateway, http)
    )
    missing = () if state.problem else tuple(each for each in REPORTED if each not in state.events)
    return ReplyStatus(found, state, gateway.host, names, missing)


async def _read_bot(http: Http, bot: Bot) -> BotStatus:
    try:
        webhook = await find_webhook(http, bot)
    except BotFailure as failure:
        return BotStatus(bot, Webhook(), False, [str(failure)])
    is_ours = bool(webhook.url) and await is_relay(http, webhook.url)
    return BotStatus(bot, webhook, is_ours, list(_find_problems(webhook, is_ours=is_ours)))


def _find_problems(webhook: Webhook, *, is_ours: bool) -> Iterator[str]:
    if not webhook.url:
        yield f"Telegram tells nobody what people write: {_ON}"
        return
    if not is_ours:
        yield (
            "no relay with replies answers at this address: it is somebody else's, or an old one: "
            f"{_ON} --replace"
        )
    if webhook.updates != {*UPDATES}:
        yield f"Telegram does not tell what answers need, or more: {_ON}"
    if webhook.pending and webhook.error:
        words = f"{webhook.error} "
        remedies = (remedy for sign, remedy in _REMEDIES.items() if sign in words)
        yield f"what people wrote waits: {webhook.error}: {next(remedies, 'Telegram tries again by itself')}"


def print_status(status: ReplyStatus) -> None:
    """Print it for people."""
    now = time.time()
    heads = ("destination", "bot", "who may answer", "an hour", "asks first", "new numbers")
    rows = (
        (name, each.bot.number, *_describe_options(options))
        for each in status.bots
        for name, options in each.bot.destinations.items()
    )
    print_table(heads, rows)
    for each in status.bots:
        _print_bot(each, now)
    say(status.gateway.problem or f"{status.host} accepts the login", good=not status.gateway.problem)
    if status.gateway.phones:
        phones = status.gateway.phones
        print_table(
            ("phone", "id", "in touch"),
            ((status.names.get(each.id, each.name), each.id, _ago(each.seen, now)) for each in phones),
        )
    if status.missing:
        say(f"No webhook for {', '.join(status.missing)}: ./sms-relay register URL", good=False)


def _describe_options(options: "TelegramOptions") -> tuple[str, ...]:
    replies = options.replies
    if replies is None:
        return ()
    yes = {True: "yes", False: "no"}
    return ", ".join(map(str, replies.users)), str(replies.per_hour), yes[replies.confirm], yes[replies.new]


def _print_bot(status: BotStatus, now: float) -> None:
    webhook = status.webhook
    target = f"to {mask(webhook.url)}" if webhook.url else "nowhere"
    say(f"{status.bot.name} posts {target}", good=not status.problems)
    for problem in status.problems:
        say(f"  {problem}")
    if webhook.pending:
        say(f"  {webhook.pending} waiting")
    if webhook.failed_at:
        say(f"  the latest error, {_ago(webhook.failed_at, now)}: {webhook.error}")


def _ago(moment: float, now: float) -> str:
    return f"{format_duration(max(0.0, now - moment))} ago" if moment else "not known"
