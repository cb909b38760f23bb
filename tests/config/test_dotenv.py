from pathlib import Path

import pytest

from relay.config import ConfigurationError
from relay_cli.dotenv import merge_file, read


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("  export NAME = two words  ", "two words"),
        ("NAME=", ""),
        ("NAME= # nothing", ""),
        ("NAME=a#b # comment", "a#b"),
        ("NAME='a # b' # comment", "a # b"),
        ('NAME="a \'b\' \\"c\\" \\\\ \\n"', "a 'b' \"c\" \\ \\n"),
        ("NAME=$HOME ${X} `ls`", "$HOME ${X} `ls`"),
        ("NAME=it's", "it's"),
        ("NAME=a=b==", "a=b=="),
        ("NAME='é'\r", "é"),
    ],
)
def test_values(line: str, value: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(f"\ufeff# a comment\n\n  # another\n{line}\n".encode())

    assert read(tmp_path / ".env") == {"NAME": value}


@pytest.mark.parametrize(
    "line", ["NAME", "NA ME=1", "1NAME=1", "NAME='secret", 'NAME="secret', "NAME='a'b", "=secret"]
)
def test_anything_else_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"A=1\n{line}\n")

    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path / ".env")
    assert str(caught.value) == ".env, line 2: write NAME=value, and close every quote"


def test_invalid_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")

    with pytest.raises(ConfigurationError, match="cannot be read as UTF-8"):
        read(tmp_path / ".env")


def test_the_last_of_two_lines_counts_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nA=2\nB=3\n")

    assert merge_file({"B": "4"}, tmp_path) == {"A": "2", "B": "4"}


def test_without_a_file_there_is_only_the_environment(tmp_path: Path) -> None:
    assert merge_file({"B": "4"}, tmp_path) == {"B": "4"}
