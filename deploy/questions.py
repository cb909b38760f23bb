"""The questions for what `.env` lacks, and for what cannot be undone."""

import secrets
from functools import partial

from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.settings import KEYS
from deploy.source import config_file
from deploy.terminal import ask, ask_secretly, say

_DESTINATIONS = (
    "TELEGRAM_BOT_TOKEN",
    "SLACK_WEBHOOK_URL",
    "SLACK_BOT_TOKEN",
    "SMTP_URL",
    "DISCORD_WEBHOOK_URL",
    "NTFY_TOPIC",
    "WEBHOOK_URL",
    "APPRISE_URLS",
)
"""The variables that set up a destination, each by itself."""


def ask_for_settings(deployment: Deployment) -> None:
    """Ask for what `.env` does not have, on a terminal."""
    if deployment.is_interactive:
        if not config_file(deployment) and not any(name in deployment.settings for name in _DESTINATIONS):
            _ask_for_destinations(deployment)
        if not any(name in deployment.settings for name in ("SIGNING_KEYS", "DEPLOY_UNSIGNED")):
            _ask_for_signing_key(deployment)


def _ask_for_destinations(deployment: Deployment) -> None:
    say(
        "",
        "Where should messages go? Leave empty what you do not use.",
        "docs/operations.md says where to get a bot's token, a webhook's URL or a mail server's password.",
        "",
    )
    _ask_for(
        deployment,
        "TELEGRAM_BOT_TOKEN",
        "Telegram: the bot's token",
        TELEGRAM_CHAT_ID="Telegram: the chat's id",
    )
    _ask_for(deployment, "SLACK_WEBHOOK_URL", "Slack: the URL of the incoming webhook")
    _ask_for(
        deployment,
        "SMTP_URL",
        "Email: the server, smtps://user:password@host:465",
        EMAIL_FROM="Email: the sender",
        EMAIL_TO="Email: the recipients",
    )


def _ask_for(deployment: Deployment, secret: str, question: str, **more: str) -> None:
    """Ask for a secret, and if it is given for open settings that belong to it."""
    value = ask_secretly(question)
    if value:
        deployment.remember(secret, value)
        for name, each in more.items():
            deployment.remember(name, ask(each))


def _ask_for_signing_key(deployment: Deployment) -> None:
    say(
        "",
        "The phone signs what it posts with a key that never leaves it, unlike the URL.",
        "The app shows it under Settings, Webhooks, Signing Key.",
        "",
    )
    key = ask_secretly("Signing key (empty: none)")
    if key:
        deployment.remember("SIGNING_KEYS", key)
    else:
        deployment.remember("DEPLOY_UNSIGNED", "yes")


def make_keys(deployment: Deployment) -> None:
    """Generate the keys that `.env` does not have."""
    for name in KEYS:
        deployment.plan.step(
            f"{name} is set to a strong key",
            "Is .env writable?",
            partial(_has_key, deployment, name),
            partial(_make_key, deployment, name),
        )


def _has_key(deployment: Deployment, name: str) -> bool:
    return bool(deployment.settings.value(name))


def _make_key(deployment: Deployment, name: str) -> None:
    deployment.plan.note("43 random characters, safe in a URL")
    deployment.remember(name, secrets.token_urlsafe(32))


def confirm(deployment: Deployment, what: str, word: str = "") -> None:
    """Go on only if a word is typed, by default the relay's name.

    Raises:
        Stopped: it was not typed.
    """
    if deployment.is_dry or deployment.options.has("--yes"):
        return
    if not deployment.is_interactive:
        raise Stopped("This needs a confirmation.", "Run it on a terminal, or with --yes.")
    say(what)
    if ask(f"Type {word or deployment.name} to continue") != (word or deployment.name):
        raise Stopped("Nothing was changed.")
