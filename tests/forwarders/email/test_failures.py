"""What a mail server refuses, what gets lost, and what the operator is told."""

import socket

import pytest

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.email import Email
from forwarders.email.session import MailServer
from forwarders.http import Http
from testkit.services.smtp import DROP, HANG, SmtpServer, bare_server
from tests.forwarders.email.mailing import ME, YOU, assert_nothing_leaks, options, plainly, send, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("codes", "failure"),
    [(("550", "553"), Misconfigured), (("450", "550"), TransientFailure), (("450", "452"), TransientFailure)],
)
async def test_accepted_by_none_is_not_delivered(
    house: SmtpServer, codes: tuple[str, str], failure: type[Failure]
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
        ("MAIL", "552 5.2.2 quota of sender", TransientFailure),
        ("MAIL", "550 5.4.5 daily limit", TransientFailure),
        ("RCPT", "421 closing", TransientFailure),
        ("RCPT", "552 too much mail", TransientFailure),
        ("RCPT", "550 5.2.2 mailbox full", TransientFailure),
        ("RCPT", "550 5.7.1 Greylisted", TransientFailure),
        ("RCPT", "552 5.3.4 larger than this mailbox takes", Misconfigured),
        ("RCPT", "550-5.1.1 no such user, please try\r\n550 5.1.1 double-checking it", Misconfigured),
        ("DATA", "450 later", TransientFailure),
        ("DATA", "421 closing", TransientFailure),
        ("DATA", "550 5.7.1 unsolicited", Misconfigured),
        ("DATA", "554 Message rejected: address is not verified", Misconfigured),
        ("DATA", "552 5.2.2 mailbox full", TransientFailure),
        ("DATA", "552 5.1.1 5.2.2 sorry, mailbox is full", TransientFailure),
        ("DATA", "552 Quota exceeded", TransientFailure),
        ("DATA", "554 try again later", TransientFailure),
        ("DATA", "554 5.7.1 Graylisted", TransientFailure),
        (
            "DATA",
            "554-5.7.1 please try\r\n554 5.7.1 again later",
            TransientFailure,
        ),
        ("DATA", "554 5.7.1 log in, and then try again", Misconfigured),
        ("DATA", "552 5.2.0 spam", Misconfigured),
        ("DATA", "552 too large", MessageRefused),
        ("DATA", "552 5.3.4 too large", MessageRefused),
        ("DATA", "552 5.3.4 larger than your quota", MessageRefused),
        ("DATA", "554 Message size exceeds the limit", MessageRefused),
        ("DATA", "550 5.2.3 too long", MessageRefused),
        ("DATA", "550 5.6.0 malformed", MessageRefused),
        ("DATA", "552 5.7.0 attachment not allowed", MessageRefused),
        ("MAIL", "552 5.3.4 larger than we take", MessageRefused),
    ],
)
async def test_each_refusal_says_who_can_mend_it(
    house: SmtpServer, verb: str, reply: str, failure: type[Failure]
) -> None:
    house.replies[verb] = reply

    with pytest.raises(failure, match=reply[:3]) as caught:
        await send(plainly(house.port))

    assert_nothing_leaks(caught.value, reply[4:], ME, YOU)
    assert house.mails == []


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_dropped_line_may_be_tried_again(house: SmtpServer, verb: str) -> None:
    house.replies[verb] = DROP

    with pytest.raises(TransientFailure, match=r"127\.0\.0\.1 broke off the connection"):
        await send(plainly(house.port))

    assert len(house.mails) == (verb == "DATA")
    assert house.verbs.count("EHLO") == 1  # one attempt


async def test_nobody_there_is_transient() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(TransientFailure, match=rf"127\.0\.0\.1 refused the connection \(port {port}\)"):
            await send(plainly(port))


async def test_a_server_that_does_not_answer_is_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is away drops what is sent to it, as a full queue of a listener does."""
    monkeypatch.setattr("forwarders.email.session.CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))

        with pytest.raises(TransientFailure, match=rf"127\.0\.0\.1 did not answer \(port {port}\)"):
            await send(plainly(port))

        for each in waiting:
            each.close()


async def test_an_unknown_name_is_transient() -> None:
    with pytest.raises(TransientFailure, match=r"mail\.invalid (has an unknown name|did not answer)"):
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
async def test_an_acceptance_does_not_wait_for_the_goodbye(house: SmtpServer, end: str) -> None:
    house.replies["QUIT"] = end

    assert await send(plainly(house.port)) is None


async def test_probe_asks_everything_and_sends_nothing(house: SmtpServer) -> None:
    found = await plainly(house.port).probe()

    assert (found.status, found.reason) == ("ok", "")
    await until(lambda: "QUIT" in house.verbs)
    assert [verb for verb in house.verbs if verb != "EHLO"] == ["MAIL", f"RCPT {YOU}", "RCPT", "RSET", "QUIT"]


@pytest.mark.parametrize(
    ("replies", "status", "reason"),
    [
        ({"RCPT": "550 no"}, "wrong", "1 of 1 recipients was refused (550): number 1 in `to`"),
        ({"RCPT": "450 later"}, "unknown", "1 of 1 recipients was refused for now (450)"),
        ({"MAIL": "550 no"}, "wrong", "refuses the sender (550)"),
        ({"MAIL": "421 busy"}, "unreachable", "(421)"),
        ({"EHLO": DROP}, "unreachable", "broke off"),
    ],
)
async def test_probe_tells_what_is_wrong(
    house: SmtpServer, replies: dict[str, str], status: str, reason: str
) -> None:
    house.replies.update(replies)

    found = await plainly(house.port).probe()

    assert found.status == status
    assert reason in found.reason
    assert house.mails == []


async def test_probe_does_not_wait_for_a_server_that_waits_for_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = options(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        postbox = MailServer(settings.server(), ME, settings.trust)

        found = await postbox.probe([YOU], seconds=0.2)

    assert found.status == "unreachable"
    assert "smtps://" in found.reason
