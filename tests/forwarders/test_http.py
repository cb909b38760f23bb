"""The client, over real sockets: one request on the wire at most, and nothing secret in what goes wrong."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from forwarders.base import Failure, Misconfigured, TransientFailure
from forwarders.http import Answer, Http, Part, at_loop_end, retry_after
from forwarders.http.client import MAX_OPEN_REQUESTS
from testkit.failing import until
from testkit.service import Act, Reply, Request, Service, Trouble, reply
from testkit.services.tls import certificate

pytestmark = pytest.mark.anyio
SECRET = "s3cr3t-path"


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with Service() as service:
        yield service


async def post(http: Http, service: Service) -> Answer:
    return await http.request("POST", f"{service.url}/{SECRET}", content=b"x")


def silent_about_the_url(failure: Failure) -> bool:
    return SECRET not in repr(failure) and SECRET not in repr(failure.__context__)


# Requests and answers


async def test_an_answer_is_what_came_whatever_its_status(http: Http, service: Service) -> None:
    service.acts.append(reply(418, {"é": 1}, X_Told="a, b"))

    answer = await post(http, service)

    assert (answer.status, answer.json(), answer.headers["x-told"]) == (418, {"é": 1}, "a, b")
    assert answer.headers["content-type"] == "application/json"


async def test_a_body_is_sent_as_it_is(http: Http, service: Service) -> None:
    await http.request("PUT", f"{service.url}/a?b=c", content=b"\x00\xff", headers={"X-Own": "1"})
    await http.request("POST", service.url, json={"text": "<&> é 😀"})
    await http.request("GET", service.url)

    put, posted, got = service.requests
    assert (put.method, put.target, put.body, put.headers["x-own"]) == ("PUT", "/a?b=c", b"\x00\xff", "1")
    assert posted.json() == {"text": "<&> é 😀"}
    assert posted.headers["content-type"] == "application/json"
    assert (got.method, got.body) == ("GET", b"")


async def test_a_form_carries_fields_and_files_byte_for_byte(http: Http, service: Service) -> None:
    data = bytes(range(256)) * 50 + b"\r\n--x\r\n"

    await http.request(
        "POST",
        service.url,
        form=[
            Part("text", "é\r\n😀".encode()),
            Part("one", data, "ünï.png", "image/png"),
            Part("two", b"", 'a"b\\c\r\nX-Evil: 1', "no type\n"),
        ],
    )

    [request] = service.requests
    assert request.form() == {"text": "é\r\n😀"}
    one, two = request.files()["one"], request.files()["two"]
    assert (one.name, one.content_type, one.data) == ("ünï.png", "image/png", data)
    assert (two.name, two.data) == ("a_b_c__X-Evil: 1", b"")


async def test_a_redirect_is_an_answer(http: Http, service: Service) -> None:
    service.acts.append(Reply(307, b"", {"Location": f"{service.url}/elsewhere"}))

    assert (await post(http, service)).status == 307
    assert service.attempts == 1


async def test_no_proxy_of_the_environment_is_used(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Service() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        http = Http()

        await post(http, service)

        assert (service.attempts, proxy.attempts) == (1, 0)
        await http.aclose()


@pytest.mark.parametrize(("address", "host"), [("127.0.0.1", "localhost"), ("::1", "[::1]")])
async def test_a_service_is_reached_by_name_and_by_either_kind_of_address(
    http: Http, address: str, host: str
) -> None:
    async with await asyncio.start_server(_ok, address, 0) as server:
        port = server.sockets[0].getsockname()[1]

        assert (await http.request("GET", f"http://{host}:{port}/")).status == 200


async def _ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a": '])
def test_what_is_not_json_is_none(body: bytes) -> None:
    assert Answer(200, {}, body).json() is None


async def test_an_answer_that_breaks_off_keeps_its_status(http: Http, service: Service) -> None:
    service.acts.append(Reply(202, b"beginning", length=100))

    answer = await post(http, service)

    assert (answer.status, answer.body) == (202, b"beginning")


async def test_an_endless_answer_is_not_read_to_its_end(http: Http, service: Service) -> None:
    service.acts.append(Reply(200, b"x" * 3_000_000))

    answer = await post(http, service)

    assert 1_000_000 < len(answer.body) < 2_000_000
    assert (await post(http, service)).status == 200


async def test_what_is_enough_of_an_answer_is_taken_at_once(http: Http, service: Service) -> None:
    service.acts.append(Reply(200, b'{"ok":true', length=100, unending=True))

    async with asyncio.timeout(10):  # the rest would never come
        answer = await http.request("GET", service.url, enough=lambda body: body.endswith(b"true"))
        await until(lambda: not service.open)

    assert (answer.status, answer.body) == (200, b'{"ok":true')


async def test_an_answer_of_which_nothing_is_enough_is_read_to_its_end(http: Http, service: Service) -> None:
    service.acts.append(Reply(200, b"whole"))

    answer = await http.request("GET", service.url, enough=lambda body: body == b"who")

    assert answer.body == b"whole"


# At most once


@pytest.mark.parametrize("trouble", [Trouble.DROP_READ, Trouble.DROP_UNREAD])
async def test_a_request_on_a_kept_connection_is_not_sent_again(
    http: Http, service: Service, trouble: Trouble
) -> None:
    service.acts.extend([Reply(), trouble])
    await post(http, service)

    with pytest.raises(TransientFailure) as caught:
        await post(http, service)

    assert service.attempts == 2
    assert silent_about_the_url(caught.value)


async def test_connections_are_used_again(http: Http, service: Service) -> None:
    for _ in range(5):
        await post(http, service)

    assert (service.attempts, service.connections) == (5, 1)


async def test_a_connection_that_the_service_closed_is_not_used(http: Http, service: Service) -> None:
    for number in range(1, 21):
        service.acts.append(Reply(headers={"Keep-Alive": "timeout=0"}))
        await post(http, service)
        await service.hang_up()
        await until(lambda: not _holds_connection_to(service.port))

        assert service.attempts == number


def _holds_connection_to(port: int) -> bool:
    """Return whether a client on this machine has not closed its connection to a port yet."""
    established, half_closed = "01", "08"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(f":{port:04X}") and row[3] in (established, half_closed) for row in rows)


@pytest.mark.parametrize("_", range(3))
async def test_an_instance_that_was_frozen_uses_no_dead_connection(service: Service, _: int) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", FROZEN, service.url),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout
    await until(lambda: _is_stopped(child.pid))
    await service.hang_up()
    await asyncio.sleep(0.3)

    child.send_signal(signal.SIGCONT)

    assert (await child.communicate())[0] == b"200 200\n"
    assert service.attempts == 2


FROZEN = """
import asyncio, os, signal, sys
from datetime import timedelta
from forwarders.http import Http

async def main():
    http = Http(idle=timedelta(seconds=0.2))
    first = await http.request("POST", sys.argv[1], content=b"x")
    await asyncio.sleep(0.05)
    os.kill(os.getpid(), signal.SIGSTOP)
    second = await http.request("POST", sys.argv[1], content=b"x")
    print(first.status, second.status)

asyncio.run(main())
"""


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


# What goes wrong


async def test_a_cancelled_request_ends_at_once_and_its_connection_is_closed_soon(
    http: Http, service: Service
) -> None:
    service.acts.append(Trouble.HANG)
    waiting = await hanging(http, service)

    waiting.cancel()
    await asyncio.wait([waiting])

    assert waiting.cancelled()
    async with asyncio.timeout(60):  # the library's own time-out is an hour
        await until(lambda: not service.open)
        await until(lambda: http._timer is None)  # nothing is left to do
    assert service.attempts == 1
    assert (await post(http, service)).status == 200


async def test_who_still_waits_gets_the_answer_when_another_request_is_cancelled(http: Http) -> None:
    async with Slow() as service:
        slow = asyncio.create_task(http.request("GET", f"{service.url}/slow"))
        await until(lambda: len(service.requests) == 1)
        service.acts.append(Trouble.HANG)
        given_up = await hanging(http, service)
        given_up.cancel()

        async with asyncio.timeout(60):
            while service.connections < 4:  # until new requests have connections of their own
                await post(http, service)
                await asyncio.sleep(0.05)
        service.released.set()

        assert (await slow).status == 200
        async with asyncio.timeout(60):
            await until(lambda: service.open == 1)


class Slow(Service):
    """Answers one path only when it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()

    async def respond(self, request: Request) -> Act:
        if request.path == "/slow":
            await self.released.wait()
        return Reply()


async def hanging(http: Http, service: Service) -> asyncio.Task[Answer]:
    """Begin a request, and return when the service has read it."""
    before = len(service.requests)
    task = asyncio.create_task(post(http, service))
    await until(lambda: len(service.requests) > before)
    return task


async def test_a_request_that_the_service_never_answers_is_ended_by_the_client_itself(
    service: Service,
) -> None:
    http = Http(timeout=timedelta(seconds=0.1))
    service.acts.append(Trouble.HANG)

    with pytest.raises(TransientFailure, match=rf"^127.0.0.1:{service.port} did not answer$"):
        await post(http, service)

    await until(lambda: not service.open)
    await http.aclose()


async def test_a_client_that_is_closed_leaves_no_cancelled_request_open(service: Service) -> None:
    http = Http()
    service.acts.append(Trouble.HANG)
    (await hanging(http, service)).cancel()

    await http.aclose()

    async with asyncio.timeout(60):
        await until(lambda: not service.open)


async def test_a_host_has_so_many_requests_open_until_they_are_off_the_wire(
    http: Http, service: Service
) -> None:
    service.always = Trouble.HANG
    tasks = [asyncio.create_task(post(http, service)) for _ in range(MAX_OPEN_REQUESTS)]
    await until(lambda: service.open == MAX_OPEN_REQUESTS)
    busy = rf"^127.0.0.1:{service.port} is busy: 64 requests to it have not been answered$"

    with pytest.raises(TransientFailure, match=busy):
        await post(http, service)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    with pytest.raises(TransientFailure, match=busy):
        async with asyncio.timeout(60):
            await post(http, service)

    async with Service() as another:
        assert (await post(http, another)).status == 200
    service.always = None
    async with asyncio.timeout(60):
        await until(lambda: http._timer is None)  # all is closed and counted
        await until(lambda: not service.open)  # and the service has noticed
    answers = await asyncio.gather(*(post(http, service) for _ in range(MAX_OPEN_REQUESTS)))
    assert {answer.status for answer in answers} == {200}


async def test_a_crowd_is_served_by_a_service_that_answers(http: Http, service: Service) -> None:
    answers = await asyncio.gather(*(post(http, service) for _ in range(4 * MAX_OPEN_REQUESTS)))

    assert {answer.status for answer in answers} == {200}
    assert service.connections <= MAX_OPEN_REQUESTS


async def test_what_is_answered_or_has_failed_is_not_counted_as_open(http: Http, service: Service) -> None:
    service.always = Trouble.DROP_READ
    failures = []
    for _ in range(MAX_OPEN_REQUESTS + 10):
        with pytest.raises(TransientFailure) as caught:
            await post(http, service)
        failures.append(caught.value)
    assert all("busy" not in failure.reason for failure in failures)

    service.always = None
    for _ in range(MAX_OPEN_REQUESTS + 10):
        assert (await post(http, service)).status == 200


async def test_posts_that_hang_leave_another_destination_all_that_it_needs(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=2000) as silent:  # connects, and reads nothing
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", CROWDED, f"http://127.0.0.1:{silent.getsockname()[1]}", service.url),
            cwd=Path(__file__).parents[2],
            stdout=asyncio.subprocess.PIPE,
        )
        answered, busy, cancelled, sockets, megabytes = (await child.communicate())[0].split()

    assert (int(answered), int(busy), int(cancelled)) == (80, 900 - MAX_OPEN_REQUESTS, MAX_OPEN_REQUESTS)
    assert int(sockets) <= 0
    assert int(megabytes) < MAX_OPEN_REQUESTS // 2


CROWDED = """
import asyncio, os, resource, sys
from pathlib import Path
from forwarders.base import TransientFailure
from forwarders.http import Http

resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
http = Http()

def sockets():
    return sum(each.is_socket() for each in Path("/proc/self/fd").iterdir())

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20

async def hang():
    try:
        await http.request("POST", sys.argv[1], content=os.urandom(1 << 20))
    except TransientFailure as failure:
        return "busy" in failure.reason

async def answer():
    return (await http.request("POST", sys.argv[2], content=b"x")).status == 200

async def main():
    answered = 20 * await answer()
    before = sockets(), megabytes()
    hanging = [asyncio.create_task(hang()) for _ in range(900)]
    for _ in range(3):
        answered += sum(await asyncio.gather(*(answer() for _ in range(20))))
    while sum(not each.done() for each in hanging) > 64:
        await asyncio.sleep(0.01)
    for each in hanging:
        each.cancel()
    await asyncio.wait(hanging)
    cancelled = sum(each.cancelled() for each in hanging)
    busy = sum(not each.cancelled() and each.result() for each in hanging)
    del hanging, each
    async with asyncio.timeout(60):
        while sockets() > before[0] or megabytes() - before[1] >= 32:
            await asyncio.sleep(0.1)
    print(answered, busy, cancelled, sockets() - before[0], megabytes() - before[1])

asyncio.run(main())
"""


async def test_a_service_that_is_not_there(http: Http, service: Service) -> None:
    await service.vanish()

    with pytest.raises(
        TransientFailure, match=rf"^127.0.0.1:{service.port} refused the connection$"
    ) as caught:
        await post(http, service)

    assert silent_about_the_url(caught.value)


async def test_a_name_that_is_not_known(http: Http) -> None:
    with pytest.raises(TransientFailure, match=r"^the name unknown.invalid is unknown, or the name lookup"):
        await http.request("GET", f"http://us:er@unknown.invalid/{SECRET}")


async def test_an_address_to_which_no_way_leads(http: Http) -> None:
    with pytest.raises(TransientFailure, match=r"^255.255.255.255 cannot be reached$"):
        await http.request("GET", f"http://{SECRET}:{SECRET}@255.255.255.255/{SECRET}?{SECRET}#{SECRET}")


@pytest.mark.parametrize(
    ("scheme", "trouble"),
    [("http", Trouble.DROP_READ), ("http", Trouble.DROP_UNREAD), ("https", Trouble.DROP_UNREAD)],
)
async def test_a_service_that_breaks_off(http: Http, service: Service, trouble: Trouble, scheme: str) -> None:
    service.always = trouble
    url = service.url.replace("http", scheme)

    with pytest.raises(TransientFailure, match=rf"^127.0.0.1:{service.port} closed the connection before"):
        await http.request("POST", f"{url}/{SECRET}", content=b"x" * 1_000_000)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_service_of_another_kind(http: Http, scheme: str) -> None:
    async with await asyncio.start_server(_greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        with pytest.raises(TransientFailure, match=f":{port} does not speak {scheme.upper()}:"):
            await http.request("GET", f"{scheme}://127.0.0.1:{port}/{SECRET}")


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"220 mail.example ESMTP\r\n\r\n")
    await reader.read()
    writer.close()


async def test_a_connection_that_is_not_taken_is_given_up() -> None:
    http = Http(connect=timedelta(seconds=0.1))

    with full_listener() as port, pytest.raises(TransientFailure, match=f":{port} did not answer$"):
        async with asyncio.timeout(10):  # far from it, but before the system itself gives up
            await http.request("GET", f"http://127.0.0.1:{port}/")

    await http.aclose()


@contextmanager
def full_listener() -> Iterator[int]:
    """Listen, but take no connection: the queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield address[1]
        for each in waiting:
            each.close()


async def test_a_certificate_that_nobody_vouches_for_is_the_operators(http: Http, tmp_path: Path) -> None:
    server = await asyncio.start_server(_ok, "127.0.0.1", 0, ssl=certificate(tmp_path / "own.pem"))
    port = server.sockets[0].getsockname()[1]

    async with server:
        with pytest.raises(Misconfigured, match="certificate"):
            await http.request("GET", f"https://localhost:{port}/{SECRET}")


@pytest.mark.parametrize(
    "url", ["", "s3cr3t-path", "http://", "http://[::1", "ftp://s3cr3t-path/", "http://a b/"]
)
async def test_a_malformed_address_is_the_operators(http: Http, url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        await http.request("GET", url)

    assert silent_about_the_url(caught.value)


async def test_a_malformed_header_is_the_operators(http: Http, service: Service) -> None:
    with pytest.raises(Misconfigured):
        await http.request("GET", service.url, headers={"X-Token": "a\nb"})

    assert service.attempts == 0


# The end


async def test_a_client_that_was_closed_opens_again(http: Http, service: Service) -> None:
    await post(http, service)
    await http.aclose()

    assert (await post(http, service)).status == 200


async def test_closing_what_was_never_used_does_nothing() -> None:
    await Http().aclose()


def test_one_client_serves_one_loop_after_another() -> None:
    http = Http()

    async def once() -> int:
        async with Service() as service:
            return (await post(http, service)).status

    assert [asyncio.run(once()), asyncio.run(once())] == [200, 200]


def test_what_is_to_be_closed_is_closed_when_the_loop_ends() -> None:
    closed = []

    async def close() -> None:
        closed.append(True)

    async def main() -> None:
        at_loop_end(close)
        await asyncio.sleep(0)
        assert not closed

    asyncio.run(main())

    assert closed


# Waiting


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("-3", None),
        ("soon", None),
        ("1e", None),
        ("", None),
        ("nan", None),
        ("9" * 400, None),
    ],
)
def test_a_service_may_name_a_time(value: str, seconds: float | None) -> None:
    assert retry_after(Answer(429, {"retry-after": value}), clock=lambda: 1000.0) == seconds


def test_a_service_may_name_no_time() -> None:
    assert retry_after(Answer(429)) is None
    assert retry_after(Answer(429, {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"})) is not None


def test_the_clock_is_the_systems() -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))

    assert 90 < (retry_after(Answer(429, {"retry-after": date})) or 0) <= 100
