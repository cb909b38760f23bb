"""The kinds of destinations: one line each, imported only when configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a forwarder lives (`module:Class`), and which environment variable sets which option."""

    path: str
    variables: Mapping[str, str] = field(default_factory=dict)


REGISTRY: Mapping[str, Entry] = {
    "telegram": Entry(
        "forwarders.telegram:Telegram",
        {
            "TELEGRAM_BOT_TOKEN": "bot_token",
            "TELEGRAM_CHAT_ID": "chat_id",
            "TELEGRAM_THREAD_ID": "thread_id",
            "TELEGRAM_API_URL": "api_url",
        },
    ),
    "slack": Entry(
        "forwarders.slack:Slack",
        {
            "SLACK_WEBHOOK_URL": "webhook_url",
            "SLACK_BOT_TOKEN": "bot_token",
            "SLACK_CHANNEL": "channel",
            "SLACK_API_URL": "api_url",
        },
    ),
    "email": Entry(
        "forwarders.email:Email",
        {
            "SMTP_URL": "url",
            "SMTP_USER": "user",
            "SMTP_PASSWORD": "password",
            "EMAIL_FROM": "sender",
            "EMAIL_TO": "to",
        },
    ),
    "console": Entry("forwarders.console:Console"),
}
