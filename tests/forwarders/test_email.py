import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from forwarders.base import (
    Attachment,
    Failure,
    Message,
    MessageRefused,
    Misconfigured,
    TransientFailure,
)
from forwarders.email import Email
from forwarders.email.address import Mailbox, mailboxes
from forwarders.email.compose import letter, wire
from forwarders.email.options import EmailOptions
from forwarders.email.session import Postbox
from forwarders.http import Http
from forwarders.text import one_line
from tests.services.smtp import DROP, HANG, Mail, Mailhouse, bare_server, mailhouse
from tests.services.tls import certificate

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    title="SMS from Anna",
    text="Bonjour, <b>it's</b> 5 & 7",
    fields=(("To", "+12025550143"), ("SIM", "2")),
    notes=("arrived 3 h late",),
    key="a1b2c3",
    thread="+16505551212",
)
PASSWORD = "pa ss:wörd@/?#"
ME, YOU = "me@example.org", "you@example.org"


def options(url: str, **more: Any) -> EmailOptions:
    return EmailOptions.model_validate({"url": url, "sender": ME, "to": YOU} | more)


def plainly(port: int, **more: Any) -> Email:
    """A forwarder for a mail server on this machine, without encryption."""
    return Email(options(f"smtp://127.0.0.1:{port}?tls=off", **more), Http())


async def send(email: Email, message: Message = MESSAGE) -> str | None:
    (post,) = email.plan(message)
    return await email.send(post)


@pytest.fixture
async def house() -> AsyncIterator[Mailhouse]:
    async with mailhouse() as house:
        yield house


# What a mail looks like


async def test_a_message_arrives_as_text_and_html(house: Mailhouse) -> None:
    email = plainly(house.port)

    assert await send(email) is None

    (mail,) = house.mails
    assert mail.part("plain") == (
        "Bonjour, <b>it's</b> 5 & 7\n\nTo: +12025550143\nSIM: 2\n\narrived 3 h late"
    )
    html = mail.part("html")
    assert "Bonjour, &lt;b&gt;it&#x27;s&lt;/b&gt; 5 &amp; 7" in html
    assert "arrived 3 h late" in html
    assert "white-space:pre-wrap" in html
    assert (mail.sender, mail.recipients) == (ME, [YOU])
    assert (mail.parsed["From"], mail.parsed["To"], mail.parsed["Subject"]) == (ME, YOU, "SMS from Anna")
    assert mail.parsed["Auto-Submitted"] == "auto-generated"
    assert mail.parsed["Date"].datetime.tzinfo


async def test_the_code_comes_first_in_the_subject_and_large_in_the_page(house: Mailhouse) -> None:
    await send(plainly(house.port), Message("SMS from Bank", text="481 516 is your code", code="481516"))

    (mail,) = house.mails
    assert mail.parsed["Subject"] == "481516 - SMS from Bank"
    assert mail.part("plain").startswith("481516\n\n481 516 is your code")
    assert re.search(r"font:600 32px[^>]*>481516<", mail.part("html"))


async def test_a_repeated_mail_has_the_same_id_and_a_conversation_one_thread(house: Mailhouse) -> None:
    email = plainly(house.port)
    other = Message("SMS from Anna", text="again", key="d4e5f6", thread=MESSAGE.thread)

    for message in (MESSAGE, MESSAGE, other):
        await send(email, message)

    first, repeated, later = [mail.parsed for mail in house.mails]
    assert first["Message-ID"] == repeated["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{24}@example\.org>", first["Message-ID"])
    assert max(map(len, house.mails[0].content.split(b"\r\n"))) <= 78
    assert later["Message-ID"] != first["Message-ID"]
    assert first["References"] == first["In-Reply-To"] == later["References"]
    assert MESSAGE.thread not in first["References"]


async def test_a_message_without_a_key_gets_an_id_of_its_own_each_time(house: Mailhouse) -> None:
    email = plainly(house.port)

    await send(email, Message("Alert"))
    await send(email, Message("Alert"))

    first, second = [mail.parsed for mail in house.mails]
    assert first["Message-ID"] != second["Message-ID"]
    assert "References" not in first
    assert house.mails[0].part("plain") == "Alert"


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
async def test_a_title_with_line_breaks_adds_no_header(house: Mailhouse, break_: str) -> None:
    title = f"one{break_}Bcc: thief@example.org{break_}two"

    await send(plainly(house.port), Message(title))

    (mail,) = house.mails
    assert mail.parsed["Subject"] == "one Bcc: thief@example.org two"
    assert mail.parsed["Bcc"] is None
    assert mail.recipients == [YOU]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "Ж" * 10_000,
        "word " * 2_000,
        ".\n..\n.leading dots\n.",
        "From here\nFrom there",
        "  spaces   kept  \n\n\n  and lines \t",
        "\u202eright to left שלום \u200f عربي",
        "😀👨\u200d👩\u200d👧 emoji, <!channel> & </div><script>alert(1)</script>",
        "=?utf-8?q?not_a_header?= =3D =",
        "\x01\x1b[31m control \x7f \x85 \u2028 \u2029",
    ],
)
async def test_text_arrives_as_typed_through_a_server_of_seven_bits(house: Mailhouse, text: str) -> None:
    await send(plainly(house.port), Message("SMS", text=text))

    (mail,) = house.mails
    assert mail.part("plain").removesuffix("\n") == text.removesuffix("\n")
    assert mail.content.isascii()
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    assert "<script" not in mail.part("html")


@pytest.mark.parametrize("title", ["=?utf-8?q?x?=", "a =?", "x" * 60, "x" * 2000, "Ж" * 500, "=E2"])
def test_a_strange_title_is_shown_as_it_is(title: str) -> None:
    mail = read(Message(title))

    assert mail.parsed["Subject"] == title
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)


@given(title=WORDS, text=WORDS, code=st.none() | st.from_regex(r"[0-9A-Z]{4,8}", fullmatch=True))
def test_any_words_survive_the_form_of_a_mail(title: str, text: str, code: str | None) -> None:
    parsed = read(Message(title, text=text or "x", code=code)).parsed
    body = read(Message(title, text=text or "x")).part("plain")

    shown = one_line(f"{code} - {title}" if code else title)
    assert parsed["Subject"] == shown
    assert lines(body) == lines(text or "x")


def lines(text: str) -> str:
    return re.sub(r"\r\n|\r", "\n", text)


def read(message: Message, sender: str = ME, to: str = YOU) -> Mail:
    """A message as it leaves, without a server."""
    (box,) = mailboxes(sender)
    return Mail(sender, [to], wire(letter(message), box, mailboxes(to), datetime(2026, 6, 22, tzinfo=UTC)))


def files(mail: Mail) -> list[EmailMessage]:
    return [part for part in mail.parsed.iter_attachments() if isinstance(part, EmailMessage)]


async def test_attachments_arrive_byte_for_byte(house: Mailhouse) -> None:
    data = bytes(range(256)) * 40
    message = Message(
        "MMS",
        text="look",
        attachments=(Attachment("Blick 😀.png", "image/png", data), Attachment("", "", b"x")),
    )

    await send(plainly(house.port), message)

    picture, other = files(house.mails[0])
    assert (picture.get_content_type(), picture.get_filename(), picture.get_content()) == (
        "image/png",
        "Blick 😀.png",
        data,
    )
    assert (other.get_content_type(), other.get_filename()) == ("application/octet-stream", "attachment")
    assert house.mails[0].part("plain") == "look"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd.jpg"),
        ("C:\\boot.ini", "C__boot.ini"),
        ('a"b\r\nBcc: x.png', "a_b Bcc_ x.png"),
        ("photo\u202egnp.exe", "photo gnp.exe"),
        (".htaccess", "htaccess.jpg"),
        ("n" * 300 + ".jpeg", "n" * 70 + ".jpeg"),
        ("😀" * 300 + ".jpeg", "😀" * 70 + ".jpeg"),
        ("...", "attachment.jpg"),
    ],
)
def test_a_file_name_is_safe_to_save_under(name: str, safe: str) -> None:
    mail = read(Message("MMS", attachments=(Attachment(name, "image/jpeg", b"x"),)))

    assert [file.get_filename() for file in files(mail)] == [safe]
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "kind",
    ["message/rfc822", "multipart/mixed", "image", "image/png\r\nBcc: x@y", "a/b/c"],
)
def test_a_strange_type_is_only_bytes(kind: str) -> None:
    (file,) = files(read(Message("MMS", attachments=(Attachment("x.bin", kind, b"raw"),))))

    assert (file.get_content_type(), file.get_content()) == ("application/octet-stream", b"raw")


def test_what_a_type_says_of_the_encoding_is_not_repeated() -> None:
    (file,) = files(
        read(Message("MMS", attachments=(Attachment("x", "Text/Plain; charset=utf-8", b"\xff"),)))
    )

    assert (file.get_content_type(), file.get_param("charset"), file.get_payload(decode=True)) == (
        "text/plain",
        None,
        b"\xff",
    )


async def test_fifty_attachments_are_one_mail(house: Mailhouse) -> None:
    many = tuple(Attachment(f"{n}.jpg", "image/jpeg", bytes([n]) * 1000) for n in range(50))

    await send(plainly(house.port), Message("MMS", attachments=many))

    assert [file.get_filename() for file in files(house.mails[0])] == [f"{n}.jpg" for n in range(50)]


def test_equal_messages_have_equal_plans_and_a_post_shows_nothing() -> None:
    email = Email(options("smtp://localhost?tls=off"), Http())
    message = Message("secret title", text="secret text", code="481516", key="k")

    assert email.plan(message) == email.plan(message)
    assert "secret" not in repr(email.plan(message))
    assert "481516" not in repr(email.plan(message))


async def test_many_recipients_fit_on_lines(house: Mailhouse) -> None:
    many = [f"somebody.with.a.long.name.{n}@department.example.org" for n in range(60)]

    assert await send(plainly(house.port, to=many)) is None

    (mail,) = house.mails
    assert [address.addr_spec for address in mail.parsed["To"].addresses] == many == mail.recipients
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998


# The line: encryption, login, who is who


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost, and the file that makes a client trust it."""
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    return file, certificate(file, "localhost")


@asynccontextmanager
async def encrypted(kind: str, context: ssl.SSLContext, **options: Any) -> AsyncIterator[Mailhouse]:
    house = Mailhouse(users={ME: PASSWORD}, wants_login=True)
    line: dict[str, Any] = {"implicit": context} if kind == "smtps" else {"tls_context": context}
    async with mailhouse(house, **line, **options):
        yield house


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
async def test_it_encrypts_and_logs_in(
    scheme: str, mechanism: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = trusted
    others = {"LOGIN", "PLAIN"} - {mechanism}
    async with encrypted(scheme, context, auth_exclude_mechanism=others) as house:
        url = f"{scheme}://me%40example.org:pa%20ss%3Aw%C3%B6rd%40%2F%3F%23@localhost:{house.port}"
        email = Email(EmailOptions.model_validate({"url": url, "to": YOU, "ca_file": file}), Http())

        assert await send(email) is None

        assert house.encrypted
        assert house.logins == [mechanism]
        assert house.greeted_as == "example.org"
        assert house.mails[0].sender == ME


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_an_unknown_certificate_is_told_and_nothing_is_sent(
    scheme: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    async with encrypted(scheme, trusted[1]) as house:
        email = Email(options(f"{scheme}://localhost:{house.port}"), Http())

        with pytest.raises(Misconfigured, match="certificate is not valid"):
            await send(email)

        assert (house.logins, house.mails) == ([], [])


async def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    async with encrypted("smtps", certificate(file, "mail.example.org")) as house:
        with pytest.raises(Misconfigured, match="certificate is not valid"):
            await send(Email(options(f"smtps://localhost:{house.port}", ca_file=file), Http()))


async def test_starttls_is_never_left_out(house: Mailhouse) -> None:
    email = Email(options(f"smtp://me:secret@127.0.0.1:{house.port}"), Http())

    with pytest.raises(Misconfigured, match="STARTTLS"):
        await send(email)

    assert (house.logins, house.mails) == ([], [])


async def test_tls_at_once_on_a_starttls_port_is_told(house: Mailhouse) -> None:
    with pytest.raises(Misconfigured, match="speaks no TLS at once"):
        await send(Email(options(f"smtps://127.0.0.1:{house.port}"), Http()))


async def test_a_wrong_password_is_the_operators(house: Mailhouse) -> None:
    house.users = {"me": "right"}
    email = plainly(house.port, user="me", password="wrong-secret")

    with pytest.raises(Misconfigured, match="app password") as caught:
        await send(email)

    assert_nothing_leaks(caught.value, "wrong-secret", "me@example.org", "you@example.org")


async def test_a_server_that_wants_a_login_is_told(house: Mailhouse) -> None:
    house.wants_login = True

    with pytest.raises(Misconfigured, match=r"refuses the sender \(530\)"):
        await send(plainly(house.port))


# Several recipients


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


# Refusals


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


# Lost answers


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


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_being_cancelled_closes_the_line(
    scheme: str, verb: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = trusted
    async with encrypted(scheme, context) as house:
        house.wants_login = False
        house.replies[verb] = HANG
        email = Email(options(f"{scheme}://localhost:{house.port}", ca_file=file), Http())
        attempt = asyncio.create_task(send(email))
        await until(lambda: verb in house.verbs)

        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt

        await until(lambda: not house.connections)


async def test_being_cancelled_before_the_greeting_closes_the_line() -> None:
    reached, hung_up = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        hung_up.set()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1")
    async with server:
        for scheme in ("smtp", "smtps"):
            port = server.sockets[0].getsockname()[1]
            attempt = asyncio.create_task(send(Email(options(f"{scheme}://127.0.0.1:{port}"), Http())))
            await asyncio.wait_for(reached.wait(), 10)

            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt

            await asyncio.wait_for(hung_up.wait(), 10)
            reached.clear()
            hung_up.clear()


async def test_a_server_that_says_nothing_more_is_left_at_once(trusted: tuple[Path, ssl.SSLContext]) -> None:
    """Even the end of TLS is not waited for."""
    file, context = trusted
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        email = Email(options(f"smtps://localhost:{port}", ca_file=file), Http())
        attempt = asyncio.create_task(send(email))
        line = await asyncio.to_thread(greeted, listening, context)

        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt

        with line:
            await asyncio.to_thread(drained, line)


def greeted(listening: socket.socket, context: ssl.SSLContext) -> socket.socket:
    """Take a call, encrypt it, hear the client's first word, and say no more; the bare line is returned."""
    caller, _ = listening.accept()
    encrypted = context.wrap_socket(caller, server_side=True)
    encrypted.sendall(b"220 here\r\n")
    assert encrypted.recv(100).startswith(b"EHLO")
    return socket.socket(fileno=encrypted.detach())


def drained(line: socket.socket) -> None:
    """Read until the other side hangs up, which is a matter of milliseconds."""
    line.settimeout(10)
    while line.recv(100):
        pass


# The server that runs the function picks uvloop by itself


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_a_mail_is_handed_in_under_uvloop(scheme: str, trusted: tuple[Path, ssl.SSLContext]) -> None:
    file, context = trusted
    async with encrypted(scheme, context) as house:
        url = f"{scheme}://me%40example.org:pa%20ss%3Aw%C3%B6rd%40%2F%3F%23@localhost:{house.port}"
        email = Email(options(url, ca_file=file), Http())
        picture = Attachment("x.jpg", "image/jpeg", b"x" * 3_000_000)

        async def twice() -> list[str | None]:
            said = [await send(email), await send(email, Message("MMS", attachments=(picture,)))]
            await until(lambda: not house.connections)
            return said

        assert await asyncio.to_thread(uvloop.run, twice()) == [None, None]
        assert len(house.mails) == 2


@pytest.mark.parametrize("verb", ["EHLO", "DATA"])
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_being_cancelled_under_uvloop_closes_the_line(
    scheme: str, verb: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = trusted
    async with encrypted(scheme, context) as house:
        house.wants_login = False
        house.replies[verb] = HANG
        email = Email(options(f"{scheme}://localhost:{house.port}", ca_file=file), Http())

        async def given_up() -> bool:
            attempt = asyncio.create_task(send(email))
            await until(lambda: verb in house.verbs)
            attempt.cancel()
            await asyncio.wait([attempt])
            await until(lambda: not house.connections)
            return attempt.cancelled()

        assert await asyncio.to_thread(uvloop.run, given_up())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  the server's side knows no event of ours
            await asyncio.sleep(0.005)


# Probe


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


# Options


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "smtps://user:password@host:465"),
        ("https://example.org", "smtps://user:password@host:465"),
        ("smtps://", "smtps://user:password@host:465"),
        ("smtps://user:sec/ret@mail.example.org", "percent-encode"),
        ("smtps://user:sec#ret@mail.example.org", "percent-encode"),
        ("smtps://user:1234/secret@mail.example.org", "percent-encode"),
        ("smtps://user:secret@mail.example.org:99999", "percent-encode"),
        ("smtps://user:secret@[::1", "percent-encode"),
        ("smtps://user:secret@mail\u2100.example.org", "percent-encode"),
        ("smtps://user:secret@ma il.example.org", "smtps://user:password@host:465"),
        ("smtp://user:secret@mail.example.org:25", "port 25 is blocked"),
        ("smtp://user:secret@mail.example.org?tls=off", "on this machine only"),
        ("smtps://user:secret@localhost?tls=off", "only thing"),
        ("smtp://user:secret@localhost?tls=none", "only thing"),
        ("smtp://user:secret@localhost?tls=off&x=secret", "only thing"),
    ],
)
def test_a_wrong_url_is_told_without_quoting_it(url: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)) as caught:
        options(url)

    (error,) = caught.value.errors()
    assert error["type"] == "option"
    assert error["ctx"] == {"option": "url"}
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "option", "problem"),
    [
        ({"user": "me"}, "password", "needs a password"),
        ({"password": "s3cret"}, "user", "needs a user name"),
        ({"user": "me", "password": "s3cret", "sender": None}, "sender", "not an address"),
        ({"sender": None}, "sender", "not an address"),
        ({"sender": "a@example.org, b@example.org"}, "sender", "one address"),
        ({"sender": "me"}, "sender", "address 1"),
        ({"to": "me@example.org, nobody"}, "to", "address 2"),
        ({"to": ""}, "to", "address 1"),
        ({"to": []}, "to", "address 1"),
        ({"to": ["a@example.org\r\nBcc: x@example.org"]}, "to", "line break"),
        ({"to": "a@example.org b@example.org"}, "to", "address 1"),
        ({"to": "a b@example.org"}, "to", "address 1"),
        ({"to": "<a@example.org> SIZE=1"}, "to", "address"),
        ({"to": "a@b@example.org"}, "to", "address 1"),
        ({"to": "a@-example.org"}, "to", "address 1"),
        ({"to": "ä@example.org"}, "to", "address 1"),
        ({"to": f"{'a' * 250}@example.org"}, "to", "address 1"),
        ({"to": f"a@{'b' * 64}.org"}, "to", "address 1"),
    ],
)
def test_a_wrong_option_is_told_by_its_name(more: dict[str, Any], option: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem) as caught:
        options("smtps://mail.example.org", **more)

    (error,) = caught.value.errors()
    assert error["ctx"] == {"option": option}
    assert "s3cret" not in str(caught.value)


def test_a_login_is_written_in_one_place() -> None:
    with pytest.raises(ValidationError, match="in `url` too"):
        options("smtps://me:s3cret@mail.example.org", user="me", password="s3cret")
    with pytest.raises(ValidationError, match="in `url` too"):
        options("smtps://me:s3cret@mail.example.org", password="s3cret")


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")

    with pytest.raises(ValidationError, match="no certificates"):
        options("smtps://mail.example.org", ca_file=file)
    with pytest.raises(ValidationError, match="ca_file"):
        options("smtps://mail.example.org", ca_file=tmp_path / "missing.pem")


def test_the_sender_is_the_user_unless_it_is_said() -> None:
    read = EmailOptions.model_validate
    url = "smtps://me%40example.org:s3cret@mail.example.org"

    assert read({"url": url, "to": YOU}).mailbox() == Mailbox("", ME)
    assert read({"url": url, "to": YOU, "sender": "SMS <sms@example.org>"}).mailbox() == (
        "SMS",
        "sms@example.org",
    )
    found = read({"url": url, "to": YOU}).server()
    assert (found.host, found.port, found.user, found.password) == ("mail.example.org", 465, ME, "s3cret")
    assert "s3cret" not in repr(found)
    assert read({"url": "smtp://mail.example.org", "sender": ME, "to": YOU}).server().port == 587


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" a@example.org , b@example.org, ", ["a@example.org", "b@example.org"]),
        ("Anna <a@example.org>", ["Anna <a@example.org>"]),
        ('"Doe, J" <j@example.org>, x@y', ['"Doe, J" <j@example.org>', "x@y"]),
        ("Ännchen <a@bücher.example>", ["=?utf-8?q?=C3=84nnchen?= <a@xn--bcher-kva.example>"]),
        ("first.last+sms@sub.example.co.uk", ["first.last+sms@sub.example.co.uk"]),
    ],
)
def test_addresses_are_read_as_people_write_them(written: str, read: list[str]) -> None:
    assert [str(mailbox) for mailbox in mailboxes(written)] == read


# Nothing leaks


def assert_nothing_leaks(failure: BaseException, *secrets: str) -> None:
    assert (failure.__context__, failure.__cause__) == (None, None)
    said = f"{failure!r} {vars(failure)}"
    for secret in secrets:
        assert secret not in said


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_any_address_is_an_address_or_is_not(words: str) -> None:
    try:
        found = mailboxes(words)
    except ValueError:
        return
    assert all(re.fullmatch(r"[!-~]+@[a-zA-Z0-9.-]+", mailbox.address) for mailbox in found)
