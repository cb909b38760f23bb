"""The beginnings of picture files: enough for whoever only wants to know what they are."""

import struct


def png(width: int = 40, height: int = 30, more: bytes = b"") -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + more


def jpeg(width: int = 40, height: int = 30, more: bytes = b"") -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\x00\x00xx"
    frame = b"\xff\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width)
    return b"\xff\xd8" + exif + frame + more


def webp(kind: bytes, width: int = 40, height: int = 30, *, moves: bool = False) -> bytes:
    if kind == b"VP8 ":
        inner = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    elif kind == b"VP8L":
        inner = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    else:
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        inner = bytes([2 if moves else 0, 0, 0, 0]) + sides
    return b"RIFF\x00\x00\x00\x00WEBP" + kind + struct.pack("<I", len(inner)) + inner


def gif(width: int = 40, height: int = 30) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height)
