"""Plays the scenes: the app of the function delivers each event to services on this machine."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from relay.app import App, build_app
from relay.config import Config, load
from relay.events import parse
from relay.logs import Log
from testkit.service import Request
from testkit.services import slack, telegram
from testkit.services.smtp import Mail, SmtpServer, mailhouse
from tools.function import ROOT
from tools.gallery.scenes import Scene, scenes

PATIENCE = 20.0
"""Seconds within which an event has to be delivered."""
BUSY = {"DATA": "451 4.3.2 try later"}


TelegramPost = tuple[Request, telegram.Shown]
"""A request, and what the chat shows of it."""


class NotDelivered(Exception):
    """An event did not arrive."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What arrived at each service."""

    telegram: tuple[TelegramPost, ...]
    slack: tuple[slack.Posted, ...]
    mails: tuple[Mail, ...]

    def after(self, before: "Arrivals") -> "Arrivals":
        """Return what has arrived since."""
        return Arrivals(
            self.telegram[len(before.telegram) :],
            self.slack[len(before.slack) :],
            self.mails[len(before.mails) :],
        )


@dataclass(slots=True)
class Clock:
    """The clock of the app, in Unix seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the current time of the scene."""
        return self.now


@dataclass(frozen=True, slots=True)
class Stage:
    """The services that the app delivers to."""

    chat: telegram.Telegram
    workspace: slack.Slack
    mail: SmtpServer

    def load_config(self) -> Config:
        """Load the gallery's configuration, with the addresses of these services."""
        environ = {
            "API_KEY": "nobody-posts-here",
            "CONFIG_FILE": "tools/gallery/gallery.toml",
            "LEDGER_URL": "memory:",
            "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
            "TELEGRAM_CHAT_ID": telegram.CHAT,
            "TELEGRAM_API_URL": self.chat.url,
            "SLACK_BOT_TOKEN": slack.TOKEN,
            "SLACK_CHANNEL": slack.CHANNEL,
            "SLACK_API_URL": f"{self.workspace.url}/api",
            "SLACK_WEBHOOK_URL": f"{self.workspace.url}{slack.HOOK}",
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}?tls=off",
        }
        return load(environ, ROOT)

    def arrivals(self) -> Arrivals:
        """Return all that has arrived until now."""
        posts = zip(self.chat.requests, self.chat.shown, strict=True)
        return Arrivals(tuple(posts), tuple(self.workspace.posted), tuple(self.mail.mails))

    @contextmanager
    def prepared_for(self, scene: Scene) -> Iterator[None]:
        """Let the services behave meanwhile as the scene says."""
        self.mail.replies = dict(BUSY) if scene.without_mail else {}
        yield
        self.mail.replies = {}


async def play_scenes() -> list[tuple[Scene, Arrivals]]:
    """Play every scene; return what arrived of each.

    Raises:
        NotDelivered: a service did not accept its message.
    """
    async with telegram.Telegram() as chat, slack.Slack() as workspace, mailhouse() as mail:
        stage, clock = Stage(chat, workspace, mail), Clock()
        app = build_app(stage.load_config(), Log("WARNING", structured=False), clock)
        try:
            return [(scene, await _play(stage, app, clock, scene)) for scene in scenes()]
        finally:
            await app.aclose()


async def _play(stage: Stage, app: App, clock: Clock, scene: Scene) -> Arrivals:
    before = stage.arrivals()
    clock.now = scene.first_seen_at.timestamp()
    deadline = asyncio.get_running_loop().time() + PATIENCE
    with stage.prepared_for(scene):
        deliveries = await app.relay.handle(parse(scene.body), scene.body, deadline)
        await app.relay.drain()
    if not deliveries or any(each.open for each in deliveries):
        raise NotDelivered(scene.name)
    return stage.arrivals().after(before)
