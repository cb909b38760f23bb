"""The part of a configuration about the gateway's own API, by which a phone is asked to send an SMS."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from forwarders.address import is_local, secure
from forwarders.base import Options
from relay.config.errors import ConfigurationError, KeyPath, format_path, validate
from relay.config.invisible import refuse_invisible
from relay.config.problems import option_error
from relay.config.routes import Routing
from relay.config.settings import Settings
from relay.config.table import Table

CLOUD = "https://api.sms-gate.app/3rdparty/v1"
VARIABLES: Mapping[str, str] = {
    "SMSGATE_URL": "url",
    "SMSGATE_USER": "user",
    "SMSGATE_PASSWORD": "password",
}
"""The key of `[gateway]` that each variable sets; the commands use them too."""


def _check_url(written: str) -> str:
    url = written.strip().rstrip("/")
    parts = secure("url", url)
    if parts.query or parts.fragment or parts.username is not None:
        raise option_error(f"must be a URL such as {CLOUD}, without a login and without ?")
    return url


def _check_user(written: str) -> str:
    user = written.strip()
    if not user or ":" in user or not user.isprintable():
        raise option_error("must be the user name that the app shows, without a colon")
    return user


def _check_password(written: SecretStr) -> SecretStr:
    password = written.get_secret_value()
    if not password.strip():
        raise option_error("is empty; the app shows it below the user name")
    refuse_invisible(password)
    return SecretStr(password.strip())


class GatewaySettings(Table):
    """`[gateway]`: where the phone's server is, and who may ask it to send an SMS."""

    url: Annotated[str, AfterValidator(_check_url)] = Field(
        CLOUD,
        description="The API of the phone's server: the gateway's cloud, your own server "
        "(`https://HOST/3rdparty/v1`), or the phone itself in your network (`http://PHONE:8080`).",
        examples=["https://sms.example.org/3rdparty/v1"],
    )
    user: Annotated[str, AfterValidator(_check_user)] = Field(
        description="The user name that the app shows.", examples=["ABCDEF"]
    )
    password: Annotated[SecretStr, AfterValidator(_check_password)] = Field(
        description="The password that the app shows.", examples=["s3cr3t"]
    )

    @property
    def host(self) -> str:
        """The host's name, as messages show it."""
        return urlsplit(self.url).hostname or ""


def read_gateway(
    table: Any, environ: Mapping[str, str], settings: Settings, users: Sequence[str]
) -> GatewaySettings:
    """Read `[gateway]`, and the variables, which win over its keys; `users` are the keys that need it.

    Raises:
        ConfigurationError: something is missing, unknown or wrong, or the address is out of reach.
    """
    if not isinstance(table, Mapping):
        raise ConfigurationError("gateway: must be a table, [gateway]")
    _require_ledger(settings, users)
    given = {key: environ[name] for name, key in VARIABLES.items() if environ.get(name, "").strip()}
    names = {key: name for name, key in VARIABLES.items() if key in given or key not in table}
    if missing := [names[key] for key in ("user", "password") if not {key} & {*given, *table}]:
        raise ConfigurationError(*(f"{each}: not set, and {users[0]} needs it" for each in missing))

    def name_of(path: KeyPath) -> str:
        return names.get(str(path[0]), format_path(["gateway", *path])) if path else "gateway"

    gateway = validate(GatewaySettings, {**table, **given}, name_of)
    if settings.on_google and is_local(gateway.host):
        raise ConfigurationError(
            f"{name_of(['url'])}: {gateway.host} is in your own network, which Google Cloud does not reach: "
            "use the app's cloud server, or a server with a public name"
        )
    return gateway


def require_phone(name: str, options: Options, routing: Routing) -> None:
    """Refuse that people write to new numbers if it is not known which phone is to send.

    Raises:
        ConfigurationError: there is no phone in `[devices]`.
    """
    replies = getattr(options, "replies", None)
    if replies and replies.new and not routing.devices:
        raise ConfigurationError(
            f"destinations.{name}.replies.new: name the phone that is to send: [devices.anna] with its ids"
        )


def _require_ledger(settings: Settings, users: Sequence[str]) -> None:
    """Refuse what cannot be kept: to which number an answer goes has to be known for days, and hidden."""
    if settings.ledger_secret is None:
        raise ConfigurationError(f"LEDGER_SECRET: not set, and {users[0]} needs it: openssl rand -hex 16")
    if settings.on_google and settings.ledger_url == "memory:":
        raise ConfigurationError(
            f"LEDGER_URL: {users[0]} needs one that all instances share: firestore:, not memory:"
        )
