"""What a mail server refuses, what gets lost, and what the operator is told."""

import socket

import pytest

from forwarders.base import Attachment, Failure, Message, MessageRefused, Misconfigured, TransientFailure
from forwarders.email import Email
from forwarders.email.session import Postbox
from forwarders.http import Http
from tests.forwarders.email.mailing import ME, YOU, assert_nothing_leaks, options, plainly, send, until
from tests.services.smtp import DROP, HANG, Mailhouse, bare_server, mailhouse

pytestmark = pytest.mark.anyio


async def test_accepted_by_one_is_delivered_and_the_others_are_told(house: Mailhouse) -> None:
    house.replies["RCPT gone@example.org"] = "550 5.1.1 gone@example.org is unknown"
    house.replies["RCPT full@example.org"] = "452 full"
    email = plainly(house.port, to=[YOU, "gone@example.org", "full@example.org"])

    told = await send(email)

    assert told == "2 of 3 recipients were refused (452, 550)"
    assert house.mails[0].recipients == [YOU]
    assert house.mails[0].parsed["To"] == f"{YOU}, gone@example.org, full@example.org"


@pytest.mark.parametrize(
    ("codes", "failure"),
    [(("550", "553"), Misconfigured), (("450", "550"), TransientFailure), (("450", "452"), TransientFailure)],
)
async def test_accepted_by_none_is_not_delivered(
    house: Mailhouse, codes: tuple[str, str], failure: type[Failure]
) -> None:
    house.replies = {
        "RCPT a@example.org": f"{codes[0]} no a@example.org",
        "RCPT b@example.org": f"{codes[1]} no",
    }

    with pytest.raises(failure) as caught:
        await send(plainly(house.port, to="a@example.org, b@example.org"))

    assert type(caught.value) is failure
    assert "DATA" not in house.verbs
    assert_nothing_leaks(caught.value, "a@example.org")


@pytest.mark.parametrize(
    ("verb", "reply", "failure"),
    [
        ("EHLO", "421 busy", TransientFailure),
        ("EHLO", "554 go away", Misconfigured),
        ("MAIL", "450 later", TransientFailure),
        ("MAIL", "550 5.7.60 not your address", Misconfigured),
        ("MAIL", "552 5.2.2 quota of sender", Misconfigured),
        ("RCPT", "421 closing", TransientFailure),
        ("RCPT", "552 too much mail", Misconfigured),
        ("DATA", "450 later", TransientFailure),
        ("DATA", "421 closing", TransientFailure),
        ("DATA", "550 5.7.1 unsolicited", Misconfigured),
        ("DATA", "554 Message rejected: address is not verified", Misconfigured),
        ("DATA", "552 5.2.2 mailbox full", Misconfigured),
        ("DATA", "552 too large", MessageRefused),
        ("DATA", "552 5.3.4 too large", MessageRefused),
        ("DATA", "550 5.2.3 too long", MessageRefused),
        ("DATA", "550 5.6.0 malformed", MessageRefused),
        ("DATA", "552 5.7.0 attachment not allowed", MessageRefused),
        ("MAIL", "552 5.3.4 larger than we take", MessageRefused),
    ],
)
async def test_each_refusal_says_who_can_mend_it(
    house: Mailhouse, verb: str, reply: str, failure: type[Failure]
) -> None:
    house.replies[verb] = reply

    with pytest.raises(failure, match=reply[:3]) as caught:
        await send(plainly(house.port))

    assert_nothing_leaks(caught.value, reply[4:], ME, YOU)
    assert house.mails == []


@pytest.mark.parametrize("reply", ["552 5.3.4 too large", "554 5.7.1 suspicious", "550 5.6.1 no media"])
async def test_a_refused_mail_goes_once_more_as_plain_text(house: Mailhouse, reply: str) -> None:
    house.replies["DATA"] = [reply]
    pictures = tuple(Attachment(f"{n}.jpg", "image/jpeg", b"x") for n in range(2))

    told = await send(plainly(house.port), Message("MMS", text="look", attachments=pictures))

    (mail,) = house.mails
    assert mail.parsed.get_content_type() == "text/plain"
    assert mail.part("plain") == "look\n\nThe mail server did not take: 0.jpg, 1.jpg\n"
    assert told
    assert told.startswith("sent as plain text without attachments (2): ")
    assert reply[:3] in told


async def test_a_size_is_announced_so_that_it_can_be_refused_early() -> None:
    async with mailhouse(data_size_limit=3000) as house:
        picture = Attachment("x.jpg", "image/jpeg", b"x" * 5000)

        told = await send(plainly(house.port), Message("MMS", text="look", attachments=(picture,)))

        refused = "the mail server takes no mail of this size or content (552)"
        assert told == f"sent as plain text without attachments (1): {refused}"
        assert house.verbs.count("MAIL") == 1  # the first never got that far


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_dropped_line_may_be_tried_again(house: Mailhouse, verb: str) -> None:
    house.replies[verb] = DROP

    with pytest.raises(TransientFailure):
        await send(plainly(house.port))

    assert len(house.mails) == (verb == "DATA")
    assert house.verbs.count("EHLO") == 1  # one attempt


async def test_nobody_there_is_transient() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(TransientFailure, match="cannot be reached"):
            await send(plainly(port))


async def test_an_unknown_name_is_transient() -> None:
    with pytest.raises(TransientFailure, match=r"name is not known|cannot be reached"):
        await send(Email(options("smtps://mail.invalid"), Http()))


@pytest.mark.parametrize(
    "replies",
    [
        {"": b""},
        {"": b"HTTP/1.1 400 Bad Request\r\n\r\n"},
        {"": b"\xff\xfe\r\n"},
        {"": b"220 here\r\n", "MAIL": b"garbage\r\n"},
        {"RCPT": b"250"},
        {".": b"gar\xffbage\r\n"},
        {".": b"-1\r\n"},
        {"DATA": b"250 what\r\n"},
        {"EHLO": b"x" * 100_000 + b"\r\n"},
        {"RCPT": b""},
    ],
)
async def test_nonsense_is_never_taken_for_an_acceptance(replies: dict[str, bytes]) -> None:
    async with bare_server(replies) as port:
        with pytest.raises(TransientFailure):
            await send(plainly(port))


@pytest.mark.parametrize(
    "reply", [b"250\r\n", b"250 \xff\xfe\r\n", b"250-a\r\n250 b\r\n", b"250 OK\r\n\xffmore"]
)
async def test_an_acceptance_counts_whatever_else_is_said(reply: bytes) -> None:
    async with bare_server({".": reply, "QUIT": b""}) as port:
        assert await send(plainly(port)) is None


@pytest.mark.parametrize("end", [HANG, DROP, "500 no"])
async def test_an_acceptance_does_not_wait_for_the_goodbye(house: Mailhouse, end: str) -> None:
    house.replies["QUIT"] = end

    assert await send(plainly(house.port)) is None


async def test_probe_asks_everything_and_sends_nothing(house: Mailhouse) -> None:
    found = await plainly(house.port).probe()

    assert (found.status, found.reason) == ("ok", "")
    await until(lambda: "QUIT" in house.verbs)
    assert [verb for verb in house.verbs if verb != "EHLO"] == ["MAIL", f"RCPT {YOU}", "RCPT", "RSET", "QUIT"]


@pytest.mark.parametrize(
    ("replies", "status", "reason"),
    [
        ({"RCPT": "550 no"}, "wrong", "1 of 1 recipients were refused (550)"),
        ({"RCPT": "450 later"}, "unknown", "1 of 1 recipients were refused (450)"),
        ({"MAIL": "550 no"}, "wrong", "refuses the sender (550)"),
        ({"MAIL": "421 busy"}, "unknown", "(421)"),
        ({"EHLO": DROP}, "unknown", "hung up"),
    ],
)
async def test_probe_tells_what_is_wrong(
    house: Mailhouse, replies: dict[str, str], status: str, reason: str
) -> None:
    house.replies.update(replies)

    found = await plainly(house.port).probe()

    assert found.status == status
    assert reason in found.reason
    assert house.mails == []


async def test_probe_does_not_wait_for_a_server_that_waits_for_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = options(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        postbox = Postbox(settings.server(), ME, (YOU,), settings.trust)

        found = await postbox.probe(patience=0.2)

    assert found.status == "unknown"
    assert "smtps://" in found.reason
