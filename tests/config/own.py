"""A custom forwarder, to be configured."""

from typing import Any, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from forwarders import base
from forwarders.base import Forwarder, Message, Post, Probe


class Own(Forwarder[Post]):
    class Options(base.Options):
        word: SecretStr = Field(description="the word that opens the door", examples=["sesame"])
        door: int | None = Field(None, description="The number of the door.", examples=[7])
        guests: tuple[str, ...] = Field((), description="Who may come in.", examples=[["ali"]])

        @field_validator("guests")
        @classmethod
        def _are_friends(cls, guests: tuple[str, ...]) -> tuple[str, ...]:
            if "thief" in guests:
                raise ValueError("friends only")
            if "nobody" in guests:
                raise PydanticCustomError("option", "somebody only", {"option": "guests"})
            return guests

        @model_validator(mode="after")
        def _fits(self) -> Self:
            if self.guests and self.door is None:
                raise PydanticCustomError("option", "missing; guests need a door", {"option": "door"})
            return self

    def __init__(self, options: Any, http: Any) -> None:
        del options, http

    def plan(self, message: Message) -> tuple[Post, ...]:
        del message
        return ()

    async def send(self, post: Post) -> str | None:
        del post
        return None

    async def probe(self) -> Probe:
        return Probe("ok")


class NoForwarder:
    pass
