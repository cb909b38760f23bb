"""Cloud Scheduler."""

import json

from tests.deploy.cloud.state import Call, ProjectState, Resource, command, drop, make, one


@command("scheduler jobs list", reads=True)
def jobs(state: ProjectState, call: Call) -> list[Resource]:
    where = f"/locations/{call.flags['--location']}/"
    return [each for each in state["jobs"] if where in each["name"]]


@command("scheduler jobs create http")
def make_job(state: ProjectState, call: Call) -> None:
    name = f"projects/{state['project']}/locations/{call.flags['--location']}/jobs/{call.words[0]}"
    make(state["jobs"], {"name": name, "state": "ENABLED", **_content(call, "--headers")})


@command("scheduler jobs update http")
def update_job(state: ProjectState, call: Call) -> None:
    one(state["jobs"], call.words[0]).update(_content(call, "--update-headers"))


@command("scheduler jobs delete")
def drop_job(state: ProjectState, call: Call) -> None:
    drop(state, state["jobs"], call.words[0])


def _content(call: Call, headers: str) -> Resource:
    target = {
        "uri": call.flags["--uri"],
        "httpMethod": call.flags["--http-method"].upper(),
        "headers": json.loads(call.file("--flags-file"))[headers],
    }
    return {
        "description": call.flags["--description"],
        "schedule": call.flags["--schedule"],
        "httpTarget": target,
    }
