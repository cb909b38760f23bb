"""The status, as JSON and as a page: what it says, what it never says, and how a browser shows it."""

import asyncio
import json
import random
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from forwarders.base import TransientFailure
from relay.watch import page
from relay.watch.hours import HOURS, Count
from relay.watch.loops import LoopStatus
from relay.watch.status import DestinationStatus, PhoneStatus, Status
from relay.watch.store import Store
from relay.webhook import Refused
from tests.watch import deployment
from tests.watch.deployment import Deployment, devices
from tests.watch.house import HOUR, MINUTE, START, card, event, ping, started
from tools.gallery.pictures import OPTIONS, find_browser

pytestmark = pytest.mark.anyio

STATUS_KEY = "a-status-key-of-this-test"
HOSTILE = "<script>alert(1)</script> & \"x\" 'y' {{ 7 * 7 }}"
WIDTHS = {"phone": 390, "desk": 1200}


def example(seed: int = 0) -> Status:
    """Return a status in which much is wrong."""
    chance = random.Random(seed)
    well, away = (
        tuple(chance.random() > 0.1 for _ in range(HOURS)),
        tuple(index < 150 for index in range(HOURS)),
    )
    counts = tuple(Count(chance.randrange(6), chance.random() < 0.05) for _ in range(HOURS))
    return Status(
        at=START,
        ticked=START - 60,
        is_late=False,
        phones=(
            PhoneStatus("anna", START - 240, START - HOUR, 81, True, "Wi-Fi", 2, (), True, well),
            PhoneStatus("ben", START - 18 * HOUR, 0, 12, False, "mobile network", 1, ("silent",), True, away),
            PhoneStatus(
                HOSTILE, START - 1, START - 1, None, None, "", 0, ("battery low", "no SMS"), True, well
            ),
            PhoneStatus("phone 1a2b3c", START - 9 * HOUR, 0, None, None, "", 0, (), False, (False,) * HOURS),
        ),
        destinations=(
            DestinationStatus("family", 0.0, 0, counts),
            DestinationStatus("mail", START - 2 * HOUR, 3, (Count(),) * (HOURS - 9) + (Count(0, 1),) * 9),
        ),
        loops=(
            LoopStatus("anna", START - 7 * HOUR, 12.3, "", False),
            LoopStatus(HOSTILE, START - 31 * HOUR, 185, "does not come back", False),
            LoopStatus("prepaid", 0, 0, "", True),
        ),
    )


def test_a_name_is_only_a_name() -> None:
    shown = page.render(example(), deployment.UTC)

    assert "<script" not in shown
    assert "{{" not in shown.replace("{{ 7 * 7 }}", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_the_page_needs_nothing_but_itself() -> None:
    shown = page.render(example(), deployment.UTC)
    [style] = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    policy = page.HEADERS["Content-Security-Policy"]

    assert b64encode(sha256(style.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert re.findall(r'\b(?:src|href)="(?!data:,")', shown) == []
    assert "style=" not in shown
    assert "url(" not in shown


def test_the_last_round_trip_of_each_test_is_shown() -> None:
    shown = page.render(example(), deployment.UTC)

    assert "Last test back 7 h ago, after 12 s" in shown
    assert "Last test back 1 d 7 h ago, after 3 min" in shown
    assert "No test has come back yet" in shown
    assert shown.count("does not come back") == 1
    assert [each["seconds"] for each in example().to_json()["canaries"]] == [12.3, 185, None]
    assert not Status(START, START, False, (), (), example().loops).is_well


def test_an_empty_status_is_shown_too() -> None:
    shown = page.render(Status(START, 0.0, True, (), ()), deployment.UTC)

    assert "No phone has been heard yet." in shown
    assert "The latest tick was never." in shown
    assert "<h2>Tests</h2>" not in shown


@pytest.fixture
def browser(need: Callable[[str], str]) -> str:
    return find_browser() or need("chromium")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_browser_shows_it_without_a_script(width: int, theme: str, browser: str, tmp_path: Path) -> None:
    """A strict policy is in force, and the page is no wider than the screen."""
    shown = page.render(example(), deployment.UTC)
    policy = page.HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'; ", "")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    source, shot = tmp_path / "page.html", tmp_path / "page.png"
    source.write_text(shown.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{meta}'))
    dark = ["--blink-settings=preferredColorScheme=0"] if theme == "dark" else []
    frame = tmp_path / "frame.html"  # a browser's own window is never as narrow as a phone
    frame.write_text(
        f'<style>*{{margin:0;border:0}}</style><iframe src="page.html" width={width} height=1500>'
    )
    command = [browser, *OPTIONS, *dark, "--no-sandbox", f"--user-data-dir={tmp_path}/profile"]
    subprocess.run(
        [*command, f"--screenshot={shot}", f"--window-size={max(width, 500)},1500", frame],
        check=True,
        capture_output=True,
        timeout=60,
    )
    with Image.open(shot) as picture:
        colours = picture.convert("RGB").crop((0, 0, width, 1500))
        back = colours.getpixel((2, 2))
        edge = {colours.getpixel((width - 3, y)) for y in range(0, 1500, 7)}
        if folder := deployment.PICTURES:
            shutil.copy(shot, Path(folder, f"{theme}-{width}.png"))

    assert back == ((255, 255, 255) if theme == "light" else (0x0D, 0x11, 0x17))
    assert edge == {back}, "something is wider than the screen"


async def ask(house: Deployment, query: str = f"key={STATUS_KEY}", accept: str = "*/*") -> Any:
    watch = house.watch()
    return await watch.answer("GET", "/status", query.encode(), {"accept": accept})


KEYED = f'[relay]\nstatus_key = "{STATUS_KEY}"\n{devices(["anna", "ben"])}'


async def test_the_page_and_the_json_say_how_things_are(tmp_path: Path) -> None:
    async with Deployment(tmp_path, KEYED) as house:
        await house.hear("anna", what=started(card(1, iccid="11"), card(2, phoneNumber="+12025550143")))
        await house.live(HOUR, "anna", "ben")
        await house.hear(
            "anna", what=event("sms:received", message="the code is 4711", sender="+12025550143")
        )
        await house.live(4 * HOUR, "anna", what=ping(12, 0))
        shown, plain = await ask(house, accept="text/html,*/*"), await ask(house, accept="application/json")

    status = json.loads(plain.body)
    anna, ben = status["phones"]
    assert (status["well"], status["tick_is_late"]) == (False, False)
    assert (anna["battery"], anna["charging"], anna["sims"], anna["problems"]) == (
        12,
        False,
        2,
        ["battery low"],
    )
    assert (ben["problems"], ben["heard_hours"][-6:]) == (["silent"], "100000")
    assert [each["name"] for each in status["destinations"]] == ["family"]
    assert sum(status["destinations"][0]["delivered_hours"]) == 2
    assert b"Something is wrong" in shown.body
    assert shown.headers["Cache-Control"] == plain.headers["Cache-Control"] == "no-store"
    assert not any(word in shown.body + plain.body for word in (b"4711", b"12025550143", b"the code"))


async def test_a_destination_that_fails_is_wrong(tmp_path: Path) -> None:
    toml = f'{KEYED}[destinations.log]\ntype = "console"\n'.replace(
        "[relay]\n", '[relay]\nalerts = ["family"]\n'
    )
    async with Deployment(tmp_path, toml) as house:
        await house.live(5 * MINUTE, "anna", "ben")
        assert json.loads((await ask(house, accept="application/json")).body)["well"]
        alerts = house.apps[0].alerts
        alerts.attempt_ended("log", TransientFailure("it is down"))
        await alerts.finish(asyncio.get_running_loop().time() + 5)
        status = json.loads((await ask(house, accept="application/json")).body)

    assert not status["well"]
    failing = {each["name"]: each["failing_since"] for each in status["destinations"]}
    assert failing == {"family": None, "log": round(house.now)}


@pytest.mark.parametrize("query", ["", "key=", "key=wrong", f"key={STATUS_KEY}&key={STATUS_KEY}", "apiKey=x"])
async def test_only_who_has_the_key_sees_it(query: str, tmp_path: Path) -> None:
    async with Deployment(tmp_path, KEYED) as house:
        with pytest.raises(Refused) as refused:
            await ask(house, query)

    assert refused.value.status == 401


async def test_without_a_key_there_is_no_page(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        with pytest.raises(Refused) as refused:
            await ask(house)

    assert refused.value.status == 404


async def test_forgotten_phones_are_gone(tmp_path: Path) -> None:
    async with Deployment(tmp_path, KEYED) as house:
        await house.live(HOUR, "anna", "ben")
        store: Store = house.watch().store
        key = house.watch().naming.know("ben").key
        await store.erase(store.notes_of([key]))
        await house.live(5 * HOUR, "anna")

        assert (await house.tick())["phones"] == 1
        assert house.chat == []
