"""A stranger's first minutes: `make demo` and `make run`, as processes, from a fresh copy of the project."""

import asyncio
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio import to_thread

from relay.config.variables import KNOWN
from relay.events import parse, split
from relay.ledger.identity import Identity
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, Dispatch
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tools.function import HOST, ROOT, free_port

WORDS = "Your parcel is at the door & waiting <3"
SILENCE = 60


def environ(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in KNOWN} | variables


# make demo


def test_the_demo_shows_every_sample_and_ends_well(project: Path, samples: Mapping[str, bytes]) -> None:
    (project / "config.toml").write_text("a deployment's own file, which the demo leaves alone")
    strange = environ(API_KEY="", SLACK_WEBHOOK_URL="https://hooks.example", TELEGRAM_BOT_TOKEN="alone")

    play = ended("tools.demo", project, strange)

    assert play.returncode == 0, play.stderr
    for name in samples:
        assert f"the phone posts {name}.json" in play.stdout
    assert play.stdout.count('is answered 200 {"event":') == len(samples)
    assert play.stdout.count(WORDS) == 1
    assert set(looks()) <= set(play.stdout.splitlines())
    assert "Traceback" not in play.stdout + play.stderr


def looks() -> list[str]:
    """What the README shows of a message, but for the time."""
    shown = (ROOT / "README.md").read_text().partition("## What it looks like")[2].split("```")[1]
    return [line for line in shown.splitlines() if "Time:" not in line]


@pytest.mark.anyio
async def test_the_demo_goes_to_a_chat_that_is_named(project: Path, samples: Mapping[str, bytes]) -> None:
    async with Telegram() as service:
        play = await to_thread.run_sync(ended, "tools.demo", project, in_telegram(service, CHAT))

    assert play.returncode == 0, play.stderr
    assert len(service.shown) == sum(len(split(parse(body))) for body in samples.values())
    assert "481516" in [shown.copies for shown in service.shown]
    assert "accepted by Telegram" in play.stdout


@pytest.mark.anyio
async def test_the_demo_ends_where_the_chat_is_wrong(project: Path) -> None:
    async with Telegram() as service:
        play = await to_thread.run_sync(ended, "tools.demo", project, in_telegram(service, "-100999"))

    assert play.returncode == 1
    assert play.stdout.count("the phone posts") == 1
    assert '{"demo":"deferred"}' in play.stdout
    assert "This one was not accepted" in play.stdout
    assert "check chat_id" in play.stderr
    assert "Traceback" not in play.stderr


def in_telegram(service: Telegram, chat: str) -> dict[str, str]:
    return environ(TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_CHAT_ID=chat, TELEGRAM_API_URL=service.url)


def ended(module: str, project: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of the commands to its end."""
    command = [sys.executable, "-m", module]
    return subprocess.run(
        command, check=False, cwd=project, env=environ, capture_output=True, text=True, timeout=SILENCE
    )


# make run


class Run:
    """`make run` under way: what it has printed, and more as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.guide = self.until("Ctrl-C ends it.")

    def until(self, words: str) -> str:
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return "".join(lines)
        pytest.fail(f"it ended: {''.join(lines)}")

    @property
    def sample(self) -> str:
        """The command that it prints first."""
        return command_after("try it with a sample:", self.guide)

    def interrupted(self) -> str:
        """Press Ctrl-C, as a terminal does: for it and for the function."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=SILENCE)[0]


def command_after(words: str, guide: str) -> str:
    return guide.partition(words)[2].strip().partition("\n\n")[0]


@contextmanager
def started(project: Path, **variables: str) -> Iterator[Run]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.run"],
        cwd=project,
        env=environ(PORT=str(free_port()), **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield Run(process)
        finally:
            process.terminate()


def typed(project: Path, command: str) -> dict[str, object]:
    """Type a command into a shell; return the answer."""
    shell = ["bash", "-c", command]
    told = subprocess.run(shell, cwd=project, capture_output=True, check=True, text=True, timeout=SILENCE)
    answer: dict[str, object] = json.loads(told.stdout)
    return answer


def test_what_it_prints_works_when_typed(project: Path, need: Callable[[str], str]) -> None:
    need("curl")
    with started(project) as run:
        first = typed(project, run.sample)
        shown = run.until(WORDS)
        again = typed(project, run.sample)
        rest = run.interrupted()

    assert first["deliveries"] == {"console": "delivered"}
    assert again["deliveries"] == {"console": "duplicate"}
    assert shown
    assert WORDS not in rest
    assert "Traceback" not in rest
    assert run.process.returncode == 0


def test_what_waits_in_the_ledger_of_before_is_not_forgotten(project: Path) -> None:
    async def keep() -> None:
        ledger = SqliteLedger(project / ".relay" / "ledger.db")
        dispatch = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("telegram"),))
        await ledger.claim(Identity("a" * 64), dispatch, "owner")
        await ledger.aclose()

    asyncio.run(keep())
    with started(project, LEDGER_URL="sqlite:///.relay/other.db") as run:
        assert "1 events wait in sqlite:///.relay/ledger.db" in run.guide
        assert "relay ledger move sqlite:///.relay/ledger.db sqlite:///.relay/other.db" in run.guide


def test_what_was_delivered_is_known_after_a_restart(project: Path, need: Callable[[str], str]) -> None:
    need("curl")
    with started(project) as run:
        first = typed(project, run.sample)
    with started(project) as run:
        again = typed(project, run.sample)

    assert first["deliveries"] == {"console": "delivered"}
    assert again["deliveries"] == {"console": "duplicate"}
    assert (project / ".relay").stat().st_mode & 0o077 == 0


def test_with_a_signing_key_the_sample_is_signed(project: Path, need: Callable[[str], str]) -> None:
    need("curl"), need("openssl")
    with started(project, SIGNING_KEYS="it's 8!,other") as run:
        signed = typed(project, run.sample)
        unsigned = typed(project, re.sub(r'-H "X-[^\n]*\\\n', "", run.sample).partition("; ")[2])

    assert signed["deliveries"] == {"console": "delivered"}
    assert unsigned["error"] == "unauthorized"


def test_the_registration_fits_the_phone(project: Path) -> None:
    with started(project) as run:
        pass

    for place in ("cloud mode:", "as the phone:"):
        command = command_after(place, run.guide)
        body = json.loads(command.partition("-d '")[2].partition("'")[0])
        assert body["event"] == "sms:received"
        assert len(body["id"]) <= 36
        assert len(body["url"]) <= 256
        assert command.endswith("/webhooks")


def test_the_key_is_made_once_and_for_its_owner_only(project: Path) -> None:
    with started(project) as first:
        pass
    written = (project / ".env").read_text()
    with started(project) as second:
        pass

    assert (project / ".env").read_text() == written
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600
    made = re.findall(r"^([A-Z_]+)=(\S{32})$", written, re.MULTILINE)
    assert [name for name, _ in made] == ["API_KEY", "LEDGER_SECRET"]
    assert made[0][1] != made[1][1]
    assert "Made .env" in first.guide
    assert "Made .env" not in second.guide


def test_a_kill_leaves_no_function_behind(project: Path) -> None:
    with started(project) as run:
        port = int(re.findall(r"127\.0\.0\.1:(\d+)", run.guide)[0])
        run.process.terminate()
        run.process.wait(SILENCE)

    with socket.socket() as another, pytest.raises(ConnectionRefusedError):
        another.connect((HOST, port))


def test_a_port_that_is_taken_is_said(project: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        said = refused(project, PORT=str(other.getsockname()[1]))

    assert "is taken by another program" in said
    assert "PORT=8081 make run" in said


@pytest.mark.parametrize(
    ("dotenv", "words"),
    [("API_KEY=", "API_KEY"), ("nonsense", "line 1"), ("API_KEY=x\nPORT=eighty", "PORT is no number")],
)
def test_a_wrong_setting_is_said_in_one_line(project: Path, dotenv: str, words: str) -> None:
    (project / ".env").write_text(dotenv)

    said = refused(project)

    assert words in said
    assert len(said.strip().splitlines()) == 1


def refused(project: Path, **variables: str) -> str:
    """Start it, expect it to end by itself, and return what it says."""
    process = ended("tools.run", project, environ(**variables))
    assert process.returncode == 1
    return process.stderr
