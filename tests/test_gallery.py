"""The pictures of docs/gallery.md show what the services get today, and are drawn where they can be."""

import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from tools.gallery.__main__ import FOLDER, ROWS, outdated, pages
from tools.gallery.pictures import WIDTH

AGAIN = "run make gallery"
MOST = 600_000
"""Bytes that all pictures may take."""


# What is committed


@pytest.mark.anyio
async def test_the_pages_show_what_the_services_get_today() -> None:
    for service, page in (await pages()).items():
        assert (FOLDER / f"{service}.html").read_text() == page, AGAIN


def test_the_pictures_are_drawn_of_these_pages() -> None:
    assert outdated(FOLDER) == [], AGAIN
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < MOST


def test_the_page_shows_every_picture_with_words_for_who_cannot_see_it(root: Path) -> None:
    shown = re.findall(r'<img src="pictures/(\w+)\.png" width="(\d+)" alt="(.{80,})">', gallery(root))

    assert [(service, int(width)) for service, width, _ in shown] == [(service, WIDTH) for service in ROWS]


def test_every_line_that_the_page_shows_stands_in_the_file(root: Path) -> None:
    file = (root / "tools" / "gallery" / "gallery.toml").read_text()
    shown = [line for line in re.findall(r"`([^`]+)`", gallery(root)) if " = " in line]

    assert len(shown) > 10
    assert [line for line in shown if line not in file] == []
    tables = re.findall(r"`\[([\w.]+)\]`", gallery(root))
    assert all(table_of(tomllib.loads(file), name) for name in tables)


def gallery(root: Path) -> str:
    return (root / "docs" / "gallery.md").read_text()


def table_of(document: object, name: str) -> object:
    for key in name.split("."):
        assert isinstance(document, dict)
        document = document[key]
    return document


# Drawing


def test_without_a_browser_the_pages_are_written_and_it_says_what_is_missing(
    project: Path, tmp_path: Path
) -> None:
    for path in (project / "docs" / "pictures").iterdir():
        path.unlink()

    said = drawn(project, path=tmp_path / "nothing")

    assert said.returncode == 1
    assert "these pictures are not: telegram, slack, email" in said.stderr
    assert "apt install chromium" in said.stderr
    assert "Traceback" not in said.stderr
    for service in ROWS:
        assert same(project, f"{service}.html")
        assert not picture(project, service).exists()


def test_what_has_not_changed_is_not_drawn_again(project: Path, tmp_path: Path) -> None:
    said = drawn(project, path=tmp_path / "nothing")

    assert said.returncode == 0, said.stderr
    assert said.stdout == ""
    assert all(same(project, f"{service}.png") for service in ROWS)
    assert same(project, "made.json")


def test_a_picture_that_is_not_its_pages_own_is_drawn_again(project: Path, tmp_path: Path) -> None:
    picture(project, "slack").write_bytes(b"another one")
    path = played_browser(tmp_path, height=1234)

    said = drawn(project, path=path)

    assert said.returncode == 0, said.stderr
    assert said.stdout == "Drawn: slack.png\n"
    assert dots(picture(project, "slack")) == DOTS
    made = json.loads((project / "docs" / "pictures" / "made.json").read_text())
    assert made["slack"] != json.loads((FOLDER / "made.json").read_text())["slack"]
    assert made["email"] == json.loads((FOLDER / "made.json").read_text())["email"]
    assert f"--window-size={WIDTH},1234" in (tmp_path / "asked").read_text()


def test_a_browser_that_fails_is_told_in_a_line(project: Path, tmp_path: Path) -> None:
    picture(project, "slack").unlink()

    said = drawn(project, path=program(tmp_path, "exit 3"))

    assert said.returncode == 1
    assert said.stderr == "NotDrawn: CalledProcessError\n"
    assert not picture(project, "slack").exists()


def drawn(project: Path, *, path: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a copy of the project, with no programs but those of a folder."""
    return subprocess.run(
        [sys.executable, "-m", "tools.gallery"],
        check=False,
        cwd=project,
        env={**os.environ, "PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def same(project: Path, name: str) -> bool:
    return (project / "docs" / "pictures" / name).read_bytes() == (FOLDER / name).read_bytes()


def picture(project: Path, service: str) -> Path:
    return project / "docs" / "pictures" / f"{service}.png"


def played_browser(folder: Path, *, height: int) -> Path:
    """Put a program in a folder that tells a height, leaves a picture, and writes down what it was asked."""
    flat = bytes(part for dot in DOTS for part in dot)
    Image.frombytes("RGB", (4, 3), flat).save(folder / "dots.png")
    return program(
        folder,
        f'echo "$@" >> {folder}/asked\n'
        f"echo '<body data-height=\"{height}\">'\n"
        f'for each; do case $each in --screenshot=*) /bin/cp {folder}/dots.png "${{each#*=}}";; esac; done',
    )


def program(folder: Path, script: str) -> Path:
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    path = bin_folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return bin_folder


DOTS = [
    *((10, 20, 30), (200, 100, 0), (255, 255, 255), (10, 20, 30)),
    *((10, 20, 30), (0, 0, 0), (100, 255, 254), (105, 8, 7)),
    *((200, 100, 0), (200, 100, 1), (90, 5, 128), (10, 20, 30)),
]


def dots(path: Path) -> list[tuple[int, ...]]:
    """Return the dots of a picture that has a palette, line by line."""
    with Image.open(path) as shown:
        assert (shown.mode, shown.size) == ("P", (4, 3))
        flat = shown.convert("RGB").tobytes()
    return list(zip(flat[0::3], flat[1::3], flat[2::3], strict=True))
