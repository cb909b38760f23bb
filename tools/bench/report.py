"""Tables and charts of the results, for the terminal and for docs/performance.md."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_ROW, _WIDTH, _LABEL = 30, 640, 200
"""Pixels of a chart: the height of a row, the whole width, and the width of the labels."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bar_chart(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Return a bar chart as SVG; each row is a name, the value, and the text at the end of the bar."""
    maximum = max(value for _, value, _ in rows)
    height = _ROW * (len(rows) + 1) + 10
    bars = [_bar(number, name, value / maximum, label) for number, (name, value, label) in enumerate(rows, 1)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">',
            "<style>text{font:13px sans-serif}</style>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
            f'<text x="10" y="20" font-weight="bold">{escape(title)}</text>',
            *bars,
            "</svg>\n",
        ]
    )


def _bar(number: int, name: str, share: float, label: str) -> str:
    top, length = number * _ROW + 5, share * (_WIDTH - _LABEL - 110)
    colour = "#2a78c4" if name.startswith("ours") else "#9aa5b1"
    return (
        f'<text x="10" y="{top + 15}">{escape(name)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{length:.0f}" height="20" fill="{colour}"/>'
        f'<text x="{_LABEL + length + 6:.0f}" y="{top + 15}">{escape(label)}</text>'
    )


def describe_machine() -> str:
    """Describe this machine."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    name = found[1] if found else platform.machine()
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}, load at the end {load}"
    )


def write_section(section: str, text: str) -> None:
    """Replace a section of docs/performance.md."""
    path = DOCS / "performance.md"
    begin, end = f"<!-- {section} -->", f"<!-- /{section} -->"
    before, _, rest = path.read_text().partition(begin)
    _, _, after = rest.partition(end)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}")
