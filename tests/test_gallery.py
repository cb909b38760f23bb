"""The pictures of docs/gallery.md are up to date, and `make gallery` draws what has changed."""

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

from tools.gallery.__main__ import FOLDER, PAGES, find_outdated, render_pages
from tools.gallery.pictures import WIDTH

REMEDY = "run make gallery"
MAX_BYTES = 600_000
"""Of all pictures together."""


# What is committed


@pytest.mark.anyio
async def test_the_pages_show_what_the_services_receive() -> None:
    for service, page in (await render_pages()).items():
        assert (FOLDER / f"{service}.html").read_text() == page, REMEDY


def test_the_pictures_are_drawn_from_these_pages() -> None:
    assert find_outdated(FOLDER) == [], REMEDY
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < MAX_BYTES


def test_every_picture_has_a_text_for_those_who_cannot_see_it(root: Path) -> None:
    shown = re.findall(r'<img src="pictures/(\w+)\.png" width="(\d+)" alt="(.{80,})">', gallery(root))

    assert [(service, int(width)) for service, width, _ in shown] == [(service, WIDTH) for service in PAGES]


def test_every_quoted_line_is_in_the_configuration(root: Path) -> None:
    files = [(root / "tools" / "gallery" / name).read_text() for name in ("gallery.toml", "answers.toml")]
    shown = [line for line in re.findall(r"`([^`]+)`", gallery(root)) if " = " in line]

    assert len(shown) > 10
    assert [line for line in shown if not any(line in file for file in files)] == []
    tables = re.findall(r"`\[([\w.]+)\]`", gallery(root))
    assert all(table_of(tomllib.loads(files[0]), name) for name in tables)


def gallery(root: Path) -> str:
    return (root / "docs" / "gallery.md").read_text()


def table_of(document: object, name: str) -> object:
    for key in name.split("."):
        assert isinstance(document, dict)
        document = document[key]
    return document


# Drawing


def test_without_a_browser_it_writes_the_pages_and_names_what_is_missing(
    project: Path, tmp_path: Path
) -> None:
    for path in (project / "docs" / "pictures").iterdir():
        path.unlink()

    done = run_gallery(project, path=tmp_path / "nothing")

    assert done.returncode == 1
    assert "these pictures are not: telegram, slack, email, replies, watch" in done.stderr
    assert "apt install chromium" in done.stderr
    assert "Traceback" not in done.stderr
    for service in PAGES:
        assert is_unchanged(project, f"{service}.html")
        assert not picture(project, service).exists()


def test_an_unchanged_page_is_not_drawn_again(project: Path, tmp_path: Path) -> None:
    done = run_gallery(project, path=tmp_path / "nothing")

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert all(is_unchanged(project, f"{service}.png") for service in PAGES)
    assert is_unchanged(project, "made.json")


def test_a_picture_that_does_not_match_its_page_is_drawn_again(project: Path, tmp_path: Path) -> None:
    picture(project, "slack").write_bytes(b"another one")
    path = make_browser(tmp_path, height=1234)

    done = run_gallery(project, path=path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "Drawn: slack.png\n"
    assert read_pixels(picture(project, "slack")) == PIXELS
    made = json.loads((project / "docs" / "pictures" / "made.json").read_text())
    assert made["slack"] != json.loads((FOLDER / "made.json").read_text())["slack"]
    assert made["email"] == json.loads((FOLDER / "made.json").read_text())["email"]
    assert f"--window-size={WIDTH},1234" in (tmp_path / "arguments").read_text()


def test_a_failing_browser_is_reported_in_one_line(project: Path, tmp_path: Path) -> None:
    picture(project, "slack").unlink()

    done = run_gallery(project, path=make_program(tmp_path, "exit 3"))

    assert done.returncode == 1
    assert done.stderr == "NotDrawn: CalledProcessError\n"
    assert not picture(project, "slack").exists()


def run_gallery(project: Path, *, path: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a copy of the project, with only the programs of one folder in PATH."""
    return subprocess.run(
        [sys.executable, "-m", "tools.gallery"],
        check=False,
        cwd=project,
        env={**os.environ, "PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def is_unchanged(project: Path, name: str) -> bool:
    return (project / "docs" / "pictures" / name).read_bytes() == (FOLDER / name).read_bytes()


def picture(project: Path, service: str) -> Path:
    return project / "docs" / "pictures" / f"{service}.png"


def make_browser(folder: Path, *, height: int) -> Path:
    """Create a program that reports a height, writes a picture, and records its arguments."""
    flat = bytes(part for pixel in PIXELS for part in pixel)
    Image.frombytes("RGB", (4, 3), flat).save(folder / "pixels.png")
    return make_program(
        folder,
        f'echo "$@" >> {folder}/arguments\n'
        f"echo '<body data-height=\"{height}\">'\n"
        f'for each; do case $each in --screenshot=*) /bin/cp {folder}/pixels.png "${{each#*=}}";; esac; done',
    )


def make_program(folder: Path, script: str) -> Path:
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    path = bin_folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return bin_folder


PIXELS = [
    *((10, 20, 30), (200, 100, 0), (255, 255, 255), (10, 20, 30)),
    *((10, 20, 30), (0, 0, 0), (100, 255, 254), (105, 8, 7)),
    *((200, 100, 0), (200, 100, 1), (90, 5, 128), (10, 20, 30)),
]


def read_pixels(path: Path) -> list[tuple[int, ...]]:
    """Return the pixels of a picture with a palette, line by line."""
    with Image.open(path) as shown:
        assert (shown.mode, shown.size) == ("P", (4, 3))
        flat = shown.convert("RGB").tobytes()
    return list(zip(flat[0::3], flat[1::3], flat[2::3], strict=True))
