"""What every forwarder promises of a service that refuses, hangs, breaks off or is out of reach."""

# ruff: noqa: S101, D102  a suite asserts, and its tests are named by what they prove

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forwarders.base import Forwarder, TransientFailure
from testkit.case import Case
from testkit.private import PRIVATE, attempt, nothing_shows
from testkit.service import Trouble

ROOT = Path(__file__).parent.parent


class Failing:
    """A failure is of the right kind, after one attempt, and tells nothing private."""

    async def test_an_answer_is_understood(
        self, remote: Case, forwarder: Forwarder[Any], answer: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        expected = remote.answers[answer]
        remote.answer(expected.answer)

        failure = await attempt(forwarder)

        assert type(failure) is (expected.failure or type(None))
        assert getattr(failure, "retry_after", None) == expected.retry_after
        assert remote.attempts() == expected.attempts
        nothing_shows(remote, [caplog.text, failure])

    @pytest.mark.parametrize("trouble", [Trouble.DROP_READ, Trouble.DROP_UNREAD])
    async def test_a_dropped_connection_is_transient_and_nothing_is_sent_again(
        self, remote: Case, forwarder: Forwarder[Any], trouble: Trouble, caplog: pytest.LogCaptureFixture
    ) -> None:
        remote.trouble(trouble)

        failure = await attempt(forwarder)

        assert type(failure) is TransientFailure
        assert remote.attempts() == 1
        nothing_shows(remote, [caplog.text, failure])

    async def test_a_service_out_of_reach_is_transient(
        self, remote: Case, forwarder: Forwarder[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        await remote.vanish()

        failure = await attempt(forwarder)

        assert type(failure) is TransientFailure
        nothing_shows(remote, [caplog.text, failure])

    async def test_a_service_that_hangs_is_waited_for_until_the_caller_gives_up(
        self, remote: Case, forwarder: Forwarder[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        remote.trouble(Trouble.HANG)
        waiting = asyncio.create_task(attempt(forwarder))
        await until(lambda: remote.attempts() == 1)

        done, _ = await asyncio.wait([waiting], timeout=0.1)
        waiting.cancel()
        await asyncio.wait([waiting])

        assert not done
        assert waiting.cancelled()
        assert remote.attempts() == 1
        remote.trouble(None)
        assert await attempt(forwarder) is None
        nothing_shows(remote, [caplog.text])

    async def test_nothing_shows_in_a_success(
        self, remote: Case, forwarder: Forwarder[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        assert await attempt(forwarder) is None

        options = forwarder.Options(**remote.options())
        nothing_shows(remote, [caplog.text, repr(forwarder), str(options), repr(forwarder.plan(PRIVATE))])

    async def test_a_probe_sends_nothing(self, case: Case, forwarder: Forwarder[Any]) -> None:
        probe = await forwarder.probe()

        assert probe.status in ("ok", "unknown")
        assert list(case.shown()) == []

    async def test_a_probe_of_a_service_out_of_reach_knows_nothing(
        self, remote: Case, forwarder: Forwarder[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        await remote.vanish()

        probe = await forwarder.probe()

        assert probe.status in ("unreachable", "unknown")
        assert probe.reason
        nothing_shows(remote, [caplog.text, probe.reason])


class Alone:
    """A process that delivers ends well."""

    async def test_a_process_ends_well_whatever_the_service_did(self, remote: Case) -> None:
        child = await _started(remote)

        remote.trouble(Trouble.DROP_READ)
        assert await _request(child, "send") == "TransientFailure"
        remote.trouble(Trouble.DROP_UNREAD)
        assert await _request(child, "send") == "TransientFailure"
        remote.trouble(None)
        assert await _request(child, "send") == "delivered"
        remote.trouble(Trouble.HANG)
        assert await _request(child, "cancel") == "cancelled"
        assert await _request(child, "leave") == "left"

        assert await _ended(child) == (0, "")

    async def test_a_process_ends_well_without_a_service(self, remote: Case) -> None:
        child = await _started(remote)
        await remote.vanish()

        assert await _request(child, "send") == "TransientFailure"

        assert await _ended(child) == (0, "")


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another task brings about."""
    while not happened():  # noqa: ASYNC110  what happens, happens in a service that knows nothing of us
        await asyncio.sleep(0.01)


async def _started(case: Case) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "testkit.alone"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdin
    child.stdin.write(json.dumps({"path": case.path, "options": case.options()}).encode() + b"\n")
    return child


async def _request(child: asyncio.subprocess.Process, word: str) -> str:
    assert child.stdin
    assert child.stdout
    child.stdin.write(word.encode() + b"\n")
    async for line in child.stdout:
        if line.startswith(b"outcome: "):
            return line.decode().removeprefix("outcome: ").strip()
    return "nothing: " + (await child.communicate(b""))[1].decode()


async def _ended(child: asyncio.subprocess.Process) -> tuple[int | None, str]:
    _, complaints = await child.communicate(b"")
    return child.returncode, complaints.decode()
