"""Pictures of pages, drawn by a headless browser."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH = 720
"""CSS pixels of a page."""
SCALE = 2
"""Pixels of the picture per CSS pixel, so that it is sharp on a dense screen too."""
COLOURS = 256
"""The size of the palette: a third of the bytes, without a visible difference."""
TIMEOUT = 60
"""Seconds that the browser may take."""
OPTIONS = (
    *("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--font-render-hinting=none", "--disable-lcd-text"),
)
_MEASURE = "<script>document.body.dataset.height = document.documentElement.offsetHeight</script>"
_HEIGHT = re.compile(r'data-height="(\d+)"')


class NotDrawn(Exception):
    """The browser did not draw the picture."""


def find_browser() -> str | None:
    """Return the path of a browser that can draw, if one is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def draw(program: str, page: str, picture: Path) -> None:
    """Draw a page in its full height.

    Raises:
        NotDrawn: the browser failed, or took too long.
    """
    with TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(page + _MEASURE)
        found = _HEIGHT.search(_run(program, folder, "--dump-dom", f"--window-size={WIDTH},600", source))
        if not found:
            raise NotDrawn("the browser does not report the height of the page")
        source.write_text(page)
        size = f"--window-size={WIDTH},{found[1]}"
        scale = f"--force-device-scale-factor={SCALE}"
        shot = Path(folder, "page.png")
        _run(program, folder, f"--screenshot={shot}", size, scale, source)
        if not shot.exists():
            raise NotDrawn("the browser wrote no picture")
        with Image.open(shot) as screenshot:
            reduced = screenshot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        reduced.save(picture, optimize=True)


def _run(program: str, folder: str, *options: object) -> str:
    """Run the browser with a new profile; return its output."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to run as root with it
    command = [program, *OPTIONS, *sandbox, f"--user-data-dir={folder}/profile", *map(str, options)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)  # noqa: S603  (our arguments)
    except subprocess.SubprocessError as problem:
        raise NotDrawn(type(problem).__name__) from problem
    return done.stdout.decode()
