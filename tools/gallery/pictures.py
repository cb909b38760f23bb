"""Pages drawn by a browser without a window."""

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
"""Dots of a picture for a CSS pixel: what is fine on a dense screen is fine on all."""
COLOURS = 256
"""Of a palette: a third of the bytes, and no difference that a reader sees."""
TIME = 60
"""Seconds that the browser may take."""
QUIET = (
    *("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--font-render-hinting=none", "--disable-lcd-text"),
)
_MEASURE = "<script>document.body.dataset.height = document.documentElement.offsetHeight</script>"
_HEIGHT = re.compile(r'data-height="(\d+)"')


class NotDrawn(Exception):
    """The browser has not made the picture."""


def browser() -> str | None:
    """Return the path of a browser that can draw, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def draw(program: str, page: str, picture: Path) -> None:
    """Draw a page, as high as it is.

    Raises:
        NotDrawn: the browser failed, or took too long.
    """
    with TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(page + _MEASURE)
        found = _HEIGHT.search(_run(program, folder, "--dump-dom", f"--window-size={WIDTH},600", source))
        if not found:
            raise NotDrawn("it does not tell how high the page is")
        source.write_text(page)
        size = f"--window-size={WIDTH},{found[1]}"
        scale = f"--force-device-scale-factor={SCALE}"
        shot = Path(folder, "page.png")
        _run(program, folder, f"--screenshot={shot}", size, scale, source)
        if not shot.exists():
            raise NotDrawn("it leaves no picture")
        with Image.open(shot) as drawn:
            colours = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        colours.save(picture, optimize=True)


def _run(program: str, folder: str, *options: object) -> str:
    """Run the browser with a profile of its own; return what it prints."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to be root with one
    command = [program, *QUIET, *sandbox, f"--user-data-dir={folder}/profile", *map(str, options)]
    try:
        ended = subprocess.run(command, check=True, capture_output=True, timeout=TIME)  # noqa: S603  (our words)
    except subprocess.SubprocessError as problem:
        raise NotDrawn(type(problem).__name__) from problem
    return ended.stdout.decode()
