"""The settings of a deployment: everything except destinations and routes."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from relay.config.entries import BLANKS, DestinationNames, split_commas
from relay.config.errors import ConfigurationError, KeyPath, validate
from relay.config.invisible import refuse_invisible
from relay.config.problems import option_error
from relay.config.times import Zone
from relay.memory import available_memory, largest_body, memory_for

SHORT = 16
"""A secret of fewer bytes can be guessed."""
SMALLEST_BODY = 1024
"""Bytes that `MAX_BODY_BYTES` must allow."""
HANGS_UP = 5.0
"""Seconds of silence after which the phone hangs up."""
FALLBACK_TIME = 1.5
"""Seconds before the deadline at which a fallback begins."""

_REGION = re.compile(r"[A-Za-z]{2}")
_FIRESTORE = "firestore:[//PROJECT[/DATABASE]][?collection=NAME]"
_LEDGERS = re.compile(
    r"memory:"
    r"|sqlite:///(?!/?:memory:).+"
    r"|firestore:(//[a-z0-9][a-z0-9.:-]*(/(\(default\)|[a-z][a-z0-9-]*))?)?(\?collection=[\w-]+)?"
)


def _to_bytes(text: str) -> bytes:
    """Return the bytes to which a variable was set, whether they are UTF-8 or not."""
    return text.strip(BLANKS).encode(errors="surrogateescape")


def _to_keys(value: Any) -> tuple[bytes, ...]:
    keys = split_commas(value)
    if not isinstance(keys, list | tuple) or not all(isinstance(each, str) for each in keys):
        raise option_error("must be keys in quotes, as a list or separated by commas")
    if not keys or not all(each.strip() for each in keys):
        raise option_error("a key is empty; set a long random one, or several separated by commas")
    for number, each in enumerate(keys, 1):
        refuse_invisible(each, f"key {number}" if len(keys) > 1 else "the key")
    return tuple(_to_bytes(each) for each in keys)


def _to_secret(value: Any) -> bytes:
    if not isinstance(value, str) or not value.strip():
        raise option_error("is empty; set a long random secret, or remove it")
    refuse_invisible(value)
    return _to_bytes(value)


def _to_long_secret(value: Any) -> bytes:
    secret = _to_secret(value)
    if len(secret) < SHORT:
        raise option_error(f"has fewer than {SHORT} characters and can be guessed; use a long random one")
    return secret


def _check_deadline(seconds: float) -> float:
    if not FALLBACK_TIME < seconds < HANGS_UP:
        limits = f"above {FALLBACK_TIME:g} and below {HANGS_UP:g} seconds"
        raise option_error(f"must be {limits}: the phone hangs up after {HANGS_UP:g}")
    return seconds


def _check_ledger_url(url: str) -> str:
    if not _LEDGERS.fullmatch(url):
        raise option_error(f"is not a ledger URL; use memory:, sqlite:///FILE or {_FIRESTORE}")
    return url


def _to_upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _to_region(value: Any) -> str:
    if not isinstance(value, str) or not _REGION.fullmatch(value.strip()):
        raise option_error("must be a two-letter country code, such as US")
    return value.strip().upper()


Secrets = Annotated[tuple[bytes, ...], BeforeValidator(_to_keys)]


class Settings(BaseModel):
    """The keys of `[relay]`, overridden by environment variables. Its repr shows no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    api_keys: Secrets = Field(
        repr=False,
        description="The `apiKey` in a webhook's URL; several, separated by commas, while you change it. "
        "`openssl rand -hex 16` makes one.",
        examples=["9c4e…"],
    )
    signing_keys: Secrets = Field(
        (),
        repr=False,
        description="The phones' signing keys. If set, only signed events are accepted.",
        examples=["Xb7dQ2pL,aW9zR4mK"],
    )
    signature_max_age: float = Field(
        300.0,
        gt=0,
        le=86400,
        allow_inf_nan=False,
        description="How many seconds old, or ahead, a signature may be.",
        examples=[300],
    )
    max_body_bytes: int = Field(
        16 * 2**20,
        ge=SMALLEST_BODY,
        description="The largest event that is accepted, in bytes.",
        examples=[16777216],
    )
    memory_bytes: int | None = Field(
        None,
        ge=1024,
        description="How much memory each process of the function may use, in bytes. "
        "Left out: what the machine or its container allows.",
        examples=[2**30],
    )
    response_deadline: Annotated[float, AfterValidator(_check_deadline)] = Field(
        4.0,
        allow_inf_nan=False,
        description="Seconds within which the phone is answered, whatever the services do.",
        examples=[4],
    )
    ledger_url: Annotated[str, AfterValidator(_check_ledger_url)] = Field(
        "memory:",
        description=f"Where deliveries are recorded: `memory:`, `sqlite:///FILE` or `{_FIRESTORE}`.",
        examples=["sqlite:///data/ledger.sqlite"],
    )
    ledger_secret: Annotated[bytes | None, BeforeValidator(_to_secret)] = Field(
        None,
        repr=False,
        description="Hides numbers and codes in the ledger's keys. Changing it forgets past deliveries.",
        examples=["51d0…"],
    )
    tick_secret: Annotated[bytes | None, BeforeValidator(_to_long_secret)] = Field(
        None,
        repr=False,
        description="Who may call `POST /tick` for the watch. Left out: derived from `LEDGER_SECRET`.",
        examples=["77f2…"],
    )
    status_key: Annotated[bytes | None, BeforeValidator(_to_long_secret)] = Field(
        None,
        repr=False,
        description="The `key` in the URL of the watch's page, `GET /status?key=…`. Left out: no page.",
        examples=["b3a9…"],
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_to_upper)] = Field(
        "INFO",
        description="The lowest level that is logged: DEBUG, INFO, WARNING or ERROR.",
        examples=["INFO"],
    )
    duplicates: Literal["content", "id"] = Field(
        "content",
        description="What makes two received messages one: the same `content` and second, or the same `id`.",
        examples=["content"],
    )
    timezone: Zone | None = Field(
        None,
        description="The time zone in which times are shown. Left out: the phone's own.",
        examples=["Europe/Berlin"],
    )
    region: Annotated[str | None, BeforeValidator(_to_region)] = Field(
        None,
        description="The country of numbers without a country code, as two letters.",
        examples=["US"],
    )
    alerts: Annotated[DestinationNames, BeforeValidator(split_commas)] = Field(
        (),
        description="The destinations that are alerted when another one fails.",
        examples=["email"],
    )
    on_google: bool = Field(False, exclude=True)
    """Whether the function runs on Google Cloud; not set by the operator."""

    @property
    def memory(self) -> int:
        """How many bytes of memory this process may use."""
        return self.memory_bytes or available_memory()


SETTINGS: Mapping[str, str] = {
    {"api_keys": "API_KEY", "region": "PHONE_REGION"}.get(key, key.upper()): key
    for key, field in Settings.model_fields.items()
    if not field.exclude
}
"""The key of `[relay]` that each variable sets."""


def read_settings(table: Any, environ: Mapping[str, str], destinations: Collection[str]) -> Settings:
    """Read `[relay]` and the variables that override it.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    if not isinstance(table, Mapping):
        raise ConfigurationError("relay: must be a table, [relay]")
    if "on_google" in table:
        raise ConfigurationError(
            "relay.on_google: there is no such key; Google Cloud sets K_SERVICE by itself"
        )
    given = {key: environ[variable] for variable, key in SETTINGS.items() if variable in environ}
    variables = {key: variable for variable, key in SETTINGS.items() if key in given or key not in table}

    def name(path: KeyPath) -> str:
        return variables.get(str(path[0]), f"relay.{path[0]}")

    both = {**table, **given, "on_google": "K_SERVICE" in environ}
    settings = validate(Settings, both, name, context={"destinations": tuple(destinations)})
    if settings.on_google and settings.ledger_url.startswith("sqlite:"):
        key = name(["ledger_url"])
        raise ConfigurationError(f"{key}: on Google Cloud a file is lost with its instance; use firestore:")
    _check_body_size(settings, name(["max_body_bytes"]), len(destinations))
    return settings


def _check_body_size(settings: Settings, key: str, destinations: int) -> None:
    size, memory = settings.max_body_bytes, settings.memory
    largest = largest_body(memory, destinations)
    if size > largest:
        lower = f"set at most {largest}, or " if largest >= SMALLEST_BODY else ""
        raise ConfigurationError(
            f"{key}: bodies of {size} bytes do not fit into {memory} bytes of memory; "
            f"{lower}give the function {memory_for(size, destinations)} bytes "
            "(set MEMORY_BYTES if it has another size than was detected)"
        )
