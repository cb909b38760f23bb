"""Recognize pictures by their first bytes, and whether Telegram shows them as photos."""

from forwarders.base import Attachment

LARGEST_PHOTO = 10_000_000
"""Bytes of a photo. https://core.telegram.org/bots/api#sending-files"""
LARGEST_FILE = 50_000_000
"""Bytes of any file. https://core.telegram.org/bots/api#sending-files"""
LARGEST_SIDES = 10_000
"""Width and height of a photo in pixels, together. https://core.telegram.org/bots/api#sendphoto"""
LARGEST_RATIO = 20
"""How many times the longer side may be the shorter. https://core.telegram.org/bots/api#sendphoto"""
_MARK = 0xFF
_MOST_MARKERS = 1000
"""A file of nothing but markers is no picture, and is not read to its end."""
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The JPEG markers that hold the size of the picture."""


def is_photo(attachment: Attachment) -> bool:
    """Return whether Telegram accepts the file as a photo; animated pictures are better sent as files."""
    sides = read_size(attachment.data)
    if sides is None or len(attachment.data) > LARGEST_PHOTO:
        return False
    return sum(sides) <= LARGEST_SIDES and max(sides) <= LARGEST_RATIO * min(sides)


def is_picture(data: bytes) -> bool:
    """Return whether the bytes begin like a picture that Telegram can show, also an animated or large one."""
    return data.startswith((b"GIF87a", b"GIF89a")) or data[8:12] == b"WEBP" or read_size(data) is not None


def claims_to_be_picture(attachment: Attachment) -> bool:
    """Return whether the file's type says that it is a picture."""
    return attachment.content_type.strip().lower().startswith("image/")


def read_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, JPEG or WebP picture in pixels, or None if it is none of them."""
    try:
        sides = _read_size(data)
    except IndexError:  # it ends within its header
        return None
    return sides if sides and all(sides) else None


def _read_size(data: bytes) -> tuple[int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _read_big_endian(data, 16, 4), _read_big_endian(data, 20, 4)
    if data.startswith(b"\xff\xd8\xff"):
        return _read_jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _read_webp_size(data)
    return None


def _read_jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Go from marker to marker until one holds the size."""
    at = 2
    for _ in range(_MOST_MARKERS):
        if data[at] != _MARK:
            return None
        if data[at + 1] in _FRAMES:
            return _read_big_endian(data, at + 7, 2), _read_big_endian(data, at + 5, 2)
        at += 1 if data[at + 1] == _MARK else 2 + _read_big_endian(data, at + 2, 2)
    return None


def _read_webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        return _read_little_endian(data, 26, 2) & 0x3FFF, _read_little_endian(data, 28, 2) & 0x3FFF
    if kind == b"VP8L":
        bits = _read_little_endian(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and not data[20] & 2:  # 2: animated
        return _read_little_endian(data, 24, 3) + 1, _read_little_endian(data, 27, 3) + 1
    return None


def _read_big_endian(data: bytes, at: int, length: int) -> int:
    data[at + length - 1]  # raises if the file is too short
    return int.from_bytes(data[at : at + length], "big")


def _read_little_endian(data: bytes, at: int, length: int) -> int:
    return _read_big_endian(data[at : at + length][::-1], 0, length)
