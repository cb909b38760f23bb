"""The settings of a deployment: everything but destinations and routes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """What `[relay]` and the environment say; an environment variable wins. It prints no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    api_keys: tuple[bytes, ...] = Field(repr=False)
    signing_keys: tuple[bytes, ...] = Field((), repr=False)
    signature_max_age: float = 300.0
    """Seconds."""
    max_body_bytes: int = 16 * 2**20
    response_deadline: float = 4.0
    """Seconds."""
    ledger_url: str = "memory:"
    ledger_secret: bytes | None = Field(None, repr=False)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    duplicates: Literal["content", "id"] = "content"
    timezone: str | None = None
    """A zone's name; None is the phone's own zone, as it stands in each event."""
    region: Annotated[str | None, Field(pattern="^[A-Z]{2}$")] = None
    """The country of numbers that are written without one; None if nobody said."""
    alerts: tuple[str, ...] = ()
    on_google: bool = False
    """Whether the function runs on Google Cloud."""
