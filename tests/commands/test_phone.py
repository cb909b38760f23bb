"""The phone that the command plays, against the real function."""

import pytest

from tests.commands.conftest import Command
from tests.end_to_end.conftest import API_KEY, SIGNING_KEY, Start, function

pytestmark = pytest.mark.anyio
__all__ = ["function"]


async def test_it_posts_signed_events_and_shows_each_attempt(relay: Command, function: Start) -> None:
    async with function({"SIGNING_KEYS": SIGNING_KEY}) as running:
        env = {"API_KEY": API_KEY, "SIGNING_KEYS": SIGNING_KEY}
        good = await relay("phone", running.url, "--count", "3", "--rate", "100", env=env)
        bad = await relay("phone", running.url, "--signing-key", "wrong", "--retries", "0", env=env)
    assert (good.status, good.out.count("attempt 1: 200")) == (0, 3)
    assert "3 of 3 accepted" in good.out
    assert (bad.status, "attempt 1: 401" in bad.out) == (1, True)


async def test_nobody_there_is_told(relay: Command) -> None:
    said = await relay("phone", "http://127.0.0.1:9", "--retries", "0")
    assert (said.status, "attempt 1: no answer" in said.out) == (1, True)
