"""A stand-in for gcloud: it records every command line, and keeps the state of one project.

It is a program (`python -m tests.deploy.cloud COMMAND…`) that works on the folder named by CLOUD:
`state.json` is the project, `calls.jsonl` what was asked of it. It refuses what Google would refuse: a
service that is off, a thing that is not there or is there already, an account without its rights.
"""

import os
import sys
from pathlib import Path

from tests.deploy.cloud import function, logs, project, vault  # noqa: F401  (their commands come with them)
from tests.deploy.cloud.printing import printed
from tests.deploy.cloud.record import Folder, contents
from tests.deploy.cloud.state import COMMANDS, Refused, State, named, require, taken_apart

SERVICE_OF = {
    "artifacts": "artifactregistry",
    "firestore": "firestore",
    "functions": "cloudfunctions",
    "iam": "iam",
    "monitoring": "monitoring",
    "secrets": "secretmanager",
}


def run(folder: Folder, argv: list[str]) -> str:
    """Do one command, and return what it prints."""
    call = taken_apart(argv)
    name, arguments = named(call)
    does, reads = COMMANDS[name]
    fails = fails_now(folder, argv, reads=reads)
    state = folder.state
    refuse_if_off(state, name)
    if fails:
        folder.record(argv=argv, reads=reads, files=contents(call.flags), failed=True)
        raise Refused("UNAVAILABLE: it did not work this time")
    result = does(state, arguments)
    resources = None if isinstance(result, str | None) else result
    answer = result if isinstance(result, str) else printed(resources or [], call.flags) if reads else ""
    folder.record(argv=argv, reads=reads, files=contents(call.flags), resources=resources, answer=answer)
    folder.save(state)
    return answer


def fails_now(folder: Folder, argv: list[str], *, reads: bool) -> bool:
    """Let what changes something fail the first time, or a named command always, if the test wants it so."""
    stumbles = os.environ.get("CLOUD_STUMBLES") == "yes" and not reads and not folder.tried(argv)
    broken = os.environ.get("CLOUD_BROKEN")
    return stumbles or (broken is not None and " ".join(argv).startswith(broken))


def refuse_if_off(state: State, name: str) -> None:
    group = next((word for word in name.split() if word not in {"alpha", "beta"}), "")
    service = f"{SERVICE_OF[group]}.googleapis.com" if group in SERVICE_OF else ""
    require(not service or service in state["services"], f"SERVICE_DISABLED: {service}")


if __name__ == "__main__":
    try:
        sys.stdout.write(run(Folder(Path(os.environ["CLOUD"])), sys.argv[1:]))
    except Refused as refusal:
        sys.exit(f"ERROR: (gcloud) {refusal}")
