"""Who may call the function: everybody, because the phone has no Google account. The key protects it."""

from typing import Any

from deploy.deployment import Deployment
from deploy.failures import CommandFailed
from deploy.project import is_bound
from deploy.refusals import PUBLIC
from deploy.terminal import say

INVOKER = "roles/run.invoker"
_UNCHECKED = "run.googleapis.com/invoker-iam-disabled"
_BOOST = "run.googleapis.com/startup-cpu-boost"


def open_to_all(deployment: Deployment) -> None:
    """Let everybody reach the function, by the way that the organisation allows."""
    deployment.plan.step(
        "Everybody may call the function, which checks the key itself",
        "Your account needs the role Owner. In an organisation, its policies have to allow it.",
        lambda: _is_open(deployment),
        lambda: _open(deployment),
    )


def _service(deployment: Deployment) -> tuple[str, str]:
    return deployment.name, f"--region={deployment.region}"


def _is_open(deployment: Deployment) -> bool:
    look = deployment.google.look
    if _annotation(look("run", "services", "describe", *_service(deployment)), _UNCHECKED) == "true":
        return True
    return is_bound(look("run", "services", "get-iam-policy", *_service(deployment)), "allUsers", INVOKER)


def _open(deployment: Deployment) -> None:
    change, service = deployment.google.change, _service(deployment)
    bind = ("run", "services", "add-iam-policy-binding", *service, "--member=allUsers", f"--role={INVOKER}")
    switch_off = ("run", "services", "update", *service, "--no-invoker-iam-check")
    try:
        change(*bind)
    except CommandFailed as failure:
        if not PUBLIC.search(str(failure)):
            raise
        say("  The organisation allows no rights for everybody: instead, Google does not check the caller.")
        change(*switch_off)
    if deployment.is_dry:
        deployment.plan.note("where an organisation forbids rights for everybody, instead:")
        change(*switch_off)


def boost_start(deployment: Deployment) -> None:
    """Let a starting instance have more CPU, which costs nothing while none starts."""
    deployment.plan.step(
        "A starting instance gets more CPU, so that it answers sooner",
        "The function works without it, only slower after a pause. ./deploy.sh tries it again.",
        lambda: _is_boosted(deployment),
        lambda: deployment.google.change("run", "services", "update", *_service(deployment), "--cpu-boost"),
    )


def _is_boosted(deployment: Deployment) -> bool:
    service = deployment.google.look("run", "services", "describe", *_service(deployment))
    return _annotation(service["spec"]["template"], _BOOST) == "true"


def _annotation(resource: dict[str, Any], name: str) -> str:
    return str(resource["metadata"].get("annotations", {}).get(name, "")).lower()
