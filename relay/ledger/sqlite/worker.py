"""One thread that does one job after another."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """A thread that starts with its first job, and that keeps no process from ending.

    A job whose future is cancelled before its turn is never done.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._latest: Future[Any] | None = None

    @property
    def idle(self) -> bool:
        """Whether all that was submitted is done."""
        return self._latest is None or self._latest.done()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Do a job after those that were submitted before."""
        future: Future[T] = Future()
        self._jobs.put((future, job))
        self._latest = future
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        return future

    def finish(self) -> None:
        """End the thread when all that was submitted is done."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (next_job := self._jobs.get()) is not None:
            _do(*next_job)
            del next_job  # it holds a body, and the next one may be long in coming


def _do(future: Future[T], job: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001 - who waits for the job is told
        future.set_exception(error)
