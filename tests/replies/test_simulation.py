"""Answers where everything fails: for a confirmation at most one SMS, and the chat says how it ended.

With REPLIES_RUNS, so many runs of a hundred answers each are made, and their figures printed.
"""

import asyncio
import os

import pytest

from tests.replies.world import Figures, run
from tests.virtual_time import VirtualLoop

RUNS = int(os.environ.get("REPLIES_RUNS", "0"))


def figures(seed: int, replies: int, trouble: float) -> Figures:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run(seed, replies, trouble))


@pytest.mark.parametrize("seed", range(RUNS or 4))
def test_one_confirmation_is_at_most_one_sms_and_the_chat_says_which(seed: int) -> None:
    found = figures(seed, 100 if RUNS else 40, 0.15)
    if RUNS:
        print(found)  # noqa: T201  (asked for)
    assert found.confirmed > 20
    assert found.kills > 5
    assert (found.doubles, found.unconfirmed, found.unsaid, found.bugs) == (0, 0, [], "")


def test_without_trouble_every_confirmation_is_an_sms() -> None:
    found = figures(7, 20, 0.0)
    assert found.sent == found.confirmed > 10
    assert (found.doubles, found.unconfirmed, found.unsaid, found.bugs) == (0, 0, [], "")
