"""Runs one command after another, each in a process of its own that has the installed packages already.

A line on standard input is a JSON object: `words`, `folder`, `environ`, and the `files` that become standard
input, output and error. The answer is a line with the exit status. Each command imports what is the
project's own anew, from its folder.
"""

import json
import os
import runpy
import sys
import time
from importlib import import_module
from typing import Any

PACKAGES = (
    *("android_sms_gateway", "asyncio", "click", "email.message", "importlib.metadata", "jinja2"),
    *("pydantic.functional_validators", "pydantic.json_schema", "pydantic.main", "pyreqwest.client"),
    *("pyreqwest.multipart", "rich.progress", "rich.table", "tomllib", "zoneinfo"),
)


def main() -> None:
    """Serve until the input ends."""
    for name in PACKAGES:
        import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  read by the test


def run(words: list[str], folder: str, environ: dict[str, str], files: list[Any]) -> None:
    """Become the command, and end as it does."""
    os.chdir(folder)
    for number, flags in enumerate((os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)):
        os.dup2(os.open(files[number], flags), number)
    sys.stdin = os.fdopen(0)  # the old one has read ahead
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.path[0] = folder
    sys.argv[1:] = words
    runpy.run_module("relay", run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    main()
