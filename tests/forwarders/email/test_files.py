"""What a mail server does not take is not lost: the words, the attachments, or both are sent later."""

import pytest

from forwarders.base import Attachment, Message, MessageRefused, Misconfigured, TransientFailure
from relay.ledger.record import Progress
from relay.model import DeliveryState
from testkit.services.smtp import Mail, SmtpServer, mailhouse
from tests.forwarders.email.mailing import attempt, files, plainly, send

pytestmark = pytest.mark.anyio

A, B = "a@example.org", "b@example.org"
MMS = Message(
    "MMS",
    text="look",
    key="a1b2c3",
    attachments=tuple(Attachment(f"{number}.jpg", "image/jpeg", b"x" * 5000) for number in range(2)),
)
TOO_LARGE = "the mail server accepts no mail of this size or content (552)"


def brings(mail: Mail) -> tuple[list[str], str, list[str | None]]:
    """To whom, which words, which files."""
    return mail.recipients, mail.part("plain").strip(), [each.get_filename() for each in files(mail)]


def replayed(known: Progress) -> Progress:
    """What a replay makes of it: who was refused for good is tried again."""
    return Progress(known.state, known.posts, known.plan, parts=known.parts)


@pytest.mark.parametrize(
    "reply",
    [
        "451 4.7.1 later",
        "452 4.3.1 disk full",
        "554 try again later",
        "554 5.7.1 greylisted",
        "552 5.2.2 over quota",
        "550 5.7.1 the virus scanner is temporarily away",
    ],
)
async def test_a_refusal_for_now_keeps_words_and_files_together(house: SmtpServer, reply: str) -> None:
    house.replies["DATA"] = [reply]

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS)

    assert (type(failure), known.parts, house.mails) == (TransientFailure, (), [])
    assert house.opened == 1

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, known)

    assert known.state is DeliveryState.DELIVERED
    assert list(map(brings, house.mails)) == [([A, B], "look", ["0.jpg", "1.jpg"])]


@pytest.mark.parametrize(
    "reply",
    [
        "552 too large",
        "552 5.3.4 Error: message file too big",
        "550 5.2.3 too long",
        "552-5.7.0 a potential security issue\r\n552 5.7.0 see our guidelines",
        "554 5.7.0 Reject, BANNED: .jpg",
        "550 5.7.1 attachment not allowed",
    ],
)
async def test_files_that_are_never_taken_are_refused_and_the_words_sent(
    house: SmtpServer, reply: str
) -> None:
    house.replies["DATA"] = [reply]

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS)

    assert type(failure) is MessageRefused
    assert reply[:3] in failure.reason
    assert (len(known.parts), len(known.refused)) == (2, 2)
    (mail,) = house.mails
    assert mail.parsed.get_content_type() == "text/plain"
    assert brings(mail) == ([A, B], "look\n\nThe mail server did not take: 0.jpg, 1.jpg", [])

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, known)

    assert (type(failure), len(house.mails)) == (MessageRefused, 1)


async def test_a_replay_brings_the_files_that_were_refused_and_not_the_words_again(house: SmtpServer) -> None:
    house.replies["DATA"] = ["552 5.3.4 too large"]
    known, _ = await attempt(plainly(house.port, to=[A, B]), MMS)

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, replayed(known))

    assert (known.state, failure) == (DeliveryState.DELIVERED, None)
    assert brings(house.mails[1]) == (
        [A, B],
        "The attachments that were missing: 0.jpg, 1.jpg",
        ["0.jpg", "1.jpg"],
    )
    first, second = (mail.parsed for mail in house.mails)
    assert first["Message-ID"] != second["Message-ID"]  # else a mailbox would drop the second


async def test_a_replay_of_files_that_are_still_too_large_refuses_them_again(house: SmtpServer) -> None:
    house.replies["DATA"] = ["552 too large", "", "552 too large"]
    known, _ = await attempt(plainly(house.port, to=[A]), MMS)

    known, failure = await attempt(plainly(house.port, to=[A]), MMS, replayed(known))

    assert type(failure) is MessageRefused
    assert (failure.reason, len(house.mails)) == (TOO_LARGE, 1)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("550 5.7.1 message content rejected", Misconfigured), ("550 5.6.1 no", TransientFailure)],
)
async def test_a_refusal_that_does_not_name_the_files_sends_the_words_and_tries_the_files_alone(
    house: SmtpServer, reply: str, kind: type
) -> None:
    house.replies["DATA"] = [reply]

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS)

    assert (type(failure), len(known.parts), known.refused) == (kind, 2, {})
    assert brings(house.mails[0])[2] == []

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, known)

    assert known.state is DeliveryState.DELIVERED
    assert [brings(mail)[2] for mail in house.mails] == [[], ["0.jpg", "1.jpg"]]
    assert "look" not in house.mails[1].part("plain")


async def test_files_that_are_refused_alone_for_their_content_are_refused_for_good(house: SmtpServer) -> None:
    house.replies["DATA"] = ["550 5.6.1 no media", "", "550 5.6.1 no media"]
    known, _ = await attempt(plainly(house.port, to=[A]), MMS)

    known, failure = await attempt(plainly(house.port, to=[A]), MMS, known)

    assert type(failure) is MessageRefused
    assert (len(known.parts), len(known.refused), len(house.mails)) == (1, 1, 1)


async def test_files_and_recipients_are_settled_apart(house: SmtpServer) -> None:
    house.replies = {f"RCPT {B}": ["450 later", "450 later"], "DATA": ["552 5.3.4 too large"]}

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS)

    assert type(failure) is TransientFailure
    assert failure.reason == f"1 of 2 recipients was refused for now (450): number 2 in `to`; {TOO_LARGE}"

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, known)

    assert type(failure) is MessageRefused
    assert failure.reason == TOO_LARGE
    assert [brings(mail)[::2] for mail in house.mails] == [([A], []), ([B], ["0.jpg", "1.jpg"])]


async def test_a_replay_brings_each_what_is_missing(house: SmtpServer) -> None:
    house.replies = {f"RCPT {B}": ["550 gone", "550 gone"], "DATA": ["552 5.3.4 too large"]}
    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS)
    assert type(failure) is MessageRefused
    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, known)
    assert (type(failure), len(house.mails)) == (MessageRefused, 1)

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, replayed(known))

    assert (known.state, failure) == (DeliveryState.DELIVERED, None)
    assert [brings(mail)[::2] for mail in house.mails[1:]] == [
        ([B], ["0.jpg", "1.jpg"]),
        ([A], ["0.jpg", "1.jpg"]),
    ]


async def test_what_was_accepted_before_the_line_broke_is_known(house: SmtpServer) -> None:
    house.replies = {
        f"RCPT {B}": ["550 gone", "550 gone"],
        "DATA": ["552 5.3.4 too large", "", "", "451 later"],
    }
    known, _ = await attempt(plainly(house.port, to=[A, B]), MMS)

    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, replayed(known))
    assert type(failure) is TransientFailure
    known, failure = await attempt(plainly(house.port, to=[A, B]), MMS, known)

    assert known.state is DeliveryState.DELIVERED
    assert [brings(mail)[::2] for mail in house.mails] == [
        ([A], []),
        ([B], ["0.jpg", "1.jpg"]),
        ([A], ["0.jpg", "1.jpg"]),
    ]


async def test_a_mail_without_files_goes_once_more_without_html(house: SmtpServer) -> None:
    house.replies["DATA"] = ["554 5.7.1 suspicious"]

    told = await send(plainly(house.port), Message("SMS", text="look"))

    reason = "the mail server refuses the mail (554): it may suspect spam, or require a verified sender"
    assert told == f"sent as plain text: {reason}"
    assert house.mails[0].parsed.get_content_type() == "text/plain"


async def test_a_size_is_announced_so_that_it_can_be_refused_early() -> None:
    async with mailhouse(data_size_limit=3000) as house:
        with pytest.raises(MessageRefused) as caught:
            await send(plainly(house.port), MMS)

        assert caught.value.reason == TOO_LARGE
        assert house.verbs.count("MAIL") == 1  # the first never got that far
