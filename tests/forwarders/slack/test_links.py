"""Where a link ends, in texts as people write them."""

# ruff: noqa: RUF001  (links are followed by signs of any script)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.slack.links import split_links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/a?b=c&d#e.", ["https://example.org/a?b=c&d#e"]),
        ("no link: http:// ftp://x javascript:alert(1) https://… http://... https://，", []),
        ("点击https://t.example/abc，回复TD退订", ["https://t.example/abc"]),
        ("点击https://t.example/abc回复TD退订", ["https://t.example/abc"]),
        ("확인: https://t.example/abc?d=1에서 확인하세요", ["https://t.example/abc?d=1"]),
        (
            "こちらhttps://t.example/x2をクリック（https://t.example/y）",
            ["https://t.example/x2", "https://t.example/y"],
        ),
        ("คลิกhttps://t.example/abcที่นี่", ["https://t.example/abc"]),
        ("【https://t.example/a】「https://t.example/b」", ["https://t.example/a", "https://t.example/b"]),
        ("https://例え.テスト/パス。つぎ", ["https://例え.テスト/パス"]),
        ("https://www.例え.テスト/パス。つぎ", ["https://www.例え.テスト/パス"]),
        ("https://shop.한국/a 보기", ["https://shop.한국/a"]),
        ("https://t.example.谢谢 https://t.example谢谢", ["https://t.example", "https://t.example"]),
        (
            "https://müller.example/straße und https://пример.рф/путь!",
            ["https://müller.example/straße", "https://пример.рф/путь"],
        ),
        ("https://en.example/wiki/A_(b)", ["https://en.example/wiki/A_(b)"]),
        ("(see https://en.example/wiki/A_(b)).", ["https://en.example/wiki/A_(b)"]),
        ("[https://a.example/x[1]] {https://a.example/y}", ["https://a.example/x[1]", "https://a.example/y"]),
        ("HTTPS://T.EXAMPLE/Ab Http://t.example", ["HTTPS://T.EXAMPLE/Ab", "Http://t.example"]),
        ("“https://t.example/a” ‘https://t.example/b’", ["https://t.example/a", "https://t.example/b"]),
        ("«https://t.example/a» „https://t.example/b“", ["https://t.example/a", "https://t.example/b"]),
        (
            "'https://t.example/a' `https://t.example/b` *https://t.example/c*",
            [f"https://t.example/{each}" for each in "abc"],
        ),
        ("https://t.example/a… https://t.example/b...", ["https://t.example/a", "https://t.example/b"]),
        (
            "\u202ahttps://t.example/a\u202c\u200f https://t.example/b\u200b",
            ["https://t.example/a", "https://t.example/b"],
        ),
        (
            "https://t.example/a\u2066 https://t.example/b\ufeff\u2060",
            ["https://t.example/a", "https://t.example/b"],
        ),
        (
            "https://t.example/a\u00a0b https://t.example/c\u3000d",
            ["https://t.example/a", "https://t.example/c"],
        ),
        (
            "https://t.example/a👉 https://t.example/b→ https://t.example/c。",
            [f"https://t.example/{each}" for each in "abc"],
        ),
        ("انظر https://t.example/a، https://t.example/b؟", ["https://t.example/a", "https://t.example/b"]),
        ("https://t.example/می\u200cخواهم\u200c و", ["https://t.example/می\u200cخواهم"]),
        ("https://t.example/a?b=c_&d=-#e/=", ["https://t.example/a?b=c_&d=-#e/="]),
        ("https://t.example/" + "a" * 3000, []),
    ],
)
def test_a_link_ends_where_a_person_would_end_it(text: str, links: list[str]) -> None:
    assert split_links(text)[1::2] == links


@given(st.text(st.sampled_from("htps:/.()[]，。한é\u200c \u202c"), max_size=40).map("https://".join))
def test_the_parts_of_a_text_are_the_text(text: str) -> None:
    parts = split_links(text)

    assert "".join(parts) == text
    assert all(part.lower().startswith(("http://", "https://")) for part in parts[1::2])
