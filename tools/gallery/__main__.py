"""`make gallery`: writes the pages, and draws a picture of each that has changed."""

import asyncio
import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from tools.function import ROOT
from tools.gallery import answers, channels, chats, mails, watched
from tools.gallery.page import page
from tools.gallery.pictures import NotDrawn, draw, find_browser
from tools.gallery.stage import NotDelivered, play_scenes

FOLDER = ROOT / "docs" / "pictures"
RECORD = "made.json"
"""The hashes of each page and of the picture drawn from it, so that an outdated one is noticed."""
ANSWERS, WATCH = "replies", "watch"
ROWS = {"telegram": chats.rows, "slack": channels.rows, "email": mails.rows}
PAGES = (*ROWS, ANSWERS, WATCH)
MISSING = """\
The pages are written, but these pictures are not: {names}
Neither Chromium nor Chrome was found to draw them. On Debian and Ubuntu, with the fonts they need:
apt install chromium fonts-noto-core fonts-noto-color-emoji
"""


async def render_pages() -> dict[str, str]:
    """Play every scene; return a page for each service, for answers and for the watch, by its name.

    Raises:
        NotDelivered: a service did not accept its message.
    """
    results = await play_scenes()
    pages = {
        service: page(service, [row for scene, arrivals in results for row in rows(scene, arrivals)])
        for service, rows in ROWS.items()
    }
    more = {ANSWERS: page(ANSWERS, await answers.rows(), "telegram"), WATCH: watched.show_watch()}
    return pages | more


def hash_file(path: Path) -> str:
    """Return the hash of a file, empty if there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def find_outdated(folder: Path) -> list[str]:
    """Return the pages of which there is no current picture."""
    record = folder / RECORD
    drawn: Mapping[str, object] = json.loads(record.read_text()) if record.exists() else {}
    return [service for service in PAGES if drawn.get(service) != _hash_pair(folder, service)]


def _hash_pair(folder: Path, service: str) -> dict[str, str]:
    return {kind: hash_file(folder / f"{service}.{kind}") for kind in ("html", "png")}


def main(folder: Path) -> int:
    """Write the pages, draw what has changed, and return an exit status."""
    for service, text in asyncio.run(render_pages()).items():
        (folder / f"{service}.html").write_text(text)
    names = find_outdated(folder)
    program = find_browser()
    if names and not program:
        print(MISSING.format(names=", ".join(names)), file=sys.stderr)
        return 1
    for service in names:
        draw(str(program), (folder / f"{service}.html").read_text(), folder / f"{service}.png")
        print(f"Drawn: {service}.png")
    record = {service: _hash_pair(folder, service) for service in PAGES}
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(FOLDER))
    except (NotDelivered, NotDrawn) as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")
