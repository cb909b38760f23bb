"""A function that can be answered, and the settings of one that is."""

from forwarders.telegram.conversation import HEADER, webhook_secret
from testkit.service import Act, Request, Service, reply
from testkit.services.gateway import PASSWORD, USER, Gateway
from testkit.services.telegram import CHAT, TOKEN, Telegram

SECRET = "a-ledger-secret-of-this-test"
BOT = TOKEN.partition(":")[0]


class Function(Service):
    """It accepts the secret of one bot, as `POST /telegram` does; `updates` are those that it was told."""

    def __init__(self, secret: str = SECRET, path: str = "/sms-relay/telegram") -> None:
        super().__init__()
        self.secret = webhook_secret(BOT, secret.encode())
        self.path = path
        self.updates: list[Request] = []

    async def respond(self, request: Request) -> Act:
        if request.path != self.path:
            return reply(404, {"error": "not-found", "detail": "There is nothing here."})
        if request.headers.get(HEADER) != self.secret:
            return reply(401, {"error": "unauthorized", "detail": "The secret is missing or wrong."})
        self.updates.append(request)
        return reply(200, {})

    @property
    def at(self) -> str:
        """The address that an operator types."""
        return f"{self.url}/sms-relay"


def settings(bot: Telegram, gateway: Gateway, **more: str) -> dict[str, str]:
    """Return the variables of a relay that can be answered."""
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": CHAT,
        "TELEGRAM_API_URL": bot.url,
        "TELEGRAM_REPLIES": "4711",
        "LEDGER_SECRET": SECRET,
        "SMSGATE_URL": f"{gateway.url}/3rdparty/v1",
        "SMSGATE_USER": USER,
        "SMSGATE_PASSWORD": PASSWORD,
    } | more
