"""What the chat shows of a message, against a Bot API server of this machine."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Attachment, Message
from forwarders.http import Http
from forwarders.telegram.compose import RichText, compose
from forwarders.text import utf16
from testkit.case import reads
from testkit.services import telegram
from testkit.services.pictures import png
from testkit.services.telegram import Markup
from tests.forwarders.telegram.sending import picture, shown

pytestmark = pytest.mark.anyio
any_text = st.text(st.characters(exclude_categories=["Cs"]))


# What a reader sees


async def test_a_message_is_read_at_a_glance(server: telegram.Telegram, http: Http) -> None:
    message = Message(
        title="Anna <3 · +4915112345678",
        text="Your code is 481 516\n\n  Don't & <b>share</b> it: https://example.org/?a=1&b=2",
        fields=(("SIM", "1 (Work)"), ("Sent", "12:04")),
        notes=("arrived 3 h 38 min late",),
        code="481516",
    )

    [post], said = await shown(server, http, message)

    assert post.text == (
        "481516\nAnna <3 · +4915112345678\n\n"
        "Your code is 481 516\n\n  Don't & <b>share</b> it: https://example.org/?a=1&b=2\n\n"
        "SIM: 1 (Work)\nSent: 12:04\n\narrived 3 h 38 min late"
    )
    assert (post.code, post.bold) == ("481516", "Anna <3 · +4915112345678")
    assert (post.label, post.copies) == ("Copy 481516", "481516")
    assert (post.silent, post.protected, post.preview, post.topic) == (False, False, False, "")
    assert said == []


async def test_a_silent_message_makes_no_sound(server: telegram.Telegram, http: Http) -> None:
    [post], _ = await shown(server, http, Message("Quiet", silent=True))

    assert post.silent
    assert post.copies == ""


async def test_a_topic_and_protection_are_asked_for(server: telegram.Telegram, http: Http) -> None:
    message = Message("Here", attachments=(picture(1), picture(2)), text="x" * 2000)

    posts, _ = await shown(server, http, message, thread_id=7, protect_content=True)

    assert [(post.topic, post.protected) for post in posts] == [("7", True)] * 2


async def test_the_general_topic_is_asked_for_by_its_absence(server: telegram.Telegram, http: Http) -> None:
    [post], _ = await shown(server, http, Message("Here"), thread_id=1)

    assert post.topic == ""


async def test_a_public_chat_is_found_by_its_name(server: telegram.Telegram, http: Http) -> None:
    [post], _ = await shown(server, http, Message("Here"), chat_id="@relay_chat")

    assert post.chat == "@relay_chat"


async def test_lines_end_however_they_ended(server: telegram.Telegram, http: Http) -> None:
    [post], _ = await shown(server, http, Message("T", "a\r\nb\rc\u2028d\u2029e\tf\x07g"))

    assert post.text == "T\n\na\nb\nc\nd\ne f g"


@pytest.mark.parametrize(
    "text",
    [
        "@durov",
        "Hello @durov_2, and @everyone!",
        "(@durov) \u201c@durov\u201d @durov@durov",
        "\u00e9 @durov",
        "你好 @durov",
        "line\n@durov\r\n@durov",
    ],
)
async def test_a_name_in_a_text_notifies_nobody(server: telegram.Telegram, http: Http, text: str) -> None:
    file = replace(picture(1), name="@durov.png")

    for message in (
        Message(text.splitlines()[0], text=text, fields=(("To", text),), notes=(text,)),
        Message("T", text=text, attachments=(file, Attachment("@durov", "image/png", b""))),
    ):
        for post in (await shown(server, http, message))[0]:
            assert post.mentions == ()
            assert text.replace("\r\n", "\n") in post.text


async def test_an_address_stays_as_it_is() -> None:
    (post,) = compose(Message("T", text="bob@example.org, 5 @ 3, @ and a@, jose\u0301@example.org"))

    assert post.text.plain == "T\n\nbob@example.org, 5 @ 3, @ and a@, jos\u00e9@example.org"


@pytest.mark.parametrize(
    "link",
    [
        "https://www.tiktok.example/@durov/video/7?a=@durov",
        "HTTPS://maps.example/maps/@52.5,13.4,15z",
        "youtube.com/@durov",
        "Watch:https://medium.example/@durov",
        "点击https://medium.example/@durov",
        "(https://medium.example/@durov)",
    ],
)
def test_a_link_to_a_name_stays_whole(link: str) -> None:
    (post,) = compose(Message("T", text=f"See {link}"))

    assert post.text.plain == f"T\n\nSee {link}"


@pytest.mark.parametrize(
    "text",
    [
        "x/@durov",
        "and.or/@durov",
        "https://host/@durov",
        "a.b/https://a.example/@durov",
        "shttp://a.example/@durov",
        "http\u017f://a.example/@durov",
        "https://a.example/)@durov",
        "https://a.example/\u3000@durov",
        "https://a.example/\u2028@durov",
        "https://a.example @durov",
        "_a.com/@durov",
        "https://a_.example/@durov",
    ],
)
def test_what_is_only_almost_a_link_notifies_nobody(text: str) -> None:
    (post,) = compose(Message("T", text=text))

    assert "@durov" not in post.text.plain


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Ha\u030alla\u030a A\u030angstro\u0308m", "H\u00e5ll\u00e5 \u00c5ngstr\u00f6m"),
        ("e\u0301 и\u0306 か\u3099", "\u00e9 й が"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("a\u0323\u030a", "\u1ea1"),
    ],
)
async def test_letters_keep_their_marks(server: telegram.Telegram, http: Http, typed: str, read: str) -> None:
    [post], _ = await shown(server, http, Message(typed, text=typed))

    assert post.text == f"{read}\n\n{read}"


async def test_the_marks_of_a_letter_cost_little() -> None:
    (post, *_) = compose(Message("T", text="\u0315\u0300" * 2000))

    assert "\u0315" in post.text.plain


@pytest.mark.parametrize("message", [Message(""), Message(" ", "\n"), Message("", notes=("", " "))])
async def test_a_message_of_nothing_is_told(server: telegram.Telegram, http: Http, message: Message) -> None:
    [post], _ = await shown(server, http, message)

    assert post.text == "(no text)"


async def test_a_code_too_long_for_a_button_has_none(server: telegram.Telegram, http: Http) -> None:
    [post], _ = await shown(server, http, Message("T", code="9" * 257))

    assert (post.code, post.copies) == ("9" * 257, "")


@given(st.lists(st.tuples(st.sampled_from(["", "b", "i", "code"]), any_text)))
def test_what_a_reader_sees_is_what_was_sent(spans: list[tuple[str, str]]) -> None:
    rich = RichText(tuple(spans))
    seen = Markup()
    seen.feed(rich.html)
    seen.close()

    assert seen.text == rich.plain == "".join(text for _, text in spans)
    assert seen.open == []


@given(
    st.lists(st.tuples(st.sampled_from(["", "b", "code"]), st.text("<>&; aé😀\n", max_size=60)), max_size=8),
    st.integers(8, 60),
)
def test_pieces_are_whole_each(spans: list[tuple[str, str]], limit: int) -> None:
    pieces = RichText(tuple(spans)).cut(limit)

    assert "".join(piece.plain for piece in pieces) == "".join(text for _, text in spans)
    for piece in pieces:
        seen = Markup()
        seen.feed(piece.html)
        seen.close()
        assert seen.text == piece.plain
        assert utf16(piece.plain) <= limit


# Long texts


async def test_a_long_text_is_numbered_posts_of_which_one_makes_a_sound(
    server: telegram.Telegram, http: Http
) -> None:
    text = "\n".join(f"{number} & <b>" for number in range(1, 900))

    posts, _ = await shown(server, http, Message("Long", text, code="4815", notes=("the end",)))

    assert [post.text[:4] for post in posts] == ["4815", "2/3\n", "3/3\n"]
    assert [post.silent for post in posts] == [False, True, True]
    assert [post.copies for post in posts] == ["4815", "", ""]
    assert posts[-1].text.endswith("the end")
    assert reads([post.text for post in posts], text)


async def test_a_text_of_more_than_four_posts_is_a_beginning_and_a_file(
    server: telegram.Telegram, http: Http
) -> None:
    text = "word & <b> 😀 " * 2000

    [post, file], _ = await shown(server, http, Message("Long", text, notes=("the end",)))

    assert post.text.endswith("all of it is in the file")
    assert 3500 < len(post.text) <= 4096
    [whole] = file.files
    assert (whole.name, whole.content_type) == ("message.txt", "text/plain")
    assert whole.data.decode() == f"Long\n\n{text}\n\nthe end"
    assert file.silent


@pytest.mark.parametrize("text", ["&" * 16_000, "😀" * 8_000, "字" * 16_000, "<" * 4096, "\u0301" * 9000])
async def test_what_grows_when_it_is_escaped_fits(server: telegram.Telegram, http: Http, text: str) -> None:
    posts, said = await shown(server, http, Message("T", text))

    assert reads([post.text for post in posts], text)
    assert said == []


async def test_a_title_and_fields_of_any_length_fit(server: telegram.Telegram, http: Http) -> None:
    fields = tuple((f"field {number}", "<value> " * 20) for number in range(30))

    posts, _ = await shown(server, http, Message("Title " * 900, "text", fields, notes=("note",) * 500))

    texts = [post.text for post in posts]
    assert reads(texts, "\n".join(f"{label}: {value}" for label, value in fields))


def test_only_the_posts_of_a_file_differ_where_only_a_file_differs() -> None:
    one = Message("T", "x" * 2000, attachments=(picture(1),))
    other = replace(one, attachments=(picture(1, png(50, 50)),))

    assert compose(one)[0] == compose(other)[0]
    assert compose(one)[1] != compose(other)[1]
