"""What a forwarder and the relay share where people can answer: who may, what they did, and what is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, runtime_checkable

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

MOST_PER_HOUR = 1000
"""SMS in an hour that a limit may allow; far more than a person writes."""
_USER = re.compile(r"\s*\d{1,15}\s*", re.ASCII)


def _split(value: Any) -> Any:
    """Accept one user, and a text with commas."""
    if isinstance(value, str):
        return [int(each) if _USER.fullmatch(each) else each for each in value.split(",")]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


def _check_users(value: Any) -> Any:
    users = _split(value)
    is_valid = isinstance(users, list | tuple) and all(type(each) is int and each > 0 for each in users)
    if not is_valid or not users:
        raise PydanticCustomError(
            "option",
            "{problem}",
            {
                "problem": "must be the numbers of the users who may answer, like from = [123456789]; "
                "./sms-relay chats shows them",
                "option": "",
            },
        )
    return users


class Replies(BaseModel):
    """`replies`: who may answer a forwarded SMS with an SMS, and how many in an hour."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    users: Annotated[tuple[StrictInt, ...], BeforeValidator(_check_users)] = Field(
        alias="from", description="the users who may answer, by their numbers", examples=[[123456789]]
    )
    per_hour: StrictInt = Field(
        default=20,
        ge=1,
        le=MOST_PER_HOUR,
        description="how many SMS these users may send within an hour; a long text is several",
        examples=[20],
    )
    confirm: StrictBool = Field(
        default=True, description="whether a button has to be pressed before one is sent", examples=[False]
    )
    new: StrictBool = Field(
        default=False,
        description="whether `/sms NUMBER TEXT` may write to a number that has not written before",
        examples=[True],
    )


def read_replies(value: Any) -> Any:
    """Accept the users alone in place of the table."""
    return value if value is None or isinstance(value, Mapping | Replies) else {"from": value}


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a person wrote. `id` is the same whenever the service repeats it.

    `ref` is the message itself, and `answered` the message that it replies to, in the words of `Receipt.ids`;
    empty if it is no reply. `at` is when it was written (Unix seconds). `text` is None for
    what is no plain text: a picture, a sticker, a forwarded or an edited message. `is_to_us` is whether it is
    certainly meant for us: it answers one of our messages, or nobody else is in the chat.
    """

    id: str
    user: int
    ref: str
    at: float
    text: str | None = field(default=None, repr=False)
    answered: str = ""
    is_to_us: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that a person pressed below the message `ref`. `button` is what it was given."""

    id: str
    user: int
    ref: str
    button: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is no business of ours, and why: the words name no person."""

    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the chat is to show: a heading, a text exactly as it will be sent, how far it is, and buttons.

    A button is a label, and what comes back when it is pressed (at most 64 bytes).
    """

    heading: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    state: str = ""
    buttons: tuple[tuple[str, str], ...] = ()


class Conversation(Protocol):
    """The way back from one chat; what is shown there fails as a forwarder's posts do."""

    options: Replies

    def is_genuine(self, headers: Mapping[str, str], secret: bytes, /) -> bool:
        """Return whether a request comes from the service, by what `secret` has been derived for it."""

    def read_update(self, body: bytes, /) -> Said | Pressed | Ignored:
        """Return what a request of the service says."""

    def is_of(self, ref: str, /) -> bool:
        """Return whether a message of this name is in this chat."""

    async def is_called(self, name: str, /) -> bool:
        """Return whether a command that names somebody is for us.

        Raises:
            Failure: that is not known.
        """

    async def show(self, shown: Shown, answers: str, /) -> str:
        """Show something as an answer to a message; return what names it. Every call takes seconds at most.

        Raises:
            Failure: it is not shown, or that is not known.
        """

    async def change(self, ref: str, shown: Shown, /) -> bool:
        """Show something else in place of what was shown; false if that is gone.

        Raises:
            Failure: it is not changed, or that is not known.
        """

    async def acknowledge(self, pressed: Pressed, words: str = "", /) -> None:
        """Tell the service that a button was heard, with words for who pressed it; never raises."""


@runtime_checkable
class Answerable(Protocol):
    """A forwarder whose messages can be answered; `conversation` is None where that is not configured."""

    conversation: Conversation | None
