"""Unpack the attachments of an MMS: a broken one affects no other."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from forwarders.base import Attachment
from relay.events import MmsAttachment
from relay.lines import clean_line

UNNAMED = "application/octet-stream"
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_LONGEST_NAME = 100
_MOST_NAMES = 5
_EXTENSIONS: Mapping[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}
_SIGNATURES: Mapping[str, re.Pattern[bytes]] = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/bmp": re.compile(rb"BM"),
    "image/heic": re.compile(rb"....ftyp", re.DOTALL),
    "image/heif": re.compile(rb"....ftyp", re.DOTALL),
    "image/avif": re.compile(rb"....ftyp", re.DOTALL),
}
"""How image files begin. A type without an entry is believed, unless the file begins like a common image."""
_COMMON = ("image/jpeg", "image/png", "image/gif", "image/webp")


def unpack(attachments: Iterable[MmsAttachment]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the files that can be read, and notes on those that cannot, or that are not what they claim."""
    files: list[Attachment] = []
    faults: defaultdict[str, list[str]] = defaultdict(list)
    for number, each in enumerate(attachments, start=1):
        file = _file(each, number)
        fault = _fault(each, file)
        if fault:
            faults[fault].append(file.name)
        if file.data:
            files.append(file)
    return tuple(files), tuple(f"{fault}: {_join_names(names)}" for fault, names in faults.items())


def _file(attachment: MmsAttachment, number: int) -> Attachment:
    claimed = (attachment.content_type or "").split(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    data = attachment.content or b""
    kind = _image_type(claimed, data) if data and claimed.startswith("image/") else claimed
    kind = kind if _TYPE.fullmatch(kind) else UNNAMED
    return Attachment(_name(attachment.name, kind, number), kind, data)


def _name(name: str | None, content_type: str, number: int) -> str:
    plain = clean_line((name or "").replace("/", "_").replace("\\", "_"), _LONGEST_NAME)
    return plain or f"attachment-{number}{_EXTENSIONS.get(content_type, '')}"


def _image_type(claimed: str, data: bytes) -> str:
    """Return the real type of an image: only a file that begins like an image is sent as one."""
    signature = _SIGNATURES.get(claimed)
    if signature and signature.match(data):
        return claimed
    found = next((other for other in _COMMON if _SIGNATURES[other].match(data)), None)
    return found or (UNNAMED if signature else claimed)


def _fault(attachment: MmsAttachment, file: Attachment) -> str:
    if not attachment.data:
        kept = (attachment.model_extra or {}).get("kept", True)
        return "Came without its content" if kept else "Was too large to be kept until now"
    if attachment.content is None:
        return "Could not be read"
    if not file.data:
        return "Came empty"
    claims_image = (attachment.content_type or "").lower().startswith("image/")
    return "Is no picture, whatever it claims" if claims_image and file.content_type == UNNAMED else ""


def _join_names(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(chain(names[:_MOST_NAMES], [f"{more} more"] if more > 0 else []))
