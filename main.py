"""The function: a request in, an answer out."""

import gc

gc.disable()  # until all is imported and built: it would search for garbage where everything stays

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import functions_framework.aio
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from relay import paths, webhook
from relay.admission import Admission, Lease
from relay.app import build_app
from relay.config import Config, ConfigurationError, load
from relay.delivery import Delivery, worst
from relay.events import ALERT, NotAnEvent, parse
from relay.ledger import LedgerUnavailable
from relay.logs import Log
from relay.memory import room_for_bodies, size_as_text
from relay.request_log import RequestLog

GRACE = 7.0
"""Seconds that deliveries under way get when the process is to end: Cloud Run kills it after ten.

https://docs.cloud.google.com/run/docs/container-contract#instance-shutdown
"""
RETRY_AFTER = "30"
"""Seconds; the phone has a plan of its own, but tools follow this."""
HEALTHY = {"status": "pass"}
"""The answer to a health check.

https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06
"""
COLD = 5.0
"""Seconds: a process younger than this has kept its first request waiting from its start."""
AT_LEAST = 1.5
"""Seconds that the first request gets, however long the start took."""
GARBAGE = 20_000
"""How many new objects are searched for garbage at a time: a request leaves none.

At Python's own 700, an eighth of all work is this search.
"""


class Function:
    """One instance of the function: its parts are built once and used by every request."""

    def __init__(self, config: Config, log: Log) -> None:
        self._settings = config.settings
        self._log = log
        parts = build_app(config, log)
        self._relay, self._alerts, self._watch = parts.relay, parts.alerts, parts.watch
        self._replies = parts.replies
        self._admission = Admission(room_for_bodies(config.settings.memory, len(config.destinations)))
        self._is_fresh = True
        self._handles_signals = False

    async def answer(self, request: Request) -> Response:
        """Answer a request; never raises."""
        self._log.install_log_handler()
        if paths.is_health_check(request.method, request.scope["path"]):
            return JSONResponse(HEALTHY, headers={"Cache-Control": "no-store"})
        if not self._handles_signals:
            self._finish_before_exit()
        headers = dict(request.headers.items())  # the request searches its list at each look
        request_log = RequestLog(headers.get("x-cloud-trace-context", ""), time.time)
        try:
            if paths.is_for_watch(request.method, request.scope["path"]):
                return await self._ask_watch(request, headers)  # no line: a tick comes every few minutes
            if paths.is_from_telegram(request.method, request.scope["path"], request.scope["query_string"]):
                return await self._hear(request, headers)
            with self._admission.lease() as lease:
                deliveries = await self._handle(request, headers, request_log, lease)
            response = self._to_response(request_log, deliveries)
        except webhook.Refused as refused:
            request_log.refuse(refused.why, refused.alert, refused.severity)
            await self._announce(refused)
            response = _error(refused.status, refused.error, refused.detail)
        except NotAnEvent as problem:
            request_log.refuse(problem.detail, webhook.REFUSED_AFTER_KEY)
            response = _error(400, "not-an-event", problem.detail)
        except ClientDisconnect:
            request_log.break_off("the phone hung up")
            response = _error(400, "disconnected", "The request was cut off.")
        except Exception as bug:  # noqa: BLE001 - whatever breaks, the phone keeps the event and the log no words of it
            request_log.fail(bug)
            response = _error(503, "failed", "Something broke here; repeat the request later.")
        request_log.write(self._log, response.status_code)
        return response

    async def _handle(
        self, request: Request, headers: Mapping[str, str], request_log: RequestLog, lease: Lease
    ) -> tuple[Delivery, ...]:
        settings = self._settings
        webhook.check_method(request.method)
        request_log.key = webhook.authenticate(request.scope["query_string"], settings.api_keys)
        self._relay.prepare()
        announced, limit = headers.get("content-length"), settings.max_body_bytes
        keys, age = settings.signing_keys, settings.signature_max_age
        check_origin = partial(
            webhook.is_from_phone, headers=headers, keys=keys, max_age=age, clock=time.time
        )
        body = await webhook.read_body(
            request.stream(), announced, limit, reserve=lease.widen, check_origin=check_origin
        )
        deadline = self._deadline()
        if keys:
            webhook.verify(body, headers, keys=keys, max_age=age, now=time.time())
        lease.widen(size_as_text(body))
        event = parse(body)
        if event.type == ALERT:
            raise NotAnEvent(f"{ALERT} is an event of the relay itself, which nobody else can post")
        request_log.event = event
        if self._watch:
            self._watch.recorder.record(event)
        deliveries = await self._relay.handle_all(event, body, deadline, lease)
        await self._alerts.finish(deadline)
        if self._watch:
            await self._watch.recorder.finish(deadline)
        if self._replies:
            await self._replies.finish(deadline)
        return deliveries

    async def _ask_watch(self, request: Request, headers: Mapping[str, str]) -> Response:
        if self._watch is None:
            raise webhook.NotFound("nothing is watched")
        path, query = request.scope["path"], request.scope["query_string"]
        if self._replies:
            self._replies.begin_look()
        status, body, answer_headers = await self._watch.answer(request.method, path, query, headers)
        if self._replies:
            await self._replies.finish(self._deadline())
        return Response(body, status, answer_headers)

    async def _hear(self, request: Request, headers: Mapping[str, str]) -> Response:
        """Answer what the service of a chat posts: it repeats what is not answered by 2xx."""
        if (replies := self._replies) is None:
            raise webhook.NotFound("nothing can be answered")
        names = replies.authenticate(headers)
        announced, limit = headers.get("content-length"), replies.largest_update
        with self._admission.lease() as lease:
            body = await webhook.read_body(request.stream(), announced, limit, reserve=lease.widen)
            status, content, more = await replies.answer(names, body, self._deadline())
        return Response(content, status, more, background=BackgroundTask(replies.drain))

    async def _announce(self, refused: webhook.Refused) -> None:
        """Alert people of a message that is lost because it is too large."""
        if refused.alert == webhook.TOO_LARGE:
            title = "A message was too large and is lost"
            self._alerts.announce("too large", title, refused.detail)
            await self._alerts.finish(self._deadline())

    def _deadline(self) -> float:
        """Return the moment of the loop's clock by which the request is answered."""
        now = asyncio.get_running_loop().time()
        waited = now - _STARTED if self._is_fresh else COLD
        self._is_fresh = False
        if waited >= COLD:
            return now + self._settings.response_deadline
        return now + max(self._settings.response_deadline - waited, AT_LEAST)

    def _to_response(self, request_log: RequestLog, deliveries: tuple[Delivery, ...]) -> Response:
        request_log.deliveries = deliveries
        outcomes = {name: str(outcome) for name, outcome in worst(deliveries).items()}
        answer = {"event": request_log.event_id, "deliveries": outcomes}
        background = BackgroundTask(self._relay.drain)  # the server waits for it before it exits
        if any(each.open for each in deliveries):
            return JSONResponse(answer, 503, {"Retry-After": RETRY_AFTER}, background=background)
        return JSONResponse(answer, background=background)

    def _finish_before_exit(self) -> None:
        """Let what is under way end within the grace time, when the platform ends this process."""
        self._handles_signals = True
        if threading.current_thread() is not threading.main_thread():
            return  # only the main thread hears signals, and there no server runs that could be ended
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            servers_own = signal.getsignal(number)
            if callable(servers_own):
                signal.signal(number, partial(self._stop, loop, servers_own))

    def _stop(
        self, loop: asyncio.AbstractEventLoop, servers_own: Callable[..., Any], number: int, frame: Any
    ) -> None:
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(self._relay.stop, GRACE)
            if self._replies:
                loop.call_soon_threadsafe(self._replies.stop, GRACE)
        servers_own(number, frame)


def _error(status: int, error: str, detail: str) -> Response:
    headers = {405: {"Allow": "POST"}, 503: {"Retry-After": RETRY_AFTER}}.get(status)
    return JSONResponse({"error": error, "detail": detail}, status, headers)


def _process_start() -> float:
    """Return when this process began, by the monotonic clock: a phone may have waited since then."""
    now = time.monotonic()
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, ValueError, IndexError, AttributeError):
        return now
    return now - age if 0 <= age < COLD else now


_STARTED = _process_start()


def _start() -> Function:
    """Build the function of what the environment says; a wrong configuration ends the process in one line."""
    try:
        config = load(os.environ, Path(__file__).parent)
        settings = config.settings
        project = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
        log = Log(settings.log_level, structured=settings.on_google, project=project)
        function = Function(config, log)
    except (ConfigurationError, LedgerUnavailable) as problem:
        raise SystemExit(f"The function does not start. {problem}") from None
    for warning in config.warnings:
        log.write("WARNING", warning)
    return function


_FUNCTION = _start()
gc.freeze()  # what is there now stays: it is not searched again at each SMS
gc.set_threshold(GARBAGE)
gc.enable()


@functions_framework.aio.http
async def forward(request: Request) -> Response:
    """Forward one event of a phone to the destinations that the configuration names."""
    return await _FUNCTION.answer(request)
