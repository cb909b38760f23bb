"""The part of a configuration that says what must become of an event."""

from typing import Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from relay.config.entries import DestinationNames, Phrases, SingleEventType, Status, Visibilities, Word
from relay.config.problems import option_error, suggest
from relay.config.table import Table
from relay.config.times import Duration, Moment


class Expect(Table):
    """`[[expect]]`: an event, and where it must go; tested by `./sms-relay check`."""

    event: SingleEventType = Field("sms:received", description="Its type.", examples=["sms:failed"])
    sender: str | None = Field(None, description="Who sent it.", examples=["VM-MYBANK"])
    recipient: str | None = Field(None, description="Who it was sent to.", examples=["+12025550143"])
    text: str | None = Field(None, description="Its text.", examples=["481516 is your code"])
    sim: StrictInt | None = Field(None, description="The number of the SIM card.", examples=[2])
    device: Word | None = Field(None, description="The phone's name, or its id.", examples=["anna"])
    attachment: StrictBool = Field(False, description="Whether it has an attachment.", examples=[True])
    health: Status | None = Field(None, description="The health status in a ping.", examples=["warn"])
    at: Moment | None = Field(
        None,
        description="When it happened; without a zone, in `timezone` of `[relay]`, else UTC. "
        "Left out: a Wednesday noon.",
        examples=["2026-06-22T23:30:00+02:00"],
    )
    age: Duration | None = Field(None, description="How late it arrives.", examples=["3d"])
    to: DestinationNames = Field(description="The destinations, in any order.", examples=[["family"]])
    code: str | None = Field(
        None, description="The one-time code that is found; empty: none is.", examples=["481516"]
    )
    content: Visibilities = Field(
        {}, description="How much is shown, to all or by destination.", examples=[{"work": "code"}]
    )
    shows: Phrases = Field(
        {}, description="Words that are shown, by all or by destination.", examples=[{"family": "481516"}]
    )
    hides: Phrases = Field(
        {}, description="Words that are not shown, by all or by destination.", examples=[{"work": ["Mum"]}]
    )

    @model_validator(mode="after")
    def _names_its_destinations(self) -> Self:
        for key, by_destination in (("content", self.content), ("shows", self.shows), ("hides", self.hides)):
            for name in by_destination:
                if name not in {"*", *self.to}:
                    raise option_error(f'"{name}" is not in `to`; {suggest(name, self.to)}', key)
        return self
