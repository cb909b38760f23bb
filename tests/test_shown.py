"""The messages and commands shown in docs/configuration.md, checked against their real output."""

import os
import re
import shlex
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import indent
from typing import get_args

import pytest

from forwarders.base import Message
from forwarders.text import plain
from relay.config.variables import KNOWN
from relay.events import Event
from relay.model import DeliverySpec, Visibility
from relay.rendering import Renderer
from tests.configured import SEEN, configured, event
from tests.test_docs_configuration import SET

CONTACTS = '[contacts]\n"+12025550143" = "Mum"\n'
CODE = "481 516 is your code. Never share it, Anna."
LATE = SEEN + 218 * 60
FILES = {"view.jpg": None, "card.vcf": b"", "song.jpg": b"a song", "lake.gif": b"GIF89a"}


def shown(page: str, name: str) -> str:
    found = re.search(rf"<!-- shown: {name} -->\n```\n(.*?)\n```", page, re.DOTALL)
    assert found, f"docs/configuration.md shows no {name}"
    return found[1]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "configuration.md").read_text()


def render(incoming: Event, spec: DeliverySpec, *, first_seen_at: float = SEEN, more: str = "") -> Message:
    return Renderer(configured(CONTACTS + more)).message(incoming, spec, key="", first_seen_at=first_seen_at)


# Messages


def contents(_page: str) -> str:
    incoming = event(sender="+12025550119", message=CODE)
    rendered = {
        each: plain(render(incoming, DeliverySpec("family", content=each))) for each in get_args(Visibility)
    }
    return "\n\n".join(f"{each}\n{indent(words, '    ')}" for each, words in rendered.items())


def template(page: str) -> str:
    example = page.partition("\n## Templates\n")[2].partition("```toml\n")[2].partition("[[routes]]")[0]
    incoming = event(sender="+12025550143", message="Shall I keep some <b>soup</b> for you?")
    return plain(render(incoming, DeliverySpec("family", template="short"), first_seen_at=LATE, more=example))


def mms(_page: str) -> str:
    incoming = event(
        "mms:downloaded", sender="+12025550143", body="The view", attachments=[*map(attached, FILES)]
    )
    return plain(render(incoming, DeliverySpec("family")))


def attached(name: str) -> dict[str, object]:
    data = FILES[name]
    kind = "text/vcard" if name.endswith("vcf") else f"image/{name.rpartition('.')[2].replace('jpg', 'jpeg')}"
    return {"name": name, "contentType": kind, "data": "§" if data is None else b64encode(data).decode()}


SHOWN: Mapping[str, Callable[[str], str]] = {"content": contents, "template": template, "mms": mms}


@pytest.mark.parametrize("name", SHOWN)
def test_a_message_is_shown_as_it_is_rendered(page: str, name: str) -> None:
    assert shown(page, name) == SHOWN[name](page)


def test_every_message_that_is_shown_is_checked() -> None:
    page = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text()

    assert set(re.findall(r"<!-- shown: (\w+) -->", page)) == set(SHOWN)


# Commands


def test_a_command_is_shown_with_what_it_prints(page: str, project: Path) -> None:
    sessions = re.findall(r"^```\n\$ ./sms-relay (.*)\n([^`]*)```", page, re.MULTILINE)

    assert {shlex.split(command)[0] for command, _ in sessions} == {"explain", "check"}
    for command, printed in sessions:
        assert output_of(command, project) == printed


def test_a_failed_expectation_is_shown_as_it_is_printed(page: str, project: Path) -> None:
    example = project / "config.example.toml"
    example.write_text(example.read_text().replace('senders = ["My bank"]', 'senders = ["Other bank"]'))

    [line] = re.findall(r"^✗ .*$", page, re.MULTILINE)
    assert line.replace("config.toml", example.name) in output_of("check", project).splitlines()


def output_of(command: str, project: Path) -> str:
    """Return the output of a command for the example file."""
    environ = {name: value for name, value in os.environ.items() if name not in KNOWN}
    ended = subprocess.run(
        [sys.executable, "-m", "relay", *shlex.split(command)],
        check=False,
        cwd=project,
        env=environ | SET | {"SIGNING_KEYS": "Xb7dQ2pL", "CONFIG_FILE": "config.example.toml"},
        capture_output=True,
        text=True,
    )
    return ended.stdout
