"""Logs, metrics and alerts, and the commands of this project that deploy.sh calls."""

import json
import re
from typing import Any

from tests.deploy.cloud.printing import format_value
from tests.deploy.cloud.state import Call, ProjectState, Resource, command, drop, make, one, require

# Logs and metrics.


def entry(hours: float, service: str = "sms-relay", **payload: Any) -> Resource:
    """Return a line that the function logged so many hours ago."""
    resource = {"type": "cloud_run_revision", "labels": {"service_name": service}}
    return {
        "hours": hours,
        "timestamp": "2026-06-22T15:46:11Z",
        "severity": "INFO",
        "resource": resource,
        "jsonPayload": payload,
    }


@command("logging sinks describe", reads=True)
def sink(state: ProjectState, call: Call) -> Resource:
    return dict(state["sinks"][call.words[0]])


@command("logging sinks update")
def update_sink(state: ProjectState, call: Call) -> None:
    sink = state["sinks"][call.words[0]]
    if "--add-exclusion" in call.flags:
        parts = re.fullmatch(r"name=(.*),description=(.*),filter=(.*)", call.flags["--add-exclusion"])
        assert parts
        make(sink["exclusions"], {"name": parts[1], "description": parts[2], "filter": parts[3]})
    else:
        drop(state, sink["exclusions"], call.flags["--remove-exclusions"])


@command("logging read", reads=True)
def log(state: ProjectState, call: Call) -> list[Resource]:
    """Understand `--freshness`, and conditions on single fields."""
    conditions = [each.replace('"', "").split("=") for each in call.words[0].split(" AND ")]
    hours = float(call.flags["--freshness"].replace("7d", "168h").removesuffix("h"))
    return [
        each
        for each in state["log"]
        if each["hours"] < hours and all(format_value(each, name) == value for name, value in conditions)
    ]


@command("logging metrics list", reads=True)
def metrics(state: ProjectState, _: Call) -> list[Resource]:
    return list(state["metrics"])


@command("logging metrics create")
def make_metric(state: ProjectState, call: Call) -> None:
    content = json.loads(call.file("--config-from-file"))
    make(state["metrics"], {"name": call.words[0]} | content)


@command("logging metrics update")
def update_metric(state: ProjectState, call: Call) -> None:
    one(state["metrics"], call.words[0]).update(json.loads(call.file("--config-from-file")))


@command("logging metrics delete")
def drop_metric(state: ProjectState, call: Call) -> None:
    drop(state, state["metrics"], call.words[0])


# Alerts.


@command("beta monitoring channels list", reads=True)
def channels(state: ProjectState, _: Call) -> list[Resource]:
    return list(state["channels"])


@command("beta monitoring channels create")
def make_channel(state: ProjectState, call: Call) -> None:
    name = f"projects/{state['project']}/notificationChannels/{len(state['channels']) + 1}"
    labels, users = call.label("--channel-labels"), call.label("--user-labels")
    make(state["channels"], {"name": name, "labels": labels, "userLabels": users})


@command("beta monitoring channels delete")
def drop_channel(state: ProjectState, call: Call) -> None:
    drop(state, state["channels"], call.words[0])


@command("alpha monitoring policies list", reads=True)
def policies(state: ProjectState, _: Call) -> list[Resource]:
    return list(state["policies"])


@command("alpha monitoring policies create")
def make_policy(state: ProjectState, call: Call) -> None:
    name = f"projects/{state['project']}/alertPolicies/{len(state['policies']) + 1}"
    make(state["policies"], {"name": name} | read_policy(state, call))


@command("alpha monitoring policies update")
def update_policy(state: ProjectState, call: Call) -> None:
    one(state["policies"], call.words[0]).update(read_policy(state, call))


def read_policy(state: ProjectState, call: Call) -> Resource:
    content: Resource = json.loads(call.file("--policy-from-file"))
    existing = [each["name"] for each in state["channels"]]
    require(set(content["notificationChannels"]) <= set(existing), "the channel is missing")
    return content


@command("alpha monitoring policies delete")
def drop_policy(state: ProjectState, call: Call) -> None:
    drop(state, state["policies"], call.words[0])


# What is not gcloud: the commands of this project that deploy.sh calls.


@command("relay check")
def check(_: ProjectState, __: Call) -> None:
    """Accept the configuration."""


@command("relay replies status", reads=True)
def show_answers(state: ProjectState, _: Call) -> str:
    problem = [] if state["answers"] else ["Telegram tells nobody what people write"]
    gateway = {"problem": None, "not_registered": state["not_registered"]}
    return json.dumps({"bots": [{"bot": "123456789", "problems": problem}], "gateway": gateway})


@command("relay replies on")
def switch_answers_on(state: ProjectState, call: Call) -> None:
    state["answers"] = call.words[0]


@command("relay register")
def register(state: ProjectState, call: Call) -> None:
    state["registered"] = call.words[0]
