"""The files of an MMS: a broken one costs only itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from forwarders.base import Attachment
from relay.events import MmsAttachment
from relay.lines import clean_line

UNNAMED = "application/octet-stream"
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_NAME = 100
_NAMED = 5
_ENDINGS: Mapping[str, str] = {
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
_BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/bmp": re.compile(rb"BM"),
    "image/heic": re.compile(rb"....ftyp", re.DOTALL),
    "image/heif": re.compile(rb"....ftyp", re.DOTALL),
    "image/avif": re.compile(rb"....ftyp", re.DOTALL),
}
"""How pictures begin; a type that is not listed is taken at its word, unless it begins like a common one."""
_COMMON = ("image/jpeg", "image/png", "image/gif", "image/webp")


def unpacked(attached: Iterable[MmsAttachment]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the files that can be read, and notes on those that cannot, or are not what they claim."""
    files: list[Attachment] = []
    faults: defaultdict[str, list[str]] = defaultdict(list)
    for place, each in enumerate(attached, start=1):
        file = _file(each, place)
        fault = _fault(each, file)
        if fault:
            faults[fault].append(file.name)
        if file.data:
            files.append(file)
    return tuple(files), tuple(f"{fault}: {_listed(names)}" for fault, names in faults.items())


def _file(attached: MmsAttachment, place: int) -> Attachment:
    claimed = (attached.content_type or "").split(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    data = attached.content or b""
    kind = _picture(claimed, data) if data and claimed.startswith("image/") else claimed
    kind = kind if _TYPE.fullmatch(kind) else UNNAMED
    return Attachment(_name(attached.name, kind, place), kind, data)


def _name(name: str | None, content_type: str, place: int) -> str:
    plain = clean_line((name or "").replace("/", "_").replace("\\", "_"), _NAME)
    return plain or f"attachment-{place}{_ENDINGS.get(content_type, '')}"


def _picture(claimed: str, data: bytes) -> str:
    """Return the type that a picture has: it is tried as one only if it begins like one."""
    beginning = _BEGINNINGS.get(claimed)
    if beginning and beginning.match(data):
        return claimed
    found = next((other for other in _COMMON if _BEGINNINGS[other].match(data)), None)
    return found or (UNNAMED if beginning else claimed)


def _fault(attached: MmsAttachment, file: Attachment) -> str:
    if not attached.data:
        kept = (attached.model_extra or {}).get("kept", True)
        return "Came without its content" if kept else "Was too large to be kept until now"
    if attached.content is None:
        return "Could not be read"
    if not file.data:
        return "Came empty"
    claims_picture = (attached.content_type or "").lower().startswith("image/")
    return "Is no picture, whatever it claims" if claims_picture and file.content_type == UNNAMED else ""


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(chain(names[:_NAMED], [f"{more} more"] if more > 0 else []))
