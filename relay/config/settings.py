"""The settings of a deployment: everything but destinations and routes."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from relay.config.entries import Places, problem
from relay.config.errors import ConfigurationError, Keys, checked
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

_URL_SAFE = re.compile(rb"[A-Za-z0-9._~-]+")
_REGION = re.compile(r"[A-Za-z]{2}")
_LEDGERS = re.compile(
    r"memory:"
    r"|sqlite:///(?!/?:memory:).+"
    r"|firestore:(//[a-z0-9][a-z0-9.:-]*(/(\(default\)|[a-z][a-z0-9-]*))?)?(\?collection=[\w-]+)?"
)


def _listed(value: Any) -> Any:
    """Take a list as it is, and a text as a list with commas."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _bytes(text: str) -> bytes:
    """Return the bytes that a variable was set to, be they UTF-8 or not."""
    return text.strip().encode(errors="surrogateescape")


def _keys(value: Any) -> tuple[bytes, ...]:
    keys = _listed(value)
    if not isinstance(keys, list | tuple) or not all(isinstance(each, str) for each in keys):
        raise problem("must be keys in quotes, in a list or with commas between them")
    if not keys or not all(each.strip() for each in keys):
        raise problem("a key is empty; set one that is long and random, or several with commas between them")
    return tuple(_bytes(each) for each in keys)


def _secret(value: Any) -> bytes:
    if not isinstance(value, str) or not value.strip():
        raise problem("is empty; set a secret that is long and random, or remove it")
    return _bytes(value)


def _deadline(seconds: float) -> float:
    if not FALLBACK_TIME < seconds < HANGS_UP:
        raise problem(
            f"must be above {FALLBACK_TIME:g} and below {HANGS_UP:g} seconds: "
            f"the phone hangs up after {HANGS_UP:g}"
        )
    return seconds


def _ledger(url: str) -> str:
    if not _LEDGERS.fullmatch(url):
        raise problem(
            "is no ledger; write memory:, sqlite:///FILE or "
            "firestore:[//PROJECT[/DATABASE]][?collection=NAME]"
        )
    return url


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _region(value: Any) -> str:
    if not isinstance(value, str) or not _REGION.fullmatch(value.strip()):
        raise problem("must be a country's two letters, such as US")
    return value.strip().upper()


Secrets = Annotated[tuple[bytes, ...], BeforeValidator(_keys)]


class Settings(BaseModel):
    """What `[relay]` and the environment say; an environment variable wins. It prints no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    api_keys: Secrets = Field(
        repr=False,
        description="What a webhook's URL carries as `apiKey`; several, with commas, while a key is changed. "
        "`openssl rand -hex 16` makes one.",
        examples=["9c4e…"],
    )
    signing_keys: Secrets = Field(
        (),
        repr=False,
        description="The phones' signing keys. Set, only what a phone has signed is taken.",
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
        description="The largest event that is read, in bytes.",
        examples=[16777216],
    )
    memory_bytes: int | None = Field(
        None,
        ge=1024,
        description="How much memory each process of the function may use, in bytes. "
        "Left out: what the machine or its container allows.",
        examples=[2**30],
    )
    response_deadline: Annotated[float, AfterValidator(_deadline)] = Field(
        4.0,
        allow_inf_nan=False,
        description="Seconds until the phone is answered, whatever the services do.",
        examples=[4],
    )
    ledger_url: Annotated[str, AfterValidator(_ledger)] = Field(
        "memory:",
        description="Where is remembered what was delivered: `memory:`, `sqlite:///FILE` or "
        "`firestore:[//PROJECT[/DATABASE]][?collection=NAME]`.",
        examples=["sqlite:///data/ledger.sqlite"],
    )
    ledger_secret: Annotated[bytes | None, BeforeValidator(_secret)] = Field(
        None,
        repr=False,
        description="Hides numbers and codes in the ledger's names. Changing it forgets what was delivered.",
        examples=["51d0…"],
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", description="The least that is logged: DEBUG, INFO, WARNING or ERROR.", examples=["INFO"]
    )
    duplicates: Literal["content", "id"] = Field(
        "content",
        description="What makes two received messages one: the same `content` in the same second, "
        "or the same `id`.",
        examples=["content"],
    )
    timezone: Zone | None = Field(
        None,
        description="The zone in which you read times. Left out: the phone's own.",
        examples=["Europe/Berlin"],
    )
    region: Annotated[str | None, BeforeValidator(_region)] = Field(
        None,
        description="The country of numbers that are written without one, as two letters.",
        examples=["US"],
    )
    alerts: Annotated[Places, BeforeValidator(_listed)] = Field(
        (),
        description="The destinations that are told when another one fails.",
        examples=["email"],
    )
    on_google: bool = Field(False, exclude=True)
    """Whether the function runs on Google Cloud; nobody sets it."""

    @property
    def memory(self) -> int:
        """How many bytes of memory this process may use."""
        return self.memory_bytes or available_memory()


SETTINGS: Mapping[str, str] = {
    {"api_keys": "API_KEY", "region": "PHONE_REGION"}.get(key, key.upper()): key
    for key, field in Settings.model_fields.items()
    if not field.exclude
}
"""Which variable sets which key of `[relay]`."""


def read_settings(table: Any, environ: Mapping[str, str], destinations: Collection[str]) -> Settings:
    """Read `[relay]`, and the variables that win over it.

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

    def name(path: Keys) -> str:
        return variables.get(str(path[0]), f"relay.{path[0]}")

    both = {**table, **given, "on_google": "K_SERVICE" in environ}
    settings = checked(Settings, both, name, context={"destinations": tuple(destinations)})
    if settings.on_google and settings.ledger_url.startswith("sqlite:"):
        key = name(["ledger_url"])
        raise ConfigurationError(f"{key}: on Google Cloud a file goes with its instance; write firestore:")
    _refuse_too_large(settings, name(["max_body_bytes"]), len(destinations))
    return settings


def _refuse_too_large(settings: Settings, key: str, destinations: int) -> None:
    size, memory = settings.max_body_bytes, settings.memory
    largest = largest_body(memory, destinations)
    if size > largest:
        lower = f"set at most {largest}, or " if largest >= SMALLEST_BODY else ""
        raise ConfigurationError(
            f"{key}: bodies of {size} bytes do not fit into {memory} bytes of memory; "
            f"{lower}give the function {memory_for(size, destinations)} bytes "
            "(MEMORY_BYTES says how much it has, where that is not seen)"
        )


def warnings_of(settings: Settings) -> list[str]:
    """Say what is allowed and yet unwise."""
    return [*_weak_keys(settings.api_keys), *_weak_secret(settings)]


def _weak_keys(keys: tuple[bytes, ...]) -> list[str]:
    found = []
    for number, key in enumerate(keys, 1):
        which = f"API_KEY: key {number}" if len(keys) > 1 else "API_KEY: the key"
        if len(key) < SHORT:
            found.append(f"{which} can be guessed: it has under {SHORT} characters; use a long random one")
        if not _URL_SAFE.fullmatch(key):
            found.append(
                f"{which} must be percent-encoded in a URL; use letters, digits, '-', '.', '_' and '~'"
            )
    return found


def _weak_secret(settings: Settings) -> list[str]:
    if settings.ledger_url == "memory:":
        return []
    if settings.ledger_secret is None:
        return ["LEDGER_SECRET: not set; from the ledger's names numbers and codes could be found by trying"]
    if len(settings.ledger_secret) < SHORT:
        return [f"LEDGER_SECRET: it has under {SHORT} characters and can be guessed; use a long random one"]
    return []
