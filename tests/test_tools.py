"""`make demo` and `make run`, as processes, from a fresh copy of the project."""

import asyncio
import os
import pty
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio import to_thread

from relay.config.variables import KNOWN
from relay.events import parse, split
from relay.ledger.identity import Identity
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, Dispatch
from relay_cli import dotenv
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tools.function import HOST, ROOT, free_port

WORDS = "Your parcel is at the door & waiting <3"
TIMEOUT = 60


def environ(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in KNOWN} | variables


# make demo


def test_the_demo_shows_every_sample_and_succeeds(project: Path, samples: Mapping[str, bytes]) -> None:
    (project / "config.toml").write_text("a deployment's own file, which the demo must not use")
    variables = environ(API_KEY="", SLACK_WEBHOOK_URL="https://hooks.example", TELEGRAM_BOT_TOKEN="alone")

    demo = run_module("tools.demo", project, variables)

    assert demo.returncode == 0, demo.stderr
    posted = re.findall(r"^---- the phone posts (\S+)\.json$", demo.stdout, re.MULTILINE)
    assert posted[0] == "sms-received-code"
    assert sorted(posted) == sorted(samples)
    assert "\x1b" not in demo.stdout
    assert demo.stdout.count('is answered 200 {"event":') == len(samples)
    assert demo.stdout.count(WORDS) == 1
    assert "To Mum (+12025550143), from anna\nOn my way\n[Send] [Cancel]\n" in demo.stdout
    assert "To Mum (+12025550143), from anna\nOn my way\ndelivered ✓\n" in demo.stdout
    assert re.search(r"^canary anna: back after \d s; nobody gets a message$", demo.stdout, re.MULTILINE)
    assert set(readme_example()) <= set(demo.stdout.splitlines())
    assert "Traceback" not in demo.stdout + demo.stderr


def test_on_a_terminal_the_demo_has_colours(project: Path) -> None:
    """It ends when the terminal is closed, which is after the first event."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tools.demo"]
    with subprocess.Popen(
        command, cwd=project, env=environ(TERM="xterm"), stdout=theirs, stderr=theirs
    ) as process:
        shown = b""
        while b"and is answered" not in shown:
            shown += os.read(ours, 1 << 16)
        process.terminate()
    os.close(theirs)
    os.close(ours)

    assert b"\x1b[2m---- the phone posts sms-received-code.json\x1b[0m\x1b[1;36m" in shown
    assert shown.index(b"481516") < shown.index(b"\x1b[0m\x1b[2m---- and is answered")


def readme_example() -> list[str]:
    """Return the lines of the message that the README shows, without its time."""
    shown = (ROOT / "README.md").read_text().partition("## What it looks like")[2].split("```")[1]
    return [line for line in shown.splitlines() if "Time:" not in line]


@pytest.mark.anyio
async def test_the_demo_sends_to_the_chat_in_the_environment(
    project: Path, samples: Mapping[str, bytes]
) -> None:
    async with Telegram() as service:
        demo = await to_thread.run_sync(run_module, "tools.demo", project, in_telegram(service, CHAT))

    assert demo.returncode == 0, demo.stderr
    assert len(service.shown) == sum(len(split(parse(body))) for body in samples.values())
    assert "481516" in [shown.copies for shown in service.shown]
    assert "accepted by Telegram" in demo.stdout


@pytest.mark.anyio
async def test_the_demo_stops_if_the_chat_is_wrong(project: Path) -> None:
    async with Telegram() as service:
        demo = await to_thread.run_sync(run_module, "tools.demo", project, in_telegram(service, "-100999"))

    assert demo.returncode == 1
    assert demo.stdout.count("the phone posts") == 1
    assert '{"demo":"deferred"}' in demo.stdout
    assert "This event was not accepted" in demo.stdout
    assert "check chat_id" in demo.stderr
    assert "Traceback" not in demo.stderr


def in_telegram(service: Telegram, chat: str) -> dict[str, str]:
    return environ(TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_CHAT_ID=chat, TELEGRAM_API_URL=service.url)


def run_module(module: str, project: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a tool until it ends."""
    command = [sys.executable, "-m", module]
    return subprocess.run(
        command, check=False, cwd=project, env=environ, capture_output=True, text=True, timeout=TIMEOUT
    )


# make run


class Run:
    """`make run` while it runs: what it has printed so far, and what follows."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.guide = self.read_until("Ctrl-C ends it.")

    def read_until(self, words: str) -> str:
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return "".join(lines)
        pytest.fail(f"it ended: {''.join(lines)}")

    @property
    def commands(self) -> list[str]:
        """The commands of the operator that it prints."""
        return re.findall(r"\./sms-relay [^\n]+", self.guide)

    def interrupt(self) -> str:
        """Press Ctrl-C, which a terminal sends to the function too; return the rest of the output."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=TIMEOUT)[0]


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


def run_command(project: Path, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the operator, as it was printed, with this Python."""
    words = [sys.executable, "-m", "relay", *shlex.split(command)[1:]]
    return subprocess.run(
        words,
        check=False,
        cwd=project,
        env=environ(**variables),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def test_the_screen_fits_a_terminal_and_shows_no_key(project: Path) -> None:
    with started(project) as run:
        lines = run.guide.splitlines()

    key = dotenv.read(project / ".env")["API_KEY"]
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    assert key not in run.guide


def test_the_printed_sample_is_a_new_event_each_time(project: Path) -> None:
    with started(project) as run:
        sample, register = run.commands
        first, second = run_command(project, sample), run_command(project, sample)
        shown = run.read_until("Test message") + run.read_until("Test message")
        listed = run_command(project, "./sms-relay undelivered")
        rest = run.interrupt()

    for done in (first, second):
        assert '{"console":"delivered"}' in done.stdout, done.stderr
    assert "late" not in shown + rest
    assert register == "./sms-relay register ADDRESS"
    assert listed.stdout == "✓ Everything was delivered.\n"
    assert "sqlite:///.relay/ledger.db (`make run` uses it)" in listed.stderr
    assert "Traceback" not in rest
    assert run.process.returncode == 0
    assert (project / ".relay").stat().st_mode & 0o077 == 0


def test_with_signing_keys_the_sample_is_signed(project: Path) -> None:
    (project / "config.toml").write_text('[relay]\nsigning_keys = ["it\'s 8!", "other"]\n')
    with started(project) as run:
        done = run_command(project, run.commands[0])

    assert '{"console":"delivered"}' in done.stdout, done.stdout + done.stderr


def test_the_ledger_of_the_configuration_is_used(project: Path) -> None:
    (project / "config.toml").write_text('[relay]\nledger_url = "sqlite:///mine.db"\n')
    with started(project):
        pass

    assert (project / "mine.db").exists()
    assert not (project / ".relay" / "ledger.db").exists()


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("localhost", "localhost")]
)
def test_it_listens_where_it_is_told(project: Path, host: str, shown: str) -> None:
    with started(project, HOST=host) as run:
        [url] = set(re.findall(r"running at (\S+)", run.guide))
        done = run_command(project, run.commands[0])

    assert url.startswith(f"http://{shown}:")
    assert '{"console":"delivered"}' in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        (
            "sqlite:///.relay/other.db",
            "relay ledger move sqlite:///.relay/ledger.db sqlite:///.relay/other.db",
        ),
        ("memory:", "LEDGER_URL=sqlite:///.relay/ledger.db ./sms-relay replay"),
    ],
)
def test_undelivered_events_in_the_default_ledger_are_reported(project: Path, url: str, fix: str) -> None:
    async def keep() -> None:
        ledger = SqliteLedger(project / ".relay" / "ledger.db")
        dispatch = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("telegram"),))
        await ledger.claim(Identity("a" * 64), dispatch, "owner")
        await ledger.aclose()

    asyncio.run(keep())
    with started(project, LEDGER_URL=url) as run:
        assert "sqlite:///.relay/ledger.db holds 1 undelivered event," in run.guide
        assert fix in run.guide


def test_the_key_is_created_once_and_readable_only_by_its_owner(project: Path) -> None:
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
    assert "Created .env" in first.guide
    assert "Created .env" not in second.guide


def test_a_kill_leaves_no_function_behind(project: Path) -> None:
    with started(project) as run:
        port = int(re.findall(r"127\.0\.0\.1:(\d+)", run.guide)[0])
        run.process.terminate()
        run.process.wait(TIMEOUT)

    with socket.socket() as another, pytest.raises(ConnectionRefusedError):
        another.connect((HOST, port))


def test_a_taken_port_is_reported(project: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        error = run_refused(project, PORT=str(other.getsockname()[1]))

    assert "is taken by another program" in error
    assert "PORT=8081 make run" in error


@pytest.mark.parametrize(
    ("dotenv", "words"),
    [
        ("API_KEY=", "API_KEY"),
        ("nonsense", "line 1"),
        ("API_KEY=x\nPORT=eighty", "PORT is not a number"),
        ("API_KEY=x\nPORT=80000", "this machine cannot listen there"),
        ("API_KEY=x\nHOST=192.0.2.1", "this machine cannot listen there"),
    ],
)
def test_a_wrong_setting_is_reported_in_one_line(project: Path, dotenv: str, words: str) -> None:
    (project / ".env").write_text(dotenv)

    error = run_refused(project)

    assert words in error
    assert error.startswith("Error: ")
    assert len(error.strip().splitlines()) == 1


def run_refused(project: Path, **variables: str) -> str:
    """Start it, expect it to refuse, and return the error."""
    process = run_module("tools.run", project, environ(**variables))
    assert process.returncode == 1
    return process.stderr
