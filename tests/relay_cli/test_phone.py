"""`phone` against the real function."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest
from anyio import to_thread

from relay_cli.phone import pace, post_until_accepted, retry_waits
from relay_cli.posting import BrokenAnswer, RequestTooLong, Timeouts, post, set_dates_to_now
from testkit.service import Reply, Request, Service, Trouble, reply
from tests.end_to_end.conftest import API_KEY, SIGNING_KEY, Start, function
from tests.relay_cli.conftest import Command

pytestmark = pytest.mark.anyio
__all__ = ["function"]


async def test_it_posts_signed_events_and_shows_each_attempt(relay: Command, function: Start) -> None:
    async with function({"SIGNING_KEYS": SIGNING_KEY}) as running:
        env = {"API_KEY": API_KEY, "SIGNING_KEYS": SIGNING_KEY}
        good = await relay("phone", running.url, "--count", "3", "--rate", "100", env=env)
        bad = await relay("phone", running.url, "--signing-key", "wrong", "--retries", "0", env=env)
    assert (good.status, good.out.count("attempt 1: 200")) == (0, 3)
    assert "3 of 3 accepted" in good.out
    assert (bad.status, "attempt 1: 401" in bad.out) == (1, True)


async def test_an_unreachable_function_is_reported(relay: Command) -> None:
    result = await relay("phone", "http://127.0.0.1:9", "--retries", "0")
    assert (result.status, "attempt 1: no answer" in result.out) == (1, True)


class TimedService(Service):
    """A service that records when it gets requests."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []

    async def respond(self, _: Request) -> Reply:
        self.moments.append(time.monotonic())
        return reply(503)

    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.moments)]


def test_it_waits_5_s_and_then_twice_as_long_each_time() -> None:
    assert list(retry_waits(4)) == [5, 10, 20, 40, 0]


async def test_it_tries_again_after_each_wait_until_it_is_accepted() -> None:
    async with TimedService() as service:
        assert not await to_thread.run_sync(
            post_until_accepted, service.url, b"{}", "", retry_waits(2, first=0.1)
        )
        first, second = service.gaps()
        service.acts.extend([reply(503), reply(204)])
        assert await to_thread.run_sync(
            post_until_accepted, service.url, b"{}", "", retry_waits(5, first=0.01)
        )
    assert first >= 0.1
    assert second >= 0.2
    assert len(service.requests) == 5


async def test_it_posts_at_the_given_rate() -> None:
    begun = time.monotonic()
    async with TimedService() as service:
        for _ in pace(3, rate=10):
            await to_thread.run_sync(post_until_accepted, service.url, b"{}", "", [0.0])
    assert len(service.moments) == 3
    assert all(moment - begun >= number / 10 for number, moment in enumerate(service.moments))


async def test_it_hangs_up_after_silence(capsys: pytest.CaptureFixture[str]) -> None:
    async with Service() as service:
        service.acts.append(Trouble.HANG)
        assert not await to_thread.run_sync(
            post_until_accepted, service.url, b"{}", "", [0.0], Timeouts(silence=0.2, whole=2)
        )
    assert "the phone hangs up after 0.2 s of silence" in capsys.readouterr().out


async def test_it_hangs_up_on_an_answer_that_never_ends() -> None:
    async with raw_server(drip) as url:
        with pytest.raises(RequestTooLong):
            await to_thread.run_sync(post, url, b"{}", "", Timeouts(silence=5, whole=0.3))


@pytest.mark.parametrize(
    "result", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", b""]
)
async def test_a_broken_answer_is_no_success_and_shows_no_key(result: bytes) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(result)

    async with raw_server(send) as url:
        with pytest.raises(BrokenAnswer) as caught:
            await to_thread.run_sync(post, f"{url}?apiKey=s3cret", b"{}", "")
    assert "s3cret" not in repr(caught.value)


async def test_a_redirect_is_no_success_and_is_not_followed(relay: Command) -> None:
    async with Service() as service:
        service.always = Reply(302, b"\xff", {"Location": f"{service.url}/login"})
        result = await relay("phone", service.url, "--retries", "0")
    assert (result.status, "attempt 1: 302" in result.out) == (1, True)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["relay.example", "ftp://relay.example/", "https://", "http://[::1", "http://h:99999/", "https://h/ x"],
)
async def test_an_invalid_url_is_refused_without_a_traceback(relay: Command, url: str) -> None:
    result = await relay("phone", f"{url}?apiKey=s3cret", "--retries", "0")
    assert (result.status, "the URL must start with https://" in result.err) == (1, True)
    assert "s3cret" not in result.out + result.err


@asynccontextmanager
async def raw_server(respond: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Serve connections by reading a request and calling `respond`."""
    tasks = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n{}")
        await respond(writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}/"
        await asyncio.gather(*filter(None, tasks))


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send an answer byte by byte, for some seconds."""
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":
        if writer.is_closing():
            break
        writer.write(bytes([byte]))
        await asyncio.sleep(0.1)


def test_every_date_of_a_batch_becomes_the_current_time(samples: Mapping[str, bytes]) -> None:
    for name in ("sms-received", "sms-batch-received"):
        assert b"2026-06-22" in samples[name]
        assert b"2026-06-22" not in set_dates_to_now(samples[name])
    assert set_dates_to_now(b'{"payload": {"messages": ["none"]}}') == b'{"payload": {"messages": ["none"]}}'
