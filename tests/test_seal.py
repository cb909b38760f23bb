"""What is sealed opens only under its own name, secret and purpose."""

import base64

import pytest

from relay.seal import Seal

CONTENT = {"to": "+15550100", "sim": 1, "text": "Grüße 😀"}
SEAL = Seal(b"a secret", "replies")


def test_what_is_sealed_can_be_opened_and_not_read() -> None:
    sealed = SEAL.close("answer.1", CONTENT)
    assert SEAL.open("answer.1", sealed) == CONTENT
    assert b"5550100" not in base64.b64decode(sealed)
    assert SEAL.close("answer.1", CONTENT) != sealed


@pytest.mark.parametrize(
    ("seal", "name"),
    [
        (SEAL, "answer.2"),
        (Seal(b"another secret", "replies"), "answer.1"),
        (Seal(b"a secret", "canary"), "answer.1"),
    ],
)
def test_nothing_else_opens_it(seal: Seal, name: str) -> None:
    assert seal.open(name, SEAL.close("answer.1", CONTENT)) is None


@pytest.mark.parametrize("broken", ["", "!", "AAAA", "é", None, 7, base64.b64encode(bytes(100)).decode()])
def test_what_is_no_seal_opens_to_nothing(broken: object) -> None:
    assert SEAL.open("answer.1", broken) is None


def test_an_altered_one_opens_to_nothing() -> None:
    whole = bytearray(base64.b64decode(SEAL.close("answer.1", CONTENT)))
    for at in range(len(whole)):
        altered = bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]])
        assert SEAL.open("answer.1", base64.b64encode(altered).decode()) is None
