"""The attachments of an MMS."""

import base64

import pytest

from relay.events.payloads import MAX_ITEMS
from relay.rendering import attachments as rendering
from tests.configured import event
from tests.rendering.rendered import PNG, render, render_as


def unpack(*attachments: object) -> tuple[list[tuple[str, str, bytes]], tuple[str, ...]]:
    files, notes = rendering.unpack(event("mms:downloaded", attachments=attachments).payload.attachments)
    return [(file.name, file.content_type, file.data) for file in files], notes


def test_an_attachment_is_unpacked() -> None:
    files, notes = unpack({"name": "view.png", "contentType": "image/png", "data": PNG})

    assert (files, notes) == ([("view.png", "image/png", base64.b64decode(PNG))], ())


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        ({"name": "a.png"}, "Came without its content: a.png"),
        ({"name": "a.png", "data": ""}, "Came without its content: a.png"),
        ({"name": "a.png", "data": 5}, "Could not be read: a.png"),
        ({"name": "a.png", "data": "%%%"}, "Could not be read: a.png"),
        ({"name": "a.png", "data": "===="}, "Came empty: a.png"),
        ({"name": "a.png", "kept": False}, "Was too large to be kept until now: a.png"),
        ("no object", "Came without its content: attachment-2"),
        ({"contentType": "image/png"}, "Came without its content: attachment-2.png"),
    ],
)
def test_a_broken_attachment_affects_no_other(broken: object, note: str) -> None:
    good = {"name": "good.txt", "contentType": "text/plain", "data": "SGVsbG8="}

    files, notes = unpack(good, broken, good)

    assert [name for name, _, _ in files] == ["good.txt", "good.txt"]
    assert notes == (note,)


@pytest.mark.parametrize(
    ("claimed", "data", "found", "notes"),
    [
        ("image/png", b"<html>", "application/octet-stream", ("Is no picture, whatever it claims: a",)),
        ("image/png", b"\xff\xd8\xff...", "image/jpeg", ()),
        ("image/jpg", b"\xff\xd8\xff...", "image/jpeg", ()),
        ("IMAGE/PNG; name=a", b"\x89PNG\r\n\x1a\n", "image/png", ()),
        ("image/webp", b"RIFF\n\n\n\nWEBP", "image/webp", ()),
        ("image/heic", b"\0\0\0\x18ftypheic", "image/heic", ()),
        ("image/svg+xml", b"<svg/>", "image/svg+xml", ()),
        ("image/*", b"\x89PNG\r\n\x1a\n", "image/png", ()),
        ("image/x-png", b"\x89PNG\r\n\x1a\n", "image/png", ()),
        ("image/*", b"<html>", "application/octet-stream", ("Is no picture, whatever it claims: a",)),
        ("video/mp4", b"....", "video/mp4", ()),
        ("application/vnd.x", b"....", "application/vnd.x", ()),
        ("anything", b"....", "application/octet-stream", ()),
        ("a/b\r\nX: y", b"....", "application/octet-stream", ()),
        (None, b"....", "application/octet-stream", ()),
    ],
)
def test_the_type_of_a_file_is_checked(
    claimed: str | None, data: bytes, found: str, notes: tuple[str, ...]
) -> None:
    files, found_notes = unpack(
        {"name": "a", "contentType": claimed, "data": base64.b64encode(data).decode()}
    )

    assert (files[0][1], found_notes) == (found, notes)


@pytest.mark.parametrize(
    ("claimed", "data", "name"),
    [
        ("image/*", b"\x89PNG\r\n\x1a\n", "attachment-1.png"),
        ("image/png", b"\xff\xd8\xff...", "attachment-1.jpg"),
        ("image/png", b"<html>", "attachment-1"),
        ("text/plain", b"hello", "attachment-1.txt"),
    ],
)
def test_a_file_without_a_name_gets_the_extension_of_its_type(claimed: str, data: bytes, name: str) -> None:
    files, _ = unpack({"contentType": claimed, "data": base64.b64encode(data).decode()})

    assert files[0][0] == name


@pytest.mark.parametrize(
    ("name", "shown_as"),
    [
        (None, "attachment-1.png"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\r\nb.png", "a b.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 500, "x" * 99 + "…"),
    ],
)
def test_the_name_of_a_file_is_safe(name: str | None, shown_as: str) -> None:
    assert unpack({"name": name, "contentType": "image/png", "data": PNG})[0][0][0] == shown_as


@pytest.mark.parametrize(
    ("count", "listed"),
    [
        (5, "0.png, 1.png, 2.png, 3.png, 4.png"),
        (6, "0.png, 1.png, 2.png, 3.png, 4.png, 1 more"),
        (50, "0.png, 1.png, 2.png, 3.png, 4.png, 45 more"),
    ],
)
def test_many_broken_attachments_are_one_note(count: int, listed: str) -> None:
    _, notes = unpack(*({"name": f"{each}.png", "data": "%"} for each in range(count)))

    assert notes == (f"Could not be read: {listed}",)


def test_attachments_beyond_the_limit_are_counted() -> None:
    incoming = event("mms:downloaded", attachments=[{"name": "a.png", "data": PNG}] * (MAX_ITEMS + 3))

    assert len(render(incoming).attachments) == MAX_ITEMS
    assert render(incoming).notes == ("3 more attachments are not shown",)
    assert render(incoming).event == incoming.raw
    assert render_as("masked", incoming).notes[-1] == f"Attachments not shown here: {MAX_ITEMS + 3}"


def test_fifty_attachments_are_all_shown() -> None:
    incoming = event("mms:downloaded", attachments=[{"contentType": "image/png", "data": PNG}] * 50)

    assert len(render(incoming).attachments) == 50
