"""The phone's webhook protocol: API key, signature and body."""

import ast
import asyncio
import contextlib
import hashlib
import hmac
import tracemalloc
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import webhook
from relay.admission import Admission
from relay.webhook import (
    REFUSED_AFTER_KEY,
    TOO_LARGE,
    OriginCheck,
    Refused,
    authenticate,
    check_method,
    is_from_phone,
    key_name,
    read_body,
    verify,
)

KEYS = (b"first-key-0123456789", "schlüssel-0123456789".encode())
SIGNING = b"Zk3yP9qa"
NOW = 1_800_000_000
EQUALITY = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)


def query(*values: bytes) -> bytes:
    return "&".join(f"apiKey={quote_from_bytes(value)}" for value in values).encode()


def signed(body: bytes, at: int = NOW, key: bytes = SIGNING) -> dict[str, str]:
    made = hmac.new(key, body + str(at).encode(), hashlib.sha256).hexdigest()
    return {"x-signature": made, "x-timestamp": str(at)}


def check(body: bytes, headers: dict[str, str], max_age: float = 300) -> None:
    verify(body, headers, keys=(b"another!", SIGNING), max_age=max_age, now=NOW)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "post"])
def test_only_post_passes(method: str) -> None:
    with pytest.raises(Refused) as refused:
        check_method(method)
    assert refused.value.status == 405
    check_method("POST")


def test_values_are_only_compared_in_constant_time() -> None:
    """No test can measure this reliably, so the code is inspected."""
    tree = ast.parse(Path(webhook.__file__).read_text())
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    equalities = [node for node in compared if isinstance(node.ops[0], EQUALITY)]

    assert [ast.unparse(node) for node in equalities if not any(map(is_constant, operands(node)))] == []
    assert ast.unparse(tree).count("hmac.compare_digest(") == 2


def operands(node: ast.Compare) -> list[ast.expr]:
    return [node.left, *node.comparators]


def is_constant(node: ast.expr) -> bool:
    """Return whether an operand is a constant, which is not secret."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_accepted_and_named_by_its_hash(key: bytes) -> None:
    assert authenticate(query(key), KEYS) == key_name(key)
    assert key_name(key) == hashlib.sha256(key).hexdigest()[:4]


@pytest.mark.parametrize(
    "given_query",
    [
        b"",
        b"apiKey",
        b"apiKey=",
        b"apikey=" + KEYS[0],
        query(b"wrong"),
        query(KEYS[0] + b"x"),
        query(KEYS[0][:-1]),
        query(KEYS[0], KEYS[0]),
        query(KEYS[0], b""),
        query("kéy".encode("latin-1")),
        b"apiKey=%ff%00",
        query(KEYS[0]) + b"&" + b"%61piKey=x",
    ],
)
def test_a_missing_or_wrong_key_is_refused(given_query: bytes) -> None:
    with pytest.raises(Refused) as refused:
        authenticate(given_query, KEYS)
    assert (refused.value.status, refused.value.error) == (401, "unauthorized")


def test_an_empty_configured_key_is_never_accepted() -> None:
    with pytest.raises(Refused):
        authenticate(b"apiKey=", (b"",))


@given(st.binary(max_size=200))
def test_no_query_causes_another_error(raw: bytes) -> None:
    with contextlib.suppress(Refused):
        assert authenticate(raw, KEYS) in {key_name(key) for key in KEYS}


@given(st.binary(min_size=1, max_size=60))
def test_only_a_configured_key_is_accepted(key: bytes) -> None:
    with pytest.raises(Refused):
        authenticate(query(key), KEYS)


def test_a_valid_signature_is_accepted_in_upper_and_lower_case() -> None:
    headers = signed(b"{}")
    check(b"{}", headers)
    check(b"{}", headers | {"x-signature": headers["x-signature"].upper()})


@pytest.mark.parametrize(
    "change",
    [
        {"x-signature": ""},
        {"x-signature": "0" * 64},
        {"x-signature": "zz"},
        {"x-signature": "é" * 64},
        {"x-timestamp": ""},
        {"x-timestamp": "-1"},
        {"x-timestamp": "1e9"},
        {"x-timestamp": "٣"},
        {"x-timestamp": "9" * 5000},
        {"x-timestamp": str(NOW + 1)},
    ],
)
def test_a_malformed_or_wrong_signature_is_401(change: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        check(b"{}", signed(b"{}") | change)
    assert refused.value.status == 401


def test_another_body_or_key_is_401() -> None:
    with pytest.raises(Refused):
        check(b"{ }", signed(b"{}"))
    with pytest.raises(Refused):
        check(b"{}", signed(b"{}", key=b"stranger"))


@pytest.mark.parametrize(("off", "words"), [(-301, "301 s behind"), (301, "301 s ahead")])
def test_a_wrong_clock_is_refused_and_the_log_says_by_how_much(off: int, words: str) -> None:
    with pytest.raises(Refused) as refused:
        check(b"{}", signed(b"{}", NOW + off))
    assert words in refused.value.why
    assert words not in refused.value.detail


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_the_largest_allowed_age_is_accepted(off: int) -> None:
    check(b"{}", signed(b"{}", NOW + off))


async def read(chunks: AsyncIterator[bytes], announced: str | None, limit: int) -> bytes:
    """Read a body that needs no signature, with enough memory."""
    return await read_body(
        chunks, announced, limit, reserve=lambda _size: None, check_origin=origin_check({}, keys=())
    )


def origin_check(headers: dict[str, str], *, keys: tuple[bytes, ...] = (b"other", SIGNING)) -> OriginCheck:
    return partial(is_from_phone, headers=headers, keys=keys, max_age=300, clock=lambda: NOW)


async def unread() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.anyio
@pytest.mark.parametrize("announced", [None, "3", "4", "nonsense", "-5", "²"])
async def test_a_body_is_read_up_to_the_limit(announced: str | None) -> None:
    assert await read(pieces(b"12", b"34"), announced, 4) == b"1234"


@pytest.mark.anyio
@pytest.mark.parametrize("announced", [None, "3", "4", "nonsense", "-5", "²", "9" * 5000])
async def test_a_larger_body_is_413_whatever_its_content_length(announced: str | None) -> None:
    with pytest.raises(Refused) as refused:
        await read(pieces(b"12", b"345"), announced, 4)
    assert (
        (refused.value.status, refused.value.alert) == (413, TOO_LARGE)
        if announced != "9" * 5000
        else (413, "")
    )


@pytest.mark.anyio
async def test_a_content_length_above_the_limit_is_refused_unread() -> None:
    with pytest.raises(Refused) as refused:
        await read(unread(), "5", 4)
    assert (refused.value.status, refused.value.alert) == (413, TOO_LARGE)


@pytest.mark.anyio
async def test_a_content_length_without_room_in_memory_is_refused_unread() -> None:
    lease = Admission(1000).lease()
    with pytest.raises(Refused) as refused:
        await read_body(unread(), "5000", 9000, reserve=lease.widen, check_origin=origin_check({}))
    assert refused.value.status == 503


@pytest.mark.anyio
async def test_memory_is_reserved_before_each_piece_is_kept() -> None:
    asked: list[int] = []
    with pytest.raises(Refused) as refused:
        await read_body(
            pieces(b"12", b"34", b"5"), None, 4, reserve=asked.append, check_origin=origin_check({})
        )
    assert refused.value.status == 413
    assert asked == [0, 2, 4]


BODY = b"x" * 100


@pytest.mark.anyio
@pytest.mark.parametrize("announced", [None, "100"])
@pytest.mark.parametrize(
    ("headers", "alert"),
    [
        (signed(BODY), TOO_LARGE),
        (signed(BODY, NOW - 301), ""),
        (signed(BODY, NOW + 301), ""),
        (signed(BODY, key=b"stranger"), ""),
        (signed(BODY[:-1]), ""),
        ({}, ""),
    ],
)
async def test_only_a_phones_body_raises_the_size_alert(
    headers: dict[str, str], alert: str, announced: str | None
) -> None:
    chunks = pieces(BODY[:7], BODY[7:50], BODY[50:])
    with pytest.raises(Refused) as refused:
        await read_body(chunks, announced, 20, reserve=lambda _size: None, check_origin=origin_check(headers))
    assert (refused.value.status, refused.value.alert) == (413, alert)


@pytest.mark.anyio
async def test_a_body_too_large_to_verify_raises_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LONGEST_SIGNED", 99)
    for chunks, announced in ((pieces(BODY[:50], BODY[50:]), None), (unread(), "100")):
        with pytest.raises(Refused) as refused:
            await read_body(
                chunks, announced, 20, reserve=lambda _size: None, check_origin=origin_check(signed(BODY))
            )
        assert (refused.value.status, refused.value.alert) == (413, "")


@pytest.mark.anyio
@pytest.mark.parametrize(("limit", "status"), [(100, 408), (1, 413)])
async def test_a_body_that_never_ends_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: int, status: int
) -> None:
    monkeypatch.setattr(webhook, "READ_TIME", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"{{"
        await asyncio.Event().wait()

    with pytest.raises(Refused) as refused:
        await read_body(slow(), None, limit, reserve=lambda _size: None, check_origin=origin_check({}))
    assert (refused.value.status, refused.value.alert) == (status, "" if status == 413 else REFUSED_AFTER_KEY)


@pytest.mark.anyio
async def test_a_large_body_is_in_memory_once() -> None:
    piece = b"x" * 2**16

    async def large() -> AsyncIterator[bytes]:
        for _ in range(256):
            yield piece

    tracemalloc.start()
    try:
        body = await read(large(), None, 2**24)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) == 2**24
    assert held < 1.1 * 2**24
    assert peak < 1.3 * 2**24
