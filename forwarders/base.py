"""What every forwarder shares: the message it is given, the posts it plans, and its failures.

The failures answer one question: who can fix it?

    Failure
    ├── TransientFailure   time: the service is down or busy
    ├── Misconfigured      the operator: a token, a chat, a mailbox
    └── MessageRefused     nobody: the service will never take this message

No other exception leaves a forwarder on purpose; one that does is a bug and is treated as one.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an MMS: its name, its MIME type according to the phone, and its bytes."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What to show, in plain text: a forwarder adds the markup, never the words.

    Every string is free of lone surrogates and NUL. `title` is one line; `text` is what the phone
    received, to be shown exactly; `fields` are (label, value) lines that go with it; `notes` are
    remarks of the relay ("arrived 3 h late"). `key` names the event, the same at every attempt;
    `thread` is the same for all messages of one conversation, or empty. `event` is the event as
    the phone posted it, or None where the route shows less than all of it.
    """

    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)
    code: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    silent: bool = False
    key: str = ""
    thread: str = ""
    type: str = ""
    event: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """One call to the service; each forwarder has its own kind. Equal plans compare equal.

    A post may have parts that a service accepts separately: the recipients of a mail, the words and the
    file of a picture message. `send` names them in its failure, and a repeat sends the rest.
    """

    def rest(self, settled: frozenset[str]) -> "Post | None":
        """Return what is left to send once these parts are accepted or refused for good; None if nothing is.

        `settled` is never empty. A post without parts is sent again whole.
        """
        del settled
        return self

    @property
    def parts(self) -> frozenset[str]:
        """Return the names of the parts that are left to send; empty for a post without parts."""
        return frozenset()


class Failure(Exception):
    """A post was not accepted, or not all of it. `reason` is for the operator: no secret, number or text.

    `accepted` names the parts of the post that the service has accepted; `refused` those that it will
    never accept, each with its reason. The forwarder chooses the names: at most 64 letters, digits, `_`
    or `-`. They are stored, so they must not contain an address, a number or text.
    """

    def __init__(
        self, reason: str, *, accepted: Iterable[str] = (), refused: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.accepted = frozenset(accepted)
        self.refused = dict(refused or {})


class TransientFailure(Failure):
    """The service is down, busy or unreachable, or its answer was lost: try again later.

    `retry_after` is the number of seconds that the service asked us to wait, if it did.
    """

    def __init__(
        self,
        reason: str,
        retry_after: float | None = None,
        *,
        accepted: Iterable[str] = (),
        refused: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason, accepted=accepted, refused=refused)
        self.retry_after = retry_after


class Misconfigured(Failure):
    """The operator has to fix it; `reason` says what to do."""


class MessageRefused(Failure):
    """The service will never accept this message in any form; or, of a post with parts, the `refused` ones.

    With `refused` parts, the posts that follow are still sent.
    """


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a service said of a post that it has accepted.

    `remark` is for the operator, if it was accepted only in another form. `ids` are the service's names of
    the messages that were made of it, by which a person can answer them; they are at most 128 characters.
    """

    remark: str | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of checking a destination without sending anything.

    `wrong` is for the operator to fix; `unreachable` is a service that is down, or does not answer as it
    should; `unknown` is for what cannot be checked without sending something.
    """

    status: Literal["ok", "wrong", "unreachable", "unknown"]
    reason: str = ""


class Options(BaseModel):
    """The options of one destination, as configured. An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


P = TypeVar("P", bound=Post)


class Forwarder(ABC, Generic[P]):
    """One configured destination; a plug-in implements `plan`, `send` and `probe`."""

    Options: ClassVar[type[Options]]

    @abstractmethod
    def plan(self, message: Message) -> tuple[P, ...]:
        """Return the posts that deliver the message, in order; equal ones for equal messages."""

    @abstractmethod
    async def send(self, post: P) -> Receipt | str | None:
        """Make one post, once; return a remark for the operator if it was accepted only in another form.

        A forwarder whose messages can be answered returns a receipt with their names.

        Raises:
            TransientFailure, Misconfigured, MessageRefused: it was not accepted, or only in part, or
                that is unknown. The failure names the parts that were accepted.
        """

    @abstractmethod
    async def probe(self) -> Probe:
        """Check credentials and recipient without sending anything; never raise."""
