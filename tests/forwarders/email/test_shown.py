"""What a reader of a mail sees."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Attachment, Message
from forwarders.email import Email
from forwarders.email.html import render_html
from forwarders.http import Http
from forwarders.text import one_line
from testkit.services.smtp import SmtpServer
from tests.forwarders.email.mailing import ME, MESSAGE, WORDS, YOU, files, lines, options, plainly, read, send

pytestmark = pytest.mark.anyio


async def test_a_message_arrives_as_text_and_html(house: SmtpServer) -> None:
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


async def test_the_code_comes_first_in_the_subject_and_large_in_the_page(house: SmtpServer) -> None:
    await send(plainly(house.port), Message("SMS from Bank", text="481 516 is your code", code="481516"))

    (mail,) = house.mails
    assert mail.parsed["Subject"] == "481516 - SMS from Bank"
    assert mail.part("plain").startswith("481516\n\n481 516 is your code")
    assert re.search(r"font:600 32px[^>]*>481516<", mail.part("html"))


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("SMS from Anna", True),
        (
            "SMS to +12025550143 failed: the phone's user did not allow this short number, now and later",
            True,
        ),
        ("word " * 45 + "end", True),
        ("a" * 60 + " " + "b" * 60, True),
        ("a" * 61, False),
        ("SMS from Änna", False),
        ("SMS from =?utf-8?q?Anna?=", False),
        ("a" * 1000, False),
    ],
)
async def test_an_ascii_subject_stays_plain(house: SmtpServer, subject: str, plain: bool) -> None:
    await send(plainly(house.port), Message(subject))

    (mail,) = house.mails
    assert mail.parsed["Subject"] == subject
    header = mail.content.partition(b"Subject:")[2].partition(b"\r\nDate:")[0]
    assert (b"=?" not in header) is plain
    assert header.replace(b"\r\n", b"").decode().strip() == subject or not plain
    assert max(map(len, header.split(b"\r\n"))) < 998


GROUNDS = {
    "light": ("#000000", "#ffffff"),
    "dark": ("#ffffff", "#1e1e1e"),
    "dark, grey": ("#e8eaed", "#202124"),
}
"""The colours of text and ground in mail programs."""


@pytest.mark.parametrize("ground", GROUNDS)
def test_small_print_is_legible_on_any_ground(ground: str) -> None:
    """https://www.w3.org/TR/WCAG22/#contrast-minimum"""
    page = render_html(Message("T", text="x", fields=(("SIM", "2"),), notes=("late",)))
    text, behind = GROUNDS[ground]
    styles = re.findall(r'style="([^"]*)"', page)

    for style in styles:
        assert not re.search(r"(?<!-)\bcolor:|background", style)  # a fixed colour fits one ground only
    opacities = [float(each) for style in styles for each in re.findall(r"opacity:([\d.]+)", style)]
    assert len(opacities) == 2  # the fields and the note
    for opacity in opacities:
        assert contrast(mix(text, behind, opacity), channels(behind)) >= 4.5


def channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def mix(text: str, behind: str, opacity: float) -> list[float]:
    pairs = zip(channels(text), channels(behind), strict=True)
    return [opacity * one + (1 - opacity) * other for one, other in pairs]


def contrast(one: list[float], other: list[float]) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: list[float]) -> float:
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


async def test_a_repeated_mail_has_the_same_id_and_a_conversation_one_thread(house: SmtpServer) -> None:
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


async def test_a_message_without_a_key_gets_an_id_of_its_own_each_time(house: SmtpServer) -> None:
    email = plainly(house.port)

    await send(email, Message("Alert"))
    await send(email, Message("Alert"))

    first, second = [mail.parsed for mail in house.mails]
    assert first["Message-ID"] != second["Message-ID"]
    assert "References" not in first
    assert house.mails[0].part("plain") == "Alert"


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
async def test_a_title_with_line_breaks_adds_no_header(house: SmtpServer, break_: str) -> None:
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
async def test_text_arrives_as_typed_through_a_server_of_seven_bits(house: SmtpServer, text: str) -> None:
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


@given(title=WORDS, text=WORDS, code=st.none() | st.from_regex(r"[0-9A-Z]{4,8}", fullmatch=True))
def test_any_words_survive_the_form_of_a_mail(title: str, text: str, code: str | None) -> None:
    parsed = read(Message(title, text=text or "x", code=code)).parsed
    body = read(Message(title, text=text or "x")).part("plain")

    shown = one_line(f"{code} - {title}" if code else title)
    assert parsed["Subject"] == shown
    assert lines(body) == lines(text or "x")


async def test_attachments_arrive_byte_for_byte(house: SmtpServer) -> None:
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
        ("C:\\boot.ini", "C__boot.ini.jpg"),
        ('a"b\r\nBcc: x.png', "a_b Bcc_ x.png.jpg"),
        ("photo\u202egnp.exe", "photo gnp.exe.jpg"),
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


async def test_fifty_attachments_are_one_mail(house: SmtpServer) -> None:
    many = tuple(Attachment(f"{n}.jpg", "image/jpeg", bytes([n]) * 1000) for n in range(50))

    await send(plainly(house.port), Message("MMS", attachments=many))

    assert [file.get_filename() for file in files(house.mails[0])] == [f"{n}.jpg" for n in range(50)]


def test_equal_messages_have_equal_plans_and_a_post_shows_nothing() -> None:
    email = Email(options("smtp://localhost?tls=off"), Http())
    message = Message("secret title", text="secret text", code="481516", key="k")

    assert email.plan(message) == email.plan(message)
    assert "secret" not in repr(email.plan(message))
    assert "481516" not in repr(email.plan(message))


async def test_many_recipients_fit_on_lines(house: SmtpServer) -> None:
    many = [f"somebody.with.a.long.name.{n}@department.example.org" for n in range(60)]

    assert await send(plainly(house.port, to=many)) is None

    (mail,) = house.mails
    assert [address.addr_spec for address in mail.parsed["To"].addresses] == many == mail.recipients
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
