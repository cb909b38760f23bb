"""`make gallery`: the pages, and a picture of each that has changed."""

import asyncio
import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from tools.function import ROOT
from tools.gallery import channels, chats, mails
from tools.gallery.page import page
from tools.gallery.pictures import NotDrawn, browser, draw
from tools.gallery.stage import NotDelivered, played

FOLDER = ROOT / "docs" / "pictures"
RECORD = "made.json"
"""Which picture was made of which page, by their hashes: so that neither grows old unseen."""
ROWS = {"telegram": chats.rows, "slack": channels.rows, "email": mails.rows}
MISSING = """\
The pages are written, but these pictures are not: {names}
There is no Chromium here to draw them, or Chrome. On Debian and Ubuntu, with the fonts that they want:
apt install chromium fonts-noto-core fonts-noto-color-emoji
"""


async def pages() -> dict[str, str]:
    """Play every scene, and return a page of each service, by its name.

    Raises:
        NotDelivered: a service did not take what was meant for it.
    """
    arrived = await played()
    return {
        service: page(service, [row for scene, each in arrived for row in rows(scene, each)])
        for service, rows in ROWS.items()
    }


def digest(path: Path) -> str:
    """Return the hash of a file, empty if there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def outdated(folder: Path) -> list[str]:
    """Return the services whose picture is not the one that was made of their page."""
    record = folder / RECORD
    made: Mapping[str, object] = json.loads(record.read_text()) if record.exists() else {}
    return [service for service in ROWS if made.get(service) != _made(folder, service)]


def _made(folder: Path, service: str) -> dict[str, str]:
    return {kind: digest(folder / f"{service}.{kind}") for kind in ("html", "png")}


def main(folder: Path) -> int:
    """Write the pages, draw what has changed, and return an exit status."""
    for service, text in asyncio.run(pages()).items():
        (folder / f"{service}.html").write_text(text)
    names = outdated(folder)
    program = browser()
    if names and not program:
        print(MISSING.format(names=", ".join(names)), file=sys.stderr)
        return 1
    for service in names:
        draw(str(program), (folder / f"{service}.html").read_text(), folder / f"{service}.png")
        print(f"Drawn: {service}.png")
    record = {service: _made(folder, service) for service in ROWS}
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(FOLDER))
    except (NotDelivered, NotDrawn) as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")
