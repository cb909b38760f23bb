"""Unknown phones are bounded: who has a key can invent as many as they like."""

from collections.abc import Mapping
from dataclasses import replace

from relay.watch.phone import Phone
from relay.watch.state import Finding, State

MOST = 100
"""Phones that are not in `[devices]` of which notes are kept.

With 60 others, and a tick every five minutes, 46,080 notes are read a day; Firestore's free tier has 50,000.
https://cloud.google.com/firestore/pricing
"""
EVERY = 7 * 86400.0
"""Seconds until the same is reported again."""


def surplus(phones: Mapping[str, Phone]) -> list[str]:
    """Return the keys of those unknown phones that are too many, heard longest ago."""
    unknown = sorted((each.heard, key) for key, each in phones.items() if not each.is_configured)
    return [key for _, key in unknown[: max(0, len(unknown) - MOST)]]


def judge_crowd(state: State, count: int, now: float) -> tuple[State, list[Finding]]:
    """Return the state after so many phones were too many, and what is to be reported of it."""
    if not count or now - state.crowded < EVERY:
        return state, []
    title = f"More than {MOST} unknown phones have posted: those not heard for longest are forgotten."
    text = "Name your phones in [devices]. If they are not yours, change API_KEY, or set SIGNING_KEYS."
    return replace(state, crowded=now), [Finding(f"crowd.{now:.0f}", title, text, "crowd", now)]
