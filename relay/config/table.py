"""What every table of the configuration file is."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the configuration file. An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)
