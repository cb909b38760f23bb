"""The registry of destination types; a forwarder is imported only when configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forwarders.base import Forwarder


@dataclass(frozen=True, slots=True)
class ForwarderSpec:
    """The path of a forwarder (`module:Class`), and the option that each environment variable sets."""

    path: str
    variables: Mapping[str, str] = field(default_factory=dict)


REGISTRY: Mapping[str, ForwarderSpec] = {
    "telegram": ForwarderSpec(
        "forwarders.telegram:Telegram",
        {
            "TELEGRAM_BOT_TOKEN": "bot_token",
            "TELEGRAM_CHAT_ID": "chat_id",
            "TELEGRAM_THREAD_ID": "thread_id",
            "TELEGRAM_API_URL": "api_url",
            "TELEGRAM_REPLIES": "replies",
        },
    ),
    "slack": ForwarderSpec(
        "forwarders.slack:Slack",
        {
            "SLACK_WEBHOOK_URL": "webhook_url",
            "SLACK_BOT_TOKEN": "bot_token",
            "SLACK_CHANNEL": "channel",
            "SLACK_API_URL": "api_url",
        },
    ),
    "email": ForwarderSpec(
        "forwarders.email:Email",
        {
            "SMTP_URL": "url",
            "SMTP_USER": "user",
            "SMTP_PASSWORD": "password",
            "EMAIL_FROM": "sender",
            "EMAIL_TO": "to",
        },
    ),
    "discord": ForwarderSpec(
        "forwarders.discord:Discord",
        {"DISCORD_WEBHOOK_URL": "webhook_url", "DISCORD_THREAD_ID": "thread_id"},
    ),
    "ntfy": ForwarderSpec(
        "forwarders.ntfy:Ntfy",
        {"NTFY_URL": "url", "NTFY_TOPIC": "topic", "NTFY_TOKEN": "token"},
    ),
    "webhook": ForwarderSpec(
        "forwarders.webhook:Webhook",
        {"WEBHOOK_URL": "url", "WEBHOOK_SECRETS": "secrets"},
    ),
    "apprise": ForwarderSpec("forwarders.apprise:Apprise", {"APPRISE_URLS": "urls"}),
    "console": ForwarderSpec("forwarders.console:Console"),
}


def load(kind: str) -> "type[Forwarder[Any]]":
    """Import the class of a destination type: a name in the registry, or `module:Class` of your own.

    Raises:
        KeyError: there is no such type.
        ImportError, AttributeError: its module, or the class in it, cannot be found.
    """
    path = kind if ":" in kind else REGISTRY[kind].path
    module, _, name = path.partition(":")
    found: type[Forwarder[Any]] = getattr(import_module(module), name)
    return found
