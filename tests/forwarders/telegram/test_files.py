"""Pictures and files of a message, in the form that Telegram shows best."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Attachment, Message, MessageRefused, Misconfigured, TransientFailure
from forwarders.http import Http
from forwarders.telegram.compose import compose
from forwarders.telegram.pictures import read_size
from testkit.case import Delivery
from testkit.service import Reply, reply
from testkit.services import telegram
from testkit.services.pictures import gif, jpeg, png, webp
from testkit.services.telegram import Refused
from tests.forwarders.telegram.sending import forwarder, picture, shown

pytestmark = pytest.mark.anyio


async def test_a_picture_is_a_photo_with_the_text_below(server: telegram.Telegram, http: Http) -> None:
    message = Message("Anna", "look <3", code="4815", attachments=(picture(),))

    [post], _ = await shown(server, http, message)

    assert (post.method, post.text, post.copies) == ("sendPhoto", "4815\nAnna\n\nlook <3", "4815")
    assert (post.files[0].name, post.files[0].data) == ("1.png", png())
    assert (post.bold, post.silent) == ("Anna", False)


async def test_several_pictures_are_an_album(server: telegram.Telegram, http: Http) -> None:
    pictures = tuple(picture(number, png(40 + number, 30)) for number in range(12))

    posts, _ = await shown(server, http, Message("Anna", "look", attachments=pictures))

    assert [(post.method, len(post.files)) for post in posts] == [
        ("sendMediaGroup", 10),
        ("sendMediaGroup", 2),
    ]
    assert [post.text for post in posts] == ["Anna\n\nlook", ""]
    assert [file.data for post in posts for file in post.files] == [each.data for each in pictures]
    assert [post.silent for post in posts] == [False, True]


async def test_an_album_has_no_button_so_a_code_comes_before_it(
    server: telegram.Telegram, http: Http
) -> None:
    message = Message("Anna", "look", code="4815", attachments=(picture(1), picture(2)))

    [text, album], _ = await shown(server, http, message)

    assert (text.copies, text.text) == ("4815", "4815\nAnna\n\nlook")
    assert (album.text, len(album.files)) == ("", 2)


async def test_a_text_too_long_for_a_caption_comes_before_the_picture(
    server: telegram.Telegram, http: Http
) -> None:
    fits, longer = "😀" * 509, "😀" * 510

    await shown(server, http, Message("Anna", fits, attachments=(picture(),)))
    await shown(server, http, Message("Anna", longer, attachments=(picture(),)))

    assert [post.method for post in server.shown] == ["sendPhoto", "sendMessage", "sendPhoto"]


async def test_what_is_no_photo_comes_as_a_file_after_the_photos(
    server: telegram.Telegram, http: Http
) -> None:
    files = (
        Attachment("a.vcf", "text/x-vcard", b"BEGIN:VCARD"),
        picture(1),
        Attachment("b.mp4", "video/mp4", b"film"),
        Attachment("c.gif", "image/gif", gif()),
    )

    posts, _ = await shown(server, http, Message("Anna", attachments=files))

    assert [post.method for post in posts] == ["sendPhoto", "sendMediaGroup"]
    assert [file.name for file in posts[1].files] == ["a.vcf", "b.mp4", "c.gif"]
    assert posts[0].text == "Anna"


async def test_a_picture_above_the_limits_of_photos_is_a_file(server: telegram.Telegram, http: Http) -> None:
    large = Attachment("large.jpg", "image/jpeg", jpeg(more=bytes(10_000_000)))
    wide = Attachment("wide.png", "image/png", png(9000, 2000))
    thin = Attachment("thin.png", "image/png", png(2100, 100))

    [post], _ = await shown(server, http, Message("Anna", attachments=(large, wide, thin)))

    assert (post.method, post.text) == ("sendMediaGroup", "Anna")
    assert [file.name for file in post.files] == ["large.jpg", "wide.png", "thin.png"]


async def test_what_is_empty_too_large_or_false_costs_only_itself(
    server: telegram.Telegram, http: Http
) -> None:
    files = (
        Attachment("empty.png", "image/png", b""),
        Attachment("huge.mp4", "video/mp4", bytes(50_000_001)),
        Attachment("false.png", "image/png", b"<html>"),
        picture(),
    )

    delivery = Delivery(forwarder(server, http), Message("Anna", "look", attachments=files))

    assert type(await delivery.attempt()) is MessageRefused

    assert list(filter(None, delivery.refused)) == [
        {"file-0": "a file is too large for Telegram: it was not sent"}
    ]
    photo, document = server.shown
    assert photo.text == (
        "Anna\n\nlook\n\n“empty.png” is empty\n“huge.mp4” is too large for Telegram (50 MB)\n"
        "“false.png” is not a picture that Telegram can show, so it comes as a file"
    )
    assert [file.name for file in (*photo.files, *document.files)] == ["1.png", "false.png"]


def test_no_request_carries_more_than_fifty_megabytes() -> None:
    files = tuple(Attachment(f"{number}.bin", "x/y", bytes(20_000_000)) for number in range(5))

    assert [len(post.files) for post in compose(Message("T", attachments=files))] == [2, 2, 1]


async def test_a_photo_that_telegram_cannot_read_is_sent_as_a_file(
    server: telegram.Telegram, http: Http
) -> None:
    broken = picture(1, png(more=b"broken"))

    for files in ((broken,), (broken, picture(2))):
        said = (await shown(server, http, Message("Anna", "look", attachments=files)))[1]
        assert said == ["photos were sent as files: Telegram did not accept them"]

    assert [(post.method, len(post.files), post.text) for post in server.shown] == [
        ("sendDocument", 1, "Anna\n\nlook"),
        ("sendMediaGroup", 2, "Anna\n\nlook\n\nTelegram cannot show one of these, so all come as files"),
    ]


@pytest.mark.parametrize(
    "refusal", [Refused(400, "Bad Request: file is too big"), Refused(413, "Request Entity Too Large")]
)
async def test_a_file_that_telegram_refuses_costs_only_itself(
    server: telegram.Telegram, http: Http, refusal: Refused
) -> None:
    server.acts.extend([refusal.reply, refusal.reply])

    with pytest.raises(MessageRefused) as caught:
        await shown(server, http, Message("Anna", "look", attachments=(picture(),)))

    [post] = server.shown
    assert (post.method, post.text) == ("sendMessage", "Anna\n\nlook\n\nTelegram did not accept “1.png”")
    assert (set(caught.value.accepted), set(caught.value.refused)) == ({"words"}, {"file-0"})


async def test_a_photo_that_is_refused_for_now_keeps_its_form(server: telegram.Telegram, http: Http) -> None:
    server.acts.append(Refused(400, "Bad Request: FILE_PART_0_MISSING").reply)
    message = Message("Anna", "look", code="4815", attachments=(picture(),))
    delivery = Delivery(forwarder(server, http), message)

    assert type(await delivery.attempt()) is TransientFailure
    assert await delivery.attempt() is None

    words, photo = server.shown
    assert (words.method, words.text, words.copies) == ("sendMessage", "4815\nAnna\n\nlook", "4815")
    assert (photo.method, photo.text, photo.copies, photo.silent) == ("sendPhoto", "", "", True)


async def test_an_album_of_which_one_is_refused_comes_one_by_one(
    server: telegram.Telegram, http: Http
) -> None:
    files = tuple(Attachment(f"{each}.pdf", "application/pdf", b"x") for each in (1, 2, 3))
    server.objection = lambda request: (
        Refused(400, "Bad Request: file is too big").reply if b'"2.pdf"' in request.body else None
    )
    delivery = Delivery(forwarder(server, http), Message("Anna", "look", attachments=files))

    assert type(await delivery.attempt()) is MessageRefused

    assert [(post.text, [file.name for file in post.files]) for post in server.shown] == [
        ("Anna\n\nlook", []),
        ("", ["1.pdf"]),
        ("Telegram did not accept “2.pdf”", []),
        ("", ["3.pdf"]),
    ]
    assert [set(parts) for parts in delivery.refused] == [{"file-1"}]


async def test_an_album_that_breaks_off_goes_on_where_it_was(server: telegram.Telegram, http: Http) -> None:
    files = tuple(Attachment(f"{each}.pdf", "application/pdf", b"x") for each in (1, 2, 3))
    big, busy = Refused(400, "Bad Request: file is too big").reply, Reply(502)
    answers = {b"sendMediaGroup": big, b'"2.pdf"': busy}
    server.objection = lambda request: next(
        (answer for word, answer in answers.items() if word in request.target.encode() + request.body), None
    )
    delivery = Delivery(forwarder(server, http), Message("Anna", "look", attachments=files))

    assert type(await delivery.attempt()) is TransientFailure
    server.objection = lambda _request: None
    assert await delivery.attempt() is None

    assert [(post.text, [file.name for file in post.files]) for post in server.shown] == [
        ("Anna\n\nlook", []),
        ("", ["1.pdf"]),
        ("", ["2.pdf", "3.pdf"]),
    ]


async def test_a_missing_right_to_send_pictures_is_the_operators(
    server: telegram.Telegram, http: Http
) -> None:
    server.always = Refused(400, "Bad Request: not enough rights to send photos to the chat").reply

    with pytest.raises(Misconfigured, match="right to send"):
        await shown(server, http, Message("Anna", attachments=(picture(),)))

    assert server.attempts == 1


@pytest.mark.parametrize(
    ("data", "sides"),
    [
        (png(3, 4), (3, 4)),
        (jpeg(300, 400), (300, 400)),
        (webp(b"VP8 ", 300, 400), (300, 400)),
        (webp(b"VP8L", 300, 400), (300, 400)),
        (webp(b"VP8X", 300, 400), (300, 400)),
        (webp(b"VP8X", 300, 400, moves=True), None),
        (gif(3, 4), None),
        (png(0, 4), None),
        (b"", None),
        (b"<svg>", None),
        (b"\xff\xd8\xff", None),
        (b"\xff\xd8" + b"\xff" * 5000, None),
        (b"\xff\xd8\xff\xe0\x00\x02" + b"JFIF", None),
    ],
)
def test_a_picture_tells_its_size(data: bytes, sides: tuple[int, int] | None) -> None:
    assert read_size(data) == sides


@pytest.mark.parametrize("data", [png(3, 4), jpeg(3, 4), webp(b"VP8 "), webp(b"VP8L"), webp(b"VP8X")])
def test_a_picture_that_ends_too_early_is_none(data: bytes) -> None:
    whole = read_size(data)

    assert whole
    assert {read_size(data[:length]) for length in range(len(data))} <= {None}


@given(st.binary(), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X"]))
def test_no_bytes_are_too_strange(data: bytes, start: bytes) -> None:
    read_size(start + data)


async def test_a_file_that_holds_the_text_is_never_given_up(server: telegram.Telegram, http: Http) -> None:
    server.acts.extend([reply(200, {"ok": True}), Refused(400, "Bad Request: file is too big").reply])

    with pytest.raises(Misconfigured):
        await shown(server, http, Message("Long", "word " * 5000))

    assert server.attempts == 2
