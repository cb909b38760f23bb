"""`codes`: the code of a text, and an explanation that may be published."""

import re
from pathlib import Path

import pytest

from tests.otp_corpus import is_held_out, read
from tests.relay_cli.conftest import Command

pytestmark = pytest.mark.anyio


class TestCodes:
    async def test_prints_the_code(self, relay: Command) -> None:
        result = await relay("codes", "Your code is 481-516")
        assert (result.status, result.out) == (0, "481516\n")

    async def test_fails_without_one_and_says_how_to_learn_why(self, relay: Command) -> None:
        result = await relay("codes", "dinner at 1930?")
        assert (result.status, result.out) == (1, "")
        assert "--explain" in result.err

    async def test_reads_what_is_piped_in(self, relay: Command) -> None:
        result = await relay("codes", answer="Ваш код\n\u0664\u0668\u0661\u0665\u0661\u0666")
        assert (result.status, result.out) == (0, "481516\n")

    async def test_the_sender_is_not_the_code(self, relay: Command) -> None:
        result = await relay("codes", "--sender", "481516", "Code 481516")
        assert (result.status, result.out) == (1, "")


class TestExplain:
    async def test_shows_words_and_points_without_digits_and_names(self, relay: Command) -> None:
        text = "Mia, Ihr Code bei Nordlicht lautet 481516. Bestellung 20417."
        result = await relay("codes", "--explain", text)
        assert result.status == 0
        assert result.out.startswith("xxx, xxx Code xxx xxxxxxxxx lautet 000000. Bestellung 00000.\n")
        assert re.search(r"Code +code\b", result.out)
        assert re.search(r"Bestellung +label\b", result.out)
        assert re.search(r"000000 +\d+\.\d +the code\b", result.out)
        assert re.search(r"00000 +-?\d+\.\d +\n", result.out)

    async def test_the_documentation_shows_what_it_shows(self, relay: Command, root: Path) -> None:
        shown = (root / "docs" / "codes.md").read_text(encoding="utf-8").partition("< message.txt\n")[2]
        result = await relay("codes", "--explain", "Mia, Ihr Code Nordlicht lautet 481516. Bestellung 20417.")
        assert [line.rstrip() for line in result.out.splitlines()] == shown.partition("```")[0].splitlines()

    async def test_says_that_there_is_none(self, relay: Command) -> None:
        result = await relay("codes", "--explain", "dinner at 1930?")
        assert result.status == 0
        assert result.out.endswith("No code was found.\n")

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("PASSCODE: MOLTER", "PASSCODE: xxxxxx\n"),
            ("Your password: lock77Door", "xxxx password: xxxx00xxxx\n"),
            ("Whatever\n@example.net #KX7Q", "xxxxxxxx\n@xxxxxxx.xxx #xx0x\n"),
            ("您的验证码是۴۸۱۵", "xx验证码是0000\n"),
        ],
    )
    async def test_hides_codes_of_every_form(self, relay: Command, text: str, shown: str) -> None:
        result = await relay("codes", "--explain", text)
        assert result.out.startswith(shown)

    async def test_no_code_of_the_corpus_is_shown(self, relay: Command) -> None:
        cases = [case for case in read("independent") if case.code and not is_held_out(case)]
        for case in cases[::20]:
            result = await relay("codes", "--explain", answer=case.text)
            assert result.status == 0
            assert not set(re.findall(r"[1-9]{3,}", result.out))
            assert case.code
            assert case.code not in result.out
