"""Everything that a deployment decides, as checked objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forwarders.base import Options
from relay.config.errors import ConfigurationError
from relay.config.settings import Settings
from relay.ledger.record import Content

if TYPE_CHECKING:
    from relay.config.routes import Expect, Routing, Template

__all__ = ["Config", "ConfigurationError", "Destination", "Settings"]


@dataclass(frozen=True, slots=True)
class Destination:
    """A configured place. `content` and `template` hold for it where a route does not say otherwise.

    A failure of one that is not `required` never asks the phone to repeat.
    """

    name: str
    type: str
    options: Options
    required: bool = True
    content: Content | None = None
    template: "Template | None" = None


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration. `warnings` are sentences for the operator."""

    settings: Settings
    destinations: Mapping[str, Destination]
    routing: "Routing"
    expects: "tuple[Expect, ...]" = ()
    warnings: tuple[str, ...] = ()
