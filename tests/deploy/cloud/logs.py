"""Logs, metrics and alerts, and the commands of this project that deploy.sh calls."""

import json
import re
from typing import Any

from tests.deploy.cloud.printing import shown
from tests.deploy.cloud.state import Call, DeliveryState, Resource, command, drop, make, one, require

# Logs and metrics.


def entry(hours: float, service: str = "sms-relay", **payload: Any) -> Resource:
    """Return a line that the function has logged so many hours ago."""
    resource = {"type": "cloud_run_revision", "labels": {"service_name": service}}
    return {
        "hours": hours,
        "timestamp": "2026-06-22T15:46:11Z",
        "severity": "INFO",
        "resource": resource,
        "jsonPayload": payload,
    }


@command("logging sinks describe", reads=True)
def sink(state: DeliveryState, call: Call) -> list[Resource]:
    return [state["sinks"][call.words[0]]]


@command("logging sinks update")
def update_sink(state: DeliveryState, call: Call) -> None:
    sink = state["sinks"][call.words[0]]
    if "--add-exclusion" in call.flags:
        parts = re.fullmatch(r"name=(.*),description=(.*),filter=(.*)", call.flags["--add-exclusion"])
        assert parts
        make(sink["exclusions"], {"name": parts[1], "description": parts[2], "filter": parts[3]})
    else:
        drop(state, sink["exclusions"], call.flags["--remove-exclusions"])


@command("logging read", reads=True)
def log(state: DeliveryState, call: Call) -> list[Resource]:
    """Understand the age, and fields that are to have one value each."""
    conditions = [each.replace('"', "").split("=") for each in call.words[0].split(" AND ")]
    hours = float(call.flags["--freshness"].replace("7d", "168h").removesuffix("h"))
    return [
        each
        for each in state["log"]
        if each["hours"] < hours and all(shown(each, name) == value for name, value in conditions)
    ]


@command("logging metrics list", reads=True)
def metrics(state: DeliveryState, _: Call) -> list[Resource]:
    return list(state["metrics"])


@command("logging metrics create")
def make_metric(state: DeliveryState, call: Call) -> None:
    content = json.loads(call.file("--config-from-file"))
    make(state["metrics"], {"name": call.words[0]} | content)


@command("logging metrics delete")
def drop_metric(state: DeliveryState, call: Call) -> None:
    drop(state, state["metrics"], call.words[0])


# Alerts.


@command("beta monitoring channels list", reads=True)
def channels(state: DeliveryState, _: Call) -> list[Resource]:
    return list(state["channels"])


@command("beta monitoring channels create")
def make_channel(state: DeliveryState, call: Call) -> None:
    name = f"projects/{state['project']}/notificationChannels/{len(state['channels']) + 1}"
    labels, users = call.label("--channel-labels"), call.label("--user-labels")
    make(state["channels"], {"name": name, "labels": labels, "userLabels": users})


@command("beta monitoring channels delete")
def drop_channel(state: DeliveryState, call: Call) -> None:
    drop(state, state["channels"], call.words[0])


@command("alpha monitoring policies list", reads=True)
def policies(state: DeliveryState, _: Call) -> list[Resource]:
    return list(state["policies"])


@command("alpha monitoring policies create")
def make_policy(state: DeliveryState, call: Call) -> None:
    name = f"projects/{state['project']}/alertPolicies/{len(state['policies']) + 1}"
    make(state["policies"], {"name": name} | read_policy(state, call))


@command("alpha monitoring policies update")
def update_policy(state: DeliveryState, call: Call) -> None:
    one(state["policies"], call.words[0]).update(read_policy(state, call))


def read_policy(state: DeliveryState, call: Call) -> Resource:
    content: Resource = json.loads(call.file("--policy-from-file"))
    known = [each["name"] for each in state["channels"]]
    require(set(content["notificationChannels"]) <= set(known), "the channel is missing")
    return content


@command("alpha monitoring policies delete")
def drop_policy(state: DeliveryState, call: Call) -> None:
    drop(state, state["policies"], call.words[0])


# What is not gcloud: the commands of this project that deploy.sh calls.


@command("relay check")
def check(_: DeliveryState, __: Call) -> None:
    """Accept the configuration."""


@command("relay register")
def register(state: DeliveryState, call: Call) -> None:
    state["registered"] = call.words[0]
