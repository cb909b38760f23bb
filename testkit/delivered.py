"""What every forwarder promises of a message that is accepted."""

# ruff: noqa: S101, D102  a suite asserts, and its tests are named by what they prove

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from forwarders.base import Attachment, Forwarder, Message, Post
from testkit.case import Case, deliver, reads
from testkit.private import PRIVATE

TYPED = {
    "markup": "<b>1 < 2 && 3 > 2</b> &amp; &lt; *a* _b_ ~c~ `d` [e](f) {g} |h| #i \\* \"q\" 'r'",
    "mentions": "<!channel> <!here> <@U012AB3CD> @everyone @here @channel <#C012AB3CD>",
    "emoji": "👍🏽 👨‍👩‍👧‍👦 🇺🇦🏳️‍🌈 e\u0301 1\ufe0f\u20e3",
    "right to left": "שלום עולם, رمز التحقق 481516",
    "lines": "first\n\n  indented\n- list\n1. number\n> quote\n    code",
    "a link": "https://example.org/?a=1&b=2#c (http://example.org)",
    "no ending": "x",
}
PARAGRAPH = "Grüße & <Küsse> — 你好世界 😀 שלום 'quoted' *stars* and a longer line of words.\n"


class Delivered:
    """A message is shown as it was sent, whatever is in it."""

    @pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
    async def test_a_reader_sees_what_was_typed(
        self, case: Case, forwarder: Forwarder[Any], text: str
    ) -> None:
        await deliver(forwarder, Message(title=f"T {text}".splitlines()[0], text=text))

        assert reads(case.shown(), text)
        assert reads(case.shown(), f"T {text}".splitlines()[0])

    @pytest.mark.parametrize("length", [10_000, 100_000])
    async def test_nothing_of_a_long_text_is_lost(
        self, case: Case, forwarder: Forwarder[Any], length: int
    ) -> None:
        text = "".join(f"{number} {PARAGRAPH}" for number in range(length // 50))[:length].strip()

        await deliver(forwarder, Message(title="Long", text=text))

        assert reads(case.shown(), text)

    async def test_a_long_text_without_a_space_is_delivered(
        self, case: Case, forwarder: Forwarder[Any]
    ) -> None:
        text = "字<&😀" * 2500

        await deliver(forwarder, Message(title="Long", text=text))

        assert reads(case.shown(), text)

    async def test_everything_is_shown(self, case: Case, forwarder: Forwarder[Any]) -> None:
        message = replace(PRIVATE, fields=(("From", "<b>"), ("SIM", "1 & 2")), notes=("late <3>", "too_late"))

        await deliver(forwarder, message)

        shown = "\n".join(case.shown())
        for text in (message.title, message.text, message.code, "<b>", "1 & 2", *message.notes):
            assert str(text) in shown

    @pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b"])
    async def test_a_blank_text_stops_nothing(self, case: Case, forwarder: Forwarder[Any], text: str) -> None:
        await deliver(forwarder, Message(title="Blank", text=text, silent=True))

        assert "Blank" in "\n".join(case.shown())

    async def test_a_bad_attachment_costs_only_itself(self, case: Case, forwarder: Forwarder[Any]) -> None:
        files = (
            Attachment('../../ünï "x".png', "image/png", b"not a picture"),
            Attachment("", "", b""),
            Attachment("a.bin", "nonsense\n", b"\x00\xff"),
        )

        await deliver(forwarder, Message(title="Files", text="look", attachments=files))

        assert reads(case.shown(), "look")

    async def test_each_file_arrives_or_is_mentioned(self, case: Case, forwarder: Forwarder[Any]) -> None:
        files = tuple(Attachment(f"view-{each}.txt", "text/plain", b"x" * each) for each in (1, 2))

        await deliver(forwarder, Message(title="Files", text="look", attachments=files))

        assert [case.holds(file.name) for file in files] == [True, True]

    async def test_fifty_attachments_are_delivered(self, case: Case, forwarder: Forwarder[Any]) -> None:
        files = tuple(Attachment(f"{number}.txt", "text/plain", b"x") for number in range(50))

        await deliver(forwarder, Message(title="Files", text="look", attachments=files))

        assert reads(case.shown(), "look")

    async def test_deliveries_do_not_mix(self, case: Case, forwarder: Forwarder[Any]) -> None:
        await asyncio.gather(*(deliver(forwarder, Message(title=f"Number {each:02}")) for each in range(20)))

        shown = "\n".join(case.shown())
        assert all(shown.count(f"Number {each:02}") == 1 for each in range(20))

    async def test_equal_messages_make_equal_plans(self, forwarder: Forwarder[Any]) -> None:
        long = replace(PRIVATE, text=PARAGRAPH * 300, attachments=(Attachment("a.txt", "text/plain", b"x"),))

        plan = forwarder.plan(long)

        assert plan == forwarder.plan(replace(long))
        assert all(isinstance(post, Post) for post in plan)
        assert plan != forwarder.plan(replace(long, text="other"))
