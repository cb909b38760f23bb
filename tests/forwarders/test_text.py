"""Text in pieces, on one line, as a file: nothing is lost and nothing is torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Attachment, Message
from forwarders.text import as_file, file_name, one_line, plain, split, utf8, utf16

SIZES = {"characters": len, "UTF-16": utf16, "bytes": utf8}
LARGEST = {"characters": 1, "UTF-16": 2, "bytes": 4}
any_text = st.text(st.characters(exclude_categories=["Cs"]))
texts = st.one_of(any_text, st.text("ab \n😀é\u0301\u200d🏽🇺🇦", max_size=300))


@pytest.mark.parametrize("name", SIZES)
@given(text=texts, limit=st.integers(4, 80))
def test_the_pieces_are_the_text_and_each_fits(name: str, text: str, limit: int) -> None:
    pieces = split(text, limit, SIZES[name])

    assert "".join(pieces) == text
    assert all(0 < SIZES[name](piece) <= limit for piece in pieces)


@given(text=texts, limit=st.integers(100, 200))
def test_no_piece_but_the_last_is_needlessly_small(text: str, limit: int) -> None:
    pieces = split(text * 20, limit)

    assert all(len(piece) >= limit // 2 - 32 for piece in pieces[:-1])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("short", ["short"]),
        ("exactly 10", ["exactly 10"]),
        ("one two three four", ["one two ", "three four"]),
        ("one two\nthree four", ["one two\n", "three four"]),
        ("1 3\n\n6\n8 A B", ["1 3\n\n6\n", "8 A B"]),
        ("aaaaaa\n\nb\nc d e f", ["aaaaaa\n\n", "b\nc d e f"]),
        ("abcdefghijklmn", ["abcdefghij", "klmn"]),
        ("a bcdefghijklmn", ["a bcdefghi", "jklmn"]),
        ("abcdefghi👍🏽", ["abcdefghi", "👍🏽"]),
        ("abcdefghi👨‍👩‍👧‍👦", ["abcdefghi", "👨‍👩‍👧‍👦"]),
        ("abcdefghi🇺🇦", ["abcdefghi", "🇺🇦"]),
        ("abcdefghie\u0301", ["abcdefghi", "e\u0301"]),
        ("abcdefghi1\ufe0f\u20e3", ["abcdefghi", "1\ufe0f\u20e3"]),
        ("\n" * 11, ["\n" * 10, "\n"]),
    ],
)
def test_a_text_is_cut_where_a_reader_would(text: str, pieces: list[str]) -> None:
    assert split(text, 10) == pieces


def test_what_cannot_be_kept_whole_is_cut_all_the_same() -> None:
    text = "e" + "\u0301" * 500

    assert "".join(split(text, 100)) == text
    assert split("😀😀", 1, utf16) == ["😀", "😀"]


def test_a_large_text_is_cut_in_reasonable_time() -> None:
    assert len(split("word " * 200_000, 4096, utf16)) > 200


@given(texts)
def test_sizes_are_those_of_the_encodings(text: str) -> None:
    assert utf16(text) * 2 == len(text.encode("utf-16-le"))
    assert utf8(text) == len(text.encode())


@given(texts, st.integers(3, 40))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    line = one_line(text, limit, utf16)

    assert utf16(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not {each for each in line if each < " " or "\x7f" <= each <= "\x9f"}


def test_one_line_is_shortened_by_an_ellipsis() -> None:
    assert one_line(" a\r\n b\u2028c\x00\x85d ") == "a b c d"
    assert one_line("one two three", 9) == "one two…"
    assert one_line("one two", 7) == "one two"


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("photo.jpg", "image/jpeg", "photo.jpg"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd.txt"),
        ("C:\\a\\b.png", "image/png", "C__a_b.png"),
        ("", "image/png", "attachment.png"),
        ("", "", "attachment"),
        (" . ", "nonsense\n", "attachment"),
        ("a\r\nb\x00.txt", "text/plain", "a b .txt"),
        ("part", "IMAGE/PNG; name=x", "part.png"),
        ("x" * 300 + ".jpeg", "image/jpeg", "x" * 95 + ".jpeg"),
        ("x" * 300, "image/png", "x" * 95 + ".png"),
        ("“ünï” 😀.png", "image/png", "“ünï” 😀.png"),
        ("<0000>", "audio/amr", "_0000_.amr"),
        ("photo 12.05.2024", "image/jpeg", "photo 12.05.2024.jpg"),
        ("v1.2", "text/plain", "v1.2.txt"),
        ("notes.log", "text/plain", "notes.log"),
        ("backup.foo", "application/octet-stream", "backup.foo"),
        ("backup 2.0", "application/octet-stream", "backup 2.0.bin"),
        ("view.png", "image/jpeg", "view.png.jpg"),
        ("VIEW.JPG", "image/jpeg", "VIEW.JPG"),
        ("view.jpg", "image/jpg", "view.jpg"),
        ("view.jpeg", "image/pjpeg", "view.jpeg"),
        ("evil.exe", "image/png", "evil.exe.png"),
        ("part", "image/webp", "part.webp"),
        ("part", "image/heic", "part.heic"),
        ("voice", "audio/3gpp", "voice.3gp"),
        ("voice.3gp", "audio/3gpp", "voice.3gp"),
        ("voice.mp3", "audio/3gpp", "voice.mp3"),
        ("clip", "video/3gpp", "clip.3gp"),
        ("clip.amr", "video/3gpp", "clip.amr.3gp"),
        ("clip.mov", "video/mp4", "clip.mov"),
        ("clip.m4v", "video/mp4", "clip.m4v"),
        ("clip", "video/mp4", "clip.mp4"),
        ("view.jfif", "image/jpeg", "view.jfif"),
        ("voice.oga", "audio/ogg", "voice.oga"),
        ("data.xml", "application/xml", "data.xml"),
        ("data", "application/xml", "data.xml"),
        ("voice", "audio/mp4", "voice.m4a"),
        ("Mum", "text/x-vcard", "Mum.vcf"),
        ("Mum.vcf", "text/vcard", "Mum.vcf"),
        ("Dr. Mum", "text/vcard", "Dr. Mum.vcf"),
        ("smil", "application/smil", "smil"),
        ("report.docx", "application/zip", "report.docx"),
        ("report", "application/pdf", "report.pdf"),
        ("report.txt", "application/pdf", "report.txt.pdf"),
        ("anything.else", "application/vnd.x", "anything.else"),
        ('a"b<c>|?*.png', "image/png", "a_b_c____.png"),
    ],
)
def test_a_file_name_is_safe_and_tells_the_type(name: str, kind: str, shown: str) -> None:
    assert file_name(Attachment(name, kind, b"")) == shown


@given(any_text, any_text)
def test_any_file_name_is_safe(name: str, kind: str) -> None:
    shown = file_name(Attachment(name, kind, b""))

    assert 0 < len(shown) <= 120
    assert not {*'/\\:*?"<>|\r\n\x00'} & {*shown}
    assert not shown.startswith(".")


def test_plain_text_holds_all_of_a_message() -> None:
    message = Message("Anna", " text\n", (("SIM", "1"), ("At", "12:00")), ("late",), code="4815")

    assert plain(message) == "Anna\n4815\n\n text\n\n\nSIM: 1\nAt: 12:00\n\nlate"
    assert plain(Message("Anna")) == "Anna"
    assert as_file(message).data.decode() == plain(message)
