"""Mail from Google when the function needs its operator: two metrics of log lines, and a policy for each."""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from deploy.deployment import Deployment
from deploy.plan import OWNER
from deploy.post import TEST_EVENT
from deploy.project import enable, enabled_services

SERVICE = "monitoring.googleapis.com"
METRICS = {
    "alerts": "A metric counts the log lines that need you",
    "requests": "A metric counts the phone's requests",
}
POLICIES = {
    "trouble": "You get a mail when something needs you",
    "silence": "You get a mail after {} hours of silence",
}
_TEMPLATES = Path("deploy/alerts")


def prepare_alerts(deployment: Deployment) -> None:
    """Create the address and the metrics: before the build, because Google takes minutes to know a metric."""
    google, address = deployment.google, deployment.value("ALERTS")
    deployment.plan.step(
        "Monitoring is enabled",
        OWNER,
        lambda: SERVICE in enabled_services(deployment),
        enable(deployment, SERVICE),
    )
    deployment.plan.step(
        f"Alerts go to {address}",
        "Is this your address?",
        lambda: bool(_channel(deployment)),
        lambda: google.change(
            *(
                "beta",
                "monitoring",
                "channels",
                "create",
                "--type=email",
                f"--display-name={deployment.name}",
            ),
            *(f"--channel-labels=email_address={address}", f"--user-labels={deployment.label}"),
        ),
    )
    for kind, title in METRICS.items():
        look, make = partial(_is_counted, deployment, kind), partial(_count, deployment, kind)
        deployment.plan.step(title, OWNER, look, make)


def put_policies(deployment: Deployment) -> None:
    """Create the policies, or update what was changed."""
    for kind, title in POLICIES.items():
        deployment.plan.step(
            title.format(deployment.value("SILENCE")),
            "A new metric takes up to ten minutes to appear.",
            partial(_is_watched, deployment, kind),
            partial(_watch, deployment, kind),
        )
    deployment.remember("DEPLOY_ALERTS", deployment.value("ALERTS"))
    deployment.remember("DEPLOY_SILENCE", deployment.value("SILENCE"))


def _channels(deployment: Deployment) -> list[dict[str, Any]]:
    found = deployment.google.look("beta", "monitoring", "channels", "list")
    return [each for each in found if each.get("userLabels", {}).get("sms_relay") == deployment.name]


def _channel(deployment: Deployment) -> str:
    address = deployment.value("ALERTS")
    names = [
        each["name"]
        for each in _channels(deployment)
        if each.get("labels", {}).get("email_address") == address
    ]
    return str(names[0]) if names else ""


def _metrics(deployment: Deployment) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in deployment.google.look("logging", "metrics", "list")}


def _has_metric(deployment: Deployment, name: str) -> bool:
    return name in _metrics(deployment)


def _is_counted(deployment: Deployment, kind: str) -> bool:
    """Return whether a metric counts exactly what it should."""
    found = _metrics(deployment).get(f"{deployment.name}-{kind}", {})
    return bool(found.get("filter") == json.loads(_fill(deployment, f"metric-{kind}"))["filter"])


def _count(deployment: Deployment, kind: str) -> None:
    name = f"{deployment.name}-{kind}"
    verb = "create" if deployment.is_dry or name not in _metrics(deployment) else "update"
    file = _write(deployment, f"metric-{kind}")
    deployment.google.change("logging", "metrics", verb, name, f"--config-from-file={file}")


def _policies(deployment: Deployment) -> list[dict[str, Any]]:
    found = deployment.google.look("alpha", "monitoring", "policies", "list")
    return [each for each in found if each.get("userLabels", {}).get("sms_relay") == deployment.name]


def _is_watched(deployment: Deployment, kind: str) -> bool:
    """Return whether there is a policy with exactly this content."""
    wanted = {"kind": kind, "content": _content(deployment, kind)}
    labels = [each["userLabels"] for each in _policies(deployment)]
    return any(wanted.items() <= each.items() for each in labels)


def _watch(deployment: Deployment, kind: str) -> None:
    old = [] if deployment.is_dry else _policies(deployment)
    names = [each["name"] for each in old if each["userLabels"].get("kind") == kind]
    file = f"--policy-from-file={_write(deployment, f'policy-{kind}')}"
    words = ("update", names[0]) if names else ("create",)
    deployment.google.change("alpha", "monitoring", "policies", *words, file)


def _write(deployment: Deployment, template: str) -> str:
    """Write a template with this function's values, and return the name of the file."""
    if deployment.is_dry:
        return str(_TEMPLATES / f"{template}.json")
    file = deployment.work / f"{template}.json"
    file.write_text(_fill(deployment, template, _content(deployment, template.partition("-")[2])))
    return str(file)


def _fill(deployment: Deployment, template: str, content: str = "") -> str:
    hours = deployment.value("SILENCE")
    values = {
        "NAME": deployment.name,
        "METRIC": deployment.name.replace("-", "_"),
        "CHANNEL": _channel(deployment) if template.startswith("policy") else "",
        "HOURS": hours,
        "TEST_EVENT": TEST_EVENT,
        "CONTENT": content,
    }
    text = (_TEMPLATES / f"{template}.json").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _content(deployment: Deployment, kind: str) -> str:
    """Return 40 digits for what a policy says."""
    if not (_TEMPLATES / f"policy-{kind}.json").exists():
        return ""
    return hashlib.sha256(_fill(deployment, f"policy-{kind}").encode()).hexdigest()[:40]


def remove_alerts(deployment: Deployment) -> None:
    """Remove policies, metrics and addresses."""
    undo, google = deployment.plan.undo, deployment.google
    undo(
        "The alert policies are removed",
        OWNER,
        lambda: bool(_policies(deployment)),
        lambda: _drop_each(deployment, _policies, "alpha", "monitoring", "policies", "delete"),
    )
    for kind, title in {"alerts": "log lines that need you", "requests": "requests"}.items():
        name = f"{deployment.name}-{kind}"
        undo(
            f"The metric of {title} is removed",
            OWNER,
            partial(_has_metric, deployment, name),
            partial(google.change, "logging", "metrics", "delete", name),
        )
    undo(
        "The address for alerts is removed",
        OWNER,
        lambda: bool(_channels(deployment)),
        lambda: _drop_each(deployment, _channels, "beta", "monitoring", "channels", "delete"),
    )


def _drop_each(
    deployment: Deployment, find: Callable[[Deployment], list[dict[str, Any]]], *words: str
) -> None:
    for name in ["EACH"] if deployment.is_dry else [each["name"] for each in find(deployment)]:
        deployment.google.change(*words, name)


def are_possible(deployment: Deployment) -> bool:
    """Return whether there can be alerts: without the service they cannot be listed."""
    return deployment.is_dry or SERVICE in enabled_services(deployment)
