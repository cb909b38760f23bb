"""What every forwarder shares: the message it is handed, the posts it makes of it, and its failures.

The failures ask one question, who can mend it?

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
    """A file of an MMS: its name, its MIME type as the phone tells it, and its bytes."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told, in plain text: a forwarder adds the markup, never the words.

    Every string is free of lone surrogates and NUL. `title` is one line; `text` is what the phone
    received, to be shown exactly; `fields` are (label, value) lines that go with it; `notes` are
    our own remarks ("arrived 3 h late"). `key` names the event, the same at every attempt;
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

    A post may have parts that a service accepts one by one: the recipients of a mail, the words and the
    file of a picture. `send` reports them in its failure, and a repeat sends the rest.
    """

    def rest(self, settled: frozenset[str]) -> "Post | None":
        """Return what is left to send once these parts are accepted or refused for good; None if nothing.

        `settled` is never empty. A post without parts is sent whole.
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
    never take, each with its reason. Both are names of the forwarder's own, of at most 64 letters,
    digits, `_` or `-`, that tell no address, number or text: they are stored.
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

    `retry_after` is the number of seconds that the service asked to be left alone, if it did.
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
    """The operator has to mend it; `reason` says what to do."""


class MessageRefused(Failure):
    """The service takes this message in no form, now or later; or, of a post with parts, the `refused` ones.

    With `refused` parts, the posts that follow are sent all the same.
    """


@dataclass(frozen=True, slots=True)
class Probe:
    """What a look at the service, without sending anything, says about a destination."""

    status: Literal["ok", "wrong", "unknown"]
    reason: str = ""


class Options(BaseModel):
    """The options of one destination, as configured. An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


P = TypeVar("P", bound=Post)


class Forwarder(ABC, Generic[P]):
    """One configured destination: a plug-in has two verbs, `plan` and `send`."""

    Options: ClassVar[type[Options]]

    @abstractmethod
    def plan(self, message: Message) -> tuple[P, ...]:
        """Return the posts that deliver the message, in order; the same ones for the same message."""

    @abstractmethod
    async def send(self, post: P) -> str | None:
        """Make one post, once; return a sentence for the operator if it was accepted with a reservation.

        Raises:
            TransientFailure, Misconfigured, MessageRefused: it was not accepted, or not all of it, or
                nobody knows. What was accepted of it before is in the failure.
        """

    @abstractmethod
    async def probe(self) -> Probe:
        """Check credentials and recipient without sending anything; raise nothing."""
