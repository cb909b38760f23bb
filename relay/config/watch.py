"""The part of a configuration about the watch: `[watch]`."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from relay.config.entries import DestinationNames, Percent, split_commas
from relay.config.errors import ConfigurationError, KeyPath, format_path, validate
from relay.config.problems import option_error
from relay.config.routes import OVERRIDES, Device
from relay.config.settings import Settings
from relay.config.table import Table
from relay.config.times import Hours, Limit


def _check_not_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise option_error("is empty: nobody would learn of anything; name a destination")
    return names


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or not url.isprintable() or " " in url:
        raise option_error("is not the address of a monitor, such as https://hc-ping.com/…")
    return url


class WatchSettings(Table):
    """`[watch]`: who learns of a phone that is silent or in trouble, and when. Durations are in seconds."""

    to: Annotated[DestinationNames, BeforeValidator(split_commas), AfterValidator(_check_not_empty)] = Field(
        description="The destinations that get the messages of the watch.", examples=[["family"]]
    )
    silence: Limit = Field(
        3 * 3600.0,
        description="How long a phone may be silent that was charging when last heard, or did not say.",
        examples=["3h"],
    )
    unplugged: Limit = Field(
        18 * 3600.0,
        description="How long a phone may be silent that was not charging: Android lets it sleep for hours.",
        examples=["18h"],
    )
    no_sms: Limit = Field(
        7 * 86400.0,
        description="How long a phone may ping without receiving any SMS or MMS.",
        examples=["7d"],
    )
    battery: Percent = Field(
        15, description="The level in percent below which a phone has to be charged.", examples=[15]
    )
    quiet: Hours | None = Field(
        None,
        description="When only silence is reported; the rest waits until the end. "
        "In the `timezone` of `[relay]`.",
        examples=["22:00-07:00"],
    )
    heartbeat: Annotated[str, AfterValidator(_check_url)] | None = Field(
        None,
        repr=False,
        description="An address that each complete tick calls, so that a monitor notices when none comes.",
        examples=["https://hc-ping.com/…"],
    )

    def of(self, device: Device | None) -> "WatchSettings":
        """Return what applies to a phone."""
        own = {name: getattr(device, name, None) for name in OVERRIDES}
        return self.model_copy(update={name: value for name, value in own.items() if value is not None})


def read_watch(
    table: Any, to: str | None, settings: Settings, destinations: Collection[str]
) -> WatchSettings:
    """Read `[watch]`; `to` is the variable WATCH, which wins over the key.

    Raises:
        ConfigurationError: something is missing, unknown or wrong.
    """
    if not isinstance(table, Mapping):
        raise ConfigurationError("watch: must be a table, [watch]")

    def name_of(path: KeyPath) -> str:
        return "WATCH" if to is not None and path[:1] == ["to"] else format_path(["watch", *path])

    given = dict(table) | ({} if to is None else {"to": to})
    watch = validate(WatchSettings, given, name_of, context={"destinations": tuple(destinations)})
    if watch.quiet and not settings.timezone:
        raise ConfigurationError("watch.quiet: set TIMEZONE too, or it is not known whose night is meant")
    return watch
