"""What the memory of an instance holds: MMS that wait or hang, and SMS that get through beside them."""

import asyncio
import base64
import json
import os
import secrets
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from relay.memory import EACH, FOR_SMALL, MIB, memory_for
from testkit.service import Act, Request
from testkit.services.slack import Slack
from testkit.services.telegram import Telegram
from tests.end_to_end.conftest import API_KEY, SIGNING_KEY, Function, Start, signed
from tests.end_to_end.limited import Group, NoGroup, group
from tests.end_to_end.test_path import outcomes, slack, sms, telegram

pytestmark = pytest.mark.anyio

LARGE = 15 * MIB
ROOM_FOR_ONE = {"MAX_BODY_BYTES": str(2 * MIB), "MEMORY_BYTES": str(memory_for(2 * MIB, 1))}
ROOM_FOR_TWO = {"MAX_BODY_BYTES": str(2 * MIB), "MEMORY_BYTES": str(memory_for(2 * MIB, 2))}
SOON = {"RESPONSE_DEADLINE": "1.6"}
BUSY = {"error": "busy", "detail": "Too much is under way here; repeat the request later."}


class Slow(Telegram):
    """Takes texts at once, and files only once its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def respond(self, request: Request) -> Act:
        if request.files():
            self.requests.clear()  # what this process holds is not the function's
            await self.gate.wait()
        return await super().respond(request)


def mms(size: int) -> bytes:
    """Return an MMS of about so many bytes, unlike any other."""
    picture = b"\xff\xd8\xff" + secrets.token_bytes(size * 3 // 4 - 300)
    attached = {"contentType": "image/jpeg", "name": "a.jpg", "data": base64.b64encode(picture).decode()}
    payload = {"sender": "+12025550143", "messageId": secrets.token_hex(4), "attachments": [attached]}
    return json.dumps({"id": secrets.token_hex(8), "event": "mms:downloaded", "payload": payload}).encode()


async def announced(running: Function, size: int) -> bytes:
    """Announce a body of so many bytes, send none of it, and return the answer."""
    head = f"POST /?apiKey={API_KEY} HTTP/1.1\r\nHost: relay\r\nContent-Length: {size}\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(running.url).port)
    writer.write(head.encode())
    answer = await reader.readuntil(b"}")
    writer.close()
    await writer.wait_closed()
    return answer


async def unannounced(running: Function, body: bytes) -> httpx.Response:
    """Post a body in chunks, without its size."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 2**16):
            yield body[start : start + 2**16]

    async with httpx.AsyncClient(timeout=30) as phone:
        return await phone.post(f"{running.url}?apiKey={API_KEY}", content=pieces())


async def test_an_mms_that_hangs_keeps_others_out_and_lets_every_sms_through(function: Start) -> None:
    async with Slow() as bot, function(telegram(bot) | ROOM_FOR_ONE | SOON) as running:
        waiting = mms(2 * MIB - 2000)
        assert outcomes(await running.post(waiting)) == {"telegram": "deferred"}

        refused = await announced(running, 2 * MIB)
        assert b" 503 " in refused
        assert b"retry-after: 30" in refused
        assert json.loads(refused.rpartition(b"\r\n")[2]) == BUSY
        assert (await unannounced(running, mms(MIB))).json() == BUSY
        answers = await asyncio.gather(*(running.post(sms(f"number {each}" * 150)) for each in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert "alert" not in running.output

        bot.gate.set()
        async with asyncio.timeout(60):
            while (await running.post(waiting)).status_code != 200:  # noqa: ASYNC110  a phone repeats, too
                await asyncio.sleep(0.02)  # its first attempt has the room until it has ended
        assert (await running.post(mms(2 * MIB - 2000))).status_code == 200
        assert (await unannounced(running, mms(MIB))).status_code == 200


async def test_room_that_a_request_took_is_free_when_it_is_refused(function: Start) -> None:
    keys = {"SIGNING_KEYS": SIGNING_KEY}
    async with Slow() as bot, function(telegram(bot) | ROOM_FOR_ONE | keys) as running:
        bot.gate.set()
        for _ in range(3):
            assert (await running.post(mms(2 * MIB - 2000), **signed(b"another"))).status_code == 401
            assert (await running.post(b"[" * (2 * MIB))).status_code == 400
        assert (await running.post(mms(2 * MIB - 2000))).status_code == 200


@pytest.mark.parametrize(
    ("size", "key", "alarmed"),
    [(3 * MIB, SIGNING_KEY, True), (3 * MIB, "stranger", False), (33 * MIB, SIGNING_KEY, False)],
)
async def test_a_body_that_is_too_large_alarms_people_only_if_a_phone_signed_it(
    function: Start, size: int, key: str, alarmed: bool
) -> None:
    variables = {"SIGNING_KEYS": f"other,{SIGNING_KEY}", "K_SERVICE": "relay"}
    async with AsyncExitStack() as all_of_it:
        bot = await all_of_it.enter_async_context(Telegram())
        work = await all_of_it.enter_async_context(Slack())
        settings = telegram(bot) | slack(work) | ROOM_FOR_TWO | variables
        running = await all_of_it.enter_async_context(function(settings, warm=False))
        body = bytes(size)
        assert (await running.post(body, **signed(body, key=key))).status_code == 413
        severities = [line["severity"] for line in running.lines]
    assert ("ERROR" in severities) is alarmed
    assert severities[0] == "WARNING"
    assert [len(bot.shown), len(work.posted)] == [alarmed, alarmed]


async def test_it_refuses_to_start_where_the_largest_body_does_not_fit(function: Start) -> None:
    memory = memory_for(16 * MIB, 1) - MIB
    with pytest.raises(RuntimeError, match="MAX_BODY_BYTES: bodies of 16777216 bytes do not fit"):
        async with function({"MEMORY_BYTES": str(memory)}):
            pass


@contextmanager
def limited(limit: int) -> Iterator[Group]:
    """Limit what is started within; skip, for all to see, where this machine does not let us."""
    try:
        with group(limit) as made:
            yield made
    except NoGroup as problem:
        warnings.warn(f"NOT TESTED within a real limit of memory: {problem}", stacklevel=2)
        pytest.skip(str(problem))


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("at_once", [True, False])
async def test_an_instance_of_512_mib_survives_mms_without_end(function: Start, at_once: bool) -> None:
    """Twelve of 15 MiB, to a service that hangs: without a budget the ninth ends the process."""
    with limited(512 * MIB) as memory:
        async with Slow() as bot, function(telegram(bot) | SOON, before=memory.join) as running:
            await running.post(b'{"event": "sms:sent"}')
            processes = memory.processes
            if at_once:
                answers = await asyncio.gather(*(running.post(mms(LARGE)) for _ in range(12)))
            else:
                answers = [await running.post(mms(LARGE)) for _ in range(12)]
            assert {answer.status_code for answer in answers} == {503}
            busy = [answer for answer in answers if answer.json() == BUSY]
            assert 12 - len(busy) == (512 - 160) * MIB // 4 // (LARGE + EACH) - FOR_SMALL // LARGE
            assert (await running.post(sms())).status_code == 200
            assert memory.processes == processes
            assert memory.peak < 450 * MIB
            bot.gate.set()


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
async def test_the_memory_that_it_is_told_of_is_enough(function: Start) -> None:
    """The same without a limit that ends it, so that every machine can run it."""
    async with Slow() as bot, function(telegram(bot) | SOON | {"MEMORY_BYTES": str(512 * MIB)}) as running:
        answers = [await running.post(mms(LARGE)) for _ in range(12)]
        assert {answer.status_code for answer in answers} == {503}
        assert (await running.post(sms())).status_code == 200
        assert peak(running.process.pid) < 450 * MIB
        bot.gate.set()


def peak(group_of: int) -> int:
    """Return the most that the largest process of a group of processes has had resident, in bytes."""
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) != group_of:
                continue
            words = status.read_text()
        except OSError:  # it has ended meanwhile
            continue
        peaks.append(int(words.partition("VmHWM:")[2].split()[0]) * 1024)
    return max(peaks)
