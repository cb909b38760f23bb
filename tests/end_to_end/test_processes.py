"""Several processes on one ledger, killed and frozen in the worst moments."""

import asyncio
import secrets
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest

from testkit.service import Act, Request, Trouble
from testkit.services.firestore import emulator
from testkit.services.telegram import Telegram
from tests.end_to_end.conftest import Function, Start
from tests.end_to_end.test_path import outcomes, sms, telegram

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "firestore"])
async def ledger(
    request: pytest.FixtureRequest, tmp_path: Path, need: Callable[[str], str]
) -> AsyncIterator[dict[str, str]]:
    """Name a ledger that processes share."""
    if request.param == "sqlite":
        yield {"LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
        return
    need("java")
    with emulator(need("gcloud"), tmp_path / "emulator.log") as address:
        url = f"firestore://test-project?collection=relay-{secrets.token_hex(4)}"
        yield {"LEDGER_URL": url, "FIRESTORE_EMULATOR_HOST": address}


@asynccontextmanager
async def two(function: Start, variables: dict[str, str]) -> AsyncIterator[tuple[Function, Function]]:
    """Start two processes of the same deployment."""
    async with AsyncExitStack() as both:
        yield (
            await both.enter_async_context(function(variables)),
            await both.enter_async_context(function(variables)),
        )


class Slow(Telegram):
    """Answers the first message only once its gate is open, though it has accepted it at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()

    async def respond(self, request: Request) -> Act:
        answer = await super().respond(request)
        self.asked.set()
        await self.gate.wait()
        return answer


async def test_the_same_event_fifty_times_at_two_processes_is_one_message(
    function: Start, ledger: dict[str, str]
) -> None:
    async with Telegram() as bot, two(function, telegram(bot) | ledger) as processes:
        for process in processes:
            await process.post(sms("a cold emulator takes longer than the ledger is waited for"))
        bot.shown.clear()
        body = sms()
        answers = await asyncio.gather(*(processes[number % 2].post(body) for number in range(50)))
        assert {answer.status_code for answer in answers} <= {200, 503}
        for process in processes:
            assert outcomes(await process.post(body)) == {"telegram": "duplicate"}
        # On a machine that is too busy to answer a claim in time, window (c) is open, and the log says so.
        missed = sum("the ledger did not answer" in process.output for process in processes)
        assert len(bot.shown) <= 1 + missed


async def test_a_process_killed_before_it_settled_costs_one_double_at_most(
    function: Start, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    variables = {"LEDGER_URL": f"sqlite:///{ledger}"}
    async with Slow() as bot, two(function, telegram(bot) | variables) as (first, second):
        body = sms()
        request = asyncio.create_task(first.post(body))
        await bot.asked.wait()
        first.signal(signal.SIGKILL)
        await asyncio.gather(request, return_exceptions=True)
        bot.gate.set()
        assert outcomes(await second.post(body)) == {"telegram": "deferred"}
        assert len(bot.shown) == 1
        end_leases(ledger)
        assert outcomes(await second.post(body)) == {"telegram": "delivered"}
        assert outcomes(await second.post(body)) == {"telegram": "duplicate"}
        assert len(bot.shown) == 2


def end_leases(path: Path) -> None:
    """Let the minute of the one lease in a ledger's file be over."""
    with closing(sqlite3.connect(path)) as db, db:
        changed = db.execute(
            "UPDATE records SET record = json_set(record, '$.lease_until', 1)"
            " WHERE json_extract(record, '$.lease_until') > 1"
        )
        assert changed.rowcount == 1


async def test_a_frozen_process_that_thaws_knows_what_was_accepted(function: Start, tmp_path: Path) -> None:
    variables = {"LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    async with Slow() as bot, function(telegram(bot) | variables) as running:
        body = sms()
        assert outcomes(await running.post(body)) == {"telegram": "deferred"}
        running.signal(signal.SIGSTOP)
        bot.gate.set()
        await asyncio.sleep(6)  # longer than every time limit of an attempt that counts by the wall clock
        running.signal(signal.SIGCONT)
        answer = await running.post(body)
        assert (answer.status_code, outcomes(answer)) == (200, {"telegram": "duplicate"})
        assert len(bot.shown) == 1


async def test_a_process_that_is_ended_waits_for_what_is_under_way_and_frees_its_lease(
    function: Start, tmp_path: Path
) -> None:
    variables = {"LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    async with Slow() as bot, two(function, telegram(bot) | variables) as (first, second):
        body = sms()
        assert outcomes(await first.post(body)) == {"telegram": "deferred"}
        first.process.terminate()
        await asyncio.sleep(1)  # longer than one that waits for nothing lives
        bot.gate.set()
        assert await first.process.wait() == 0
        assert outcomes(await second.post(body)) == {"telegram": "duplicate"}
        assert len(bot.shown) == 1


async def test_a_process_that_is_ended_gives_up_what_hangs_and_frees_its_lease(
    function: Start, tmp_path: Path
) -> None:
    variables = {"LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    async with Slow() as bot, two(function, telegram(bot) | variables) as (first, second):
        body = sms()
        assert outcomes(await first.post(body)) == {"telegram": "deferred"}
        first.process.terminate()
        assert await first.process.wait() == 0
        bot.gate.set()
        assert outcomes(await second.post(body)) == {"telegram": "delivered"}


async def test_a_ledger_that_is_stopped_in_the_middle_stops_no_message(
    function: Start, tmp_path: Path, need: Callable[[str], str]
) -> None:
    need("java")
    variables = {"LEDGER_URL": "firestore://test-project"}
    with emulator(need("gcloud"), tmp_path / "emulator.log") as address:
        variables["FIRESTORE_EMULATOR_HOST"] = address
        async with AsyncExitStack() as stack:
            bot = await stack.enter_async_context(Telegram())
            running = await stack.enter_async_context(function(telegram(bot) | variables))
            assert (await running.post(sms("before"))).status_code == 200
            kept = stack.pop_all()
    async with kept:
        body = sms("after")
        for expected in ("delivered", "duplicate"):
            assert outcomes(await running.post(body)) == {"telegram": expected}
        assert [each.text.count("after") for each in bot.shown] == [0, 1]


async def test_a_lost_answer_costs_one_double_at_most(function: Start, tmp_path: Path) -> None:
    variables = {"LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    async with Telegram() as bot:
        bot.acts.append(Trouble.DROP_READ)
        async with function(telegram(bot) | variables) as running:
            body = sms()
            assert outcomes(await running.post(body)) == {"telegram": "deferred"}
            assert outcomes(await running.post(body)) == {"telegram": "delivered"}
            assert outcomes(await running.post(body)) == {"telegram": "duplicate"}
