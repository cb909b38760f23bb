"""gcloud, and other programs: what only looks, what changes something, and what is worth waiting for."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from deploy.failures import CommandFailed
from deploy.refusals import find_delay
from deploy.terminal import format_command, say

PATIENCE = 420
"""Seconds for which a command is tried again that only needs Google to know something everywhere."""
_SHORTEST, _LONGEST = 10, 30
"""Seconds between two tries, at first and later."""


class Mode(Enum):
    """Whether things are changed, only shown, or only looked at."""

    REAL = "real"
    DRY_RUN = "dry run"
    DOCTOR = "doctor"


class Google:
    """Runs commands. `environ` is theirs; a dry run shows them instead.

    With `expects` what is read has to be there soon, so a service that is only just enabled is waited for.
    An answer is kept until something is changed: gcloud takes a second for each.
    """

    def __init__(self, mode: Mode, environ: Mapping[str, str], *, expects: bool) -> None:
        self.mode = mode
        self.environ = dict(environ)
        self._expects = expects
        self._answers: dict[tuple[str, ...], str] = {}

    def look(self, *words: str) -> Any:
        """Run a gcloud command that reads, and return what it prints as JSON.

        Raises:
            CommandFailed: it failed, also after waiting.
        """
        return _parse(words, self.read(*words, "--format=json"))

    def read(self, *words: str) -> str:
        """Run a gcloud command that reads, and return what it prints.

        Raises:
            CommandFailed: it failed, also after waiting.
        """
        if words not in self._answers:
            self._answers[words] = self._read(("gcloud", *words))
        return self._answers[words]

    def _read(self, words: Sequence[str]) -> str:
        if self._expects:
            return self._run_patiently(words, with_rights=False)
        return self._run(words, "", visible=False).stdout

    def look_once(self, *words: str) -> tuple[Any, str]:
        """Run a gcloud command that reads, without waiting; return its answer and its warnings.

        Raises:
            CommandFailed: it failed.
        """
        done = self._run(("gcloud", *words, "--format=json"), "", visible=False)
        return _parse(words, done.stdout), done.stderr

    def change(self, *words: str, given: str = "", visible: bool = False, with_rights: bool = False) -> None:
        """Run a gcloud command that changes something; `given` is its standard input.

        With `visible` its messages are shown, for what takes minutes. With `with_rights` it depends on
        rights that were granted here, so a missing one is waited for.

        Raises:
            CommandFailed: it failed, also after waiting.
        """
        if self.mode is Mode.DRY_RUN:
            self.show("gcloud", *words)
        elif self.mode is Mode.REAL:
            self._answers.clear()
            self._run_patiently(("gcloud", *words), given, visible=visible, with_rights=with_rights)

    def run(self, *words: str, without: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> None:
        """Run another program visibly, in this environment without these variables, or in a given one.

        Raises:
            CommandFailed: it failed.
        """
        if self.mode is Mode.DRY_RUN:
            prefix = [word for name in without for word in ("-u", name)]
            given = [f"{name}={value}" for name, value in (environ or {}).items()]
            self.show(
                *(("env", *(["-i"] if environ else []), *prefix, *given) if prefix or given else ()), *words
            )
            return
        sys.stdout.flush()
        variables = environ or {name: value for name, value in os.environ.items() if name not in without}
        if subprocess.run(words, check=False, env=variables, stdin=subprocess.DEVNULL).returncode:
            raise CommandFailed("", shown=True)

    def show(self, *words: str) -> None:
        """Print a command instead of running it."""
        say(format_command(words))

    def pause(self, seconds: float) -> None:
        """Wait; `DEPLOY_PAUSE` overrides how long."""
        time.sleep(float(self.environ.get("DEPLOY_PAUSE") or seconds))

    def _run_patiently(
        self, words: Sequence[str], given: str = "", *, visible: bool = False, with_rights: bool
    ) -> str:
        end = time.monotonic() + PATIENCE
        for seconds in pauses() if self.mode is Mode.REAL else ():
            try:
                return self._run(words, given, visible=visible).stdout
            except CommandFailed as failure:
                reason = find_delay(str(failure), with_rights=with_rights)
                if not reason or time.monotonic() > end:  # a build alone takes minutes
                    raise
                say(f"  Not known everywhere at Google yet ({reason}): trying again in {seconds} seconds.")
                self.pause(seconds)
        return self._run(words, given, visible=visible).stdout

    def _run(self, words: Sequence[str], given: str, *, visible: bool) -> "subprocess.CompletedProcess[str]":
        sys.stdout.flush()
        with subprocess.Popen(
            words,
            env=self.environ,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=None if visible else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            if visible and process.stderr:
                answer, messages = "", "".join(_show_lines(process.stderr))
            else:
                answer, messages = process.communicate(given or None)
        if process.returncode:
            raise CommandFailed(messages.rstrip("\n"), shown=visible)
        return subprocess.CompletedProcess(words, 0, answer or "", messages)


def _parse(words: Sequence[str], answer: str) -> Any:
    try:
        return json.loads(answer or "null")
    except ValueError:
        command = " ".join(("gcloud", *words))
        raise CommandFailed(f"{command} does not print JSON, but: {answer[:200]}") from None


def _show_lines(stream: Any) -> Iterator[str]:
    for line in stream:
        sys.stderr.write(line)
        sys.stderr.flush()
        yield line


def pauses() -> Iterator[int]:
    """Yield the seconds to wait between tries, longer and longer, as long as there is patience."""
    waited, seconds = 0, _SHORTEST
    while waited + seconds <= PATIENCE:
        yield seconds
        waited, seconds = waited + seconds, min(seconds + 10, _LONGEST)
