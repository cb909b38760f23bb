"""Encode the body of a request."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pyreqwest.multipart import FormBuilder, PartBuilder


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart form; a part with a `filename` is a file."""

    name: str
    content: bytes = field(repr=False)
    filename: str | None = None
    content_type: str | None = None


def encode_json(value: Any) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def build_form(form: Sequence[Part]) -> FormBuilder:
    """Return a multipart form of these parts."""
    builder = FormBuilder().percent_encode_noop()  # file names as browsers send them, in UTF-8
    for part in form:
        builder = builder.part(part.name, _build_part(part))
    return builder


def _build_part(part: Part) -> PartBuilder:
    piece = PartBuilder.from_bytes(part.content)
    if part.filename is not None:
        piece = piece.file_name(_escape_file_name(part.filename))
    if part.content_type is not None:
        with suppress(ValueError):  # the type comes from outside and may be nonsense
            return piece.mime(part.content_type)
    return piece


def _escape_file_name(name: str) -> str:
    """Replace what would end the quoted name or, with a line break, the part's headers."""
    return "".join(each if each.isprintable() and each not in '"\\' else "_" for each in name)
