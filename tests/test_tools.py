"""`make demo` and `make run`, as processes, from a fresh copy of the project."""

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
TIMEOUT = 60


def environ(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in KNOWN} | variables


# make demo


def test_the_demo_shows_every_sample_and_succeeds(project: Path, samples: Mapping[str, bytes]) -> None:
    (project / "config.toml").write_text("a deployment's own file, which the demo must not use")
    variables = environ(API_KEY="", SLACK_WEBHOOK_URL="https://hooks.example", TELEGRAM_BOT_TOKEN="alone")

    demo = run_module("tools.demo", project, variables)

    assert demo.returncode == 0, demo.stderr
    for name in samples:
        assert f"the phone posts {name}.json" in demo.stdout
    assert demo.stdout.count('is answered 200 {"event":') == len(samples)
    assert demo.stdout.count(WORDS) == 1
    assert set(readme_example()) <= set(demo.stdout.splitlines())
    assert "Traceback" not in demo.stdout + demo.stderr


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
    def sample(self) -> str:
        """The command that it prints first."""
        return command_after("try it with a sample:", self.guide)

    def interrupt(self) -> str:
        """Press Ctrl-C, which a terminal sends to the function too; return the rest of the output."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=TIMEOUT)[0]


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


def run_in_shell(project: Path, command: str) -> dict[str, object]:
    """Run a command in a shell; return the function's answer."""
    shell = ["bash", "-c", command]
    done = subprocess.run(shell, cwd=project, capture_output=True, check=True, text=True, timeout=TIMEOUT)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_the_printed_command_works(project: Path, need: Callable[[str], str]) -> None:
    need("curl")
    with started(project) as run:
        first = run_in_shell(project, run.sample)
        shown = run.read_until(WORDS)
        again = run_in_shell(project, run.sample)
        rest = run.interrupt()

    assert first["deliveries"] == {"console": "delivered"}
    assert again["deliveries"] == {"console": "duplicate"}
    assert shown
    assert WORDS not in rest
    assert "Traceback" not in rest
    assert run.process.returncode == 0


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        (
            "sqlite:///.relay/other.db",
            "relay ledger move sqlite:///.relay/ledger.db sqlite:///.relay/other.db",
        ),
        ("memory:", "LEDGER_URL=sqlite:///.relay/ledger.db python -m relay replay"),
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


def test_a_restart_does_not_deliver_again(project: Path, need: Callable[[str], str]) -> None:
    need("curl")
    with started(project) as run:
        first = run_in_shell(project, run.sample)
    with started(project) as run:
        again = run_in_shell(project, run.sample)

    assert first["deliveries"] == {"console": "delivered"}
    assert again["deliveries"] == {"console": "duplicate"}
    assert (project / ".relay").stat().st_mode & 0o077 == 0


def test_with_a_signing_key_the_sample_is_signed(project: Path, need: Callable[[str], str]) -> None:
    need("curl"), need("openssl")
    with started(project, SIGNING_KEYS="it's 8!,other") as run:
        signed = run_in_shell(project, run.sample)
        unsigned = run_in_shell(project, re.sub(r'-H "X-[^\n]*\\\n', "", run.sample).partition("; ")[2])

    assert signed["deliveries"] == {"console": "delivered"}
    assert unsigned["error"] == "unauthorized"


def test_the_phone_accepts_the_registration(project: Path) -> None:
    with started(project) as run:
        pass

    for heading in ("cloud mode:", "as the phone:"):
        command = command_after(heading, run.guide)
        body = json.loads(command.partition("-d '")[2].partition("'")[0])
        assert body["event"] == "sms:received"
        assert len(body["id"]) <= 36
        assert len(body["url"]) <= 256
        assert command.endswith("/webhooks")


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
    [("API_KEY=", "API_KEY"), ("nonsense", "line 1"), ("API_KEY=x\nPORT=eighty", "PORT is not a number")],
)
def test_a_wrong_setting_is_reported_in_one_line(project: Path, dotenv: str, words: str) -> None:
    (project / ".env").write_text(dotenv)

    error = run_refused(project)

    assert words in error
    assert len(error.strip().splitlines()) == 1


def run_refused(project: Path, **variables: str) -> str:
    """Start it, expect it to refuse, and return the error."""
    process = run_module("tools.run", project, environ(**variables))
    assert process.returncode == 1
    return process.stderr
