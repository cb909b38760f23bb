"""Before anything is done: the tools, the project, the login, and which relay is meant."""

import subprocess
from collections.abc import Callable

from deploy import packages
from deploy.deployment import Deployment
from deploy.failures import CommandFailed, Stopped
from deploy.google import Mode
from deploy.options import VALUES, check_value
from deploy.relays import DEFAULT_REGION, Relay, choose_relay
from deploy.terminal import ask, format_command, say

_GCLOUD = "https://cloud.google.com/sdk/docs/install, or use the Cloud Shell: https://shell.cloud.google.com"
_LOGIN = "gcloud auth login"


def prepare(deployment: Deployment) -> list[Relay]:
    """Check tools and login, find out which relay is meant, and return all of its name.

    Raises:
        Stopped: something is missing that only the operator can provide.
    """
    require_tools(deployment)
    choose_project(deployment)
    if deployment.is_dry:
        _explain_dry_run(deployment)
    packages.install_packages(deployment)
    _step(deployment, "You are logged in to Google Cloud", "Log in.", _is_logged_in, _LOGIN)
    create = f"gcloud projects create {deployment.project}"
    hint = "Is the id correct? gcloud projects list shows yours. Or create it."
    _step(deployment, f"The project {deployment.project} exists", hint, _has_project, create)
    return _find_relay(deployment)


def require_tools(deployment: Deployment) -> None:
    """Check that the programs are installed which a dry run does not need.

    Raises:
        Stopped: one is not.
    """
    if not deployment.is_dry:
        packages.require_program("gcloud", _GCLOUD)
        packages.require_program("curl", "https://curl.se/download.html")


def choose_project(deployment: Deployment) -> None:
    """Set the project, and check all options.

    Raises:
        Stopped: one is missing, or not valid.
    """
    deployment.project = deployment.value("PROJECT") or _find_project(deployment)
    check_value("PROJECT", deployment.project)
    for name in VALUES.values():
        if value := deployment.value(name):
            check_value(name, value)
    if not deployment.uses_firestore and deployment.value("MIN_INSTANCES") > "1":
        raise Stopped("With --ledger memory at most one instance can run.", "Give --min-instances 1, or 0.")


def _find_project(deployment: Deployment) -> str:
    if deployment.is_dry:
        return "your-project"
    command = ["gcloud", "config", "get", "project"]
    found = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    if deployment.is_interactive:
        found = ask("The Google Cloud project's id", found)
    if not found:
        raise Stopped("Which Google Cloud project?", "Give --project ID.")
    return found


def _explain_dry_run(deployment: Deployment) -> None:
    say(
        "What ./deploy.sh would do, step by step; nothing is run or changed.",
        "A real run prints one line per step, and skips what is already done.",
        "You need gcloud, curl, a Google account and a project that is linked to a billing account.",
        "All commands run with:",
        format_command(
            ["export", f"CLOUDSDK_CORE_PROJECT={deployment.project}", "CLOUDSDK_CORE_DISABLE_PROMPTS=1"]
        ),
    )


def _step(
    deployment: Deployment, title: str, hint: str, is_done: Callable[[Deployment], bool], command: str
) -> None:
    """Take a step that only the operator can take: stop if it is not done."""

    def leave_to_user() -> None:
        if deployment.is_dry:
            deployment.google.show(*command.split())
        else:
            raise Stopped(f"Not done: {title}", hint, f"  {command}")

    before = deployment.plan.problems
    deployment.plan.step(title, hint, lambda: is_done(deployment), leave_to_user, fix=command)
    if deployment.plan.problems > before:
        raise Stopped("The rest cannot be looked at before that.")


def _is_logged_in(deployment: Deployment) -> bool:
    return bool(deployment.google.look("auth", "list", "--filter=status:ACTIVE"))


def _has_project(deployment: Deployment) -> bool:
    """Return whether the project is there for this account; an expired login says nothing about that."""
    try:
        return bool(deployment.google.look("projects", "describe", deployment.project))
    except CommandFailed as failure:
        if any(
            word in str(failure) for word in ("PERMISSION_DENIED", "NOT_FOUND", "does not have permission")
        ):
            return False
        raise


def _find_relay(deployment: Deployment) -> list[Relay]:
    relays: list[Relay] = []

    def look() -> None:
        if deployment.is_dry:
            deployment.google.show("gcloud", "functions", "list", "--v2")
            deployment.name = deployment.value("NAME")
            deployment.region = deployment.value("REGION") or DEFAULT_REGION
        else:
            relays.extend(choose_relay(deployment))

    title = "It is clear which relay is meant, wherever it runs"
    before = deployment.plan.problems
    deployment.plan.act(title, "Give --name and --region.", look, reads=True)
    if deployment.plan.problems > before:
        raise Stopped("The rest cannot be looked at before that.")
    check_value("NAME", deployment.name)
    check_value("REGION", deployment.region)
    if deployment.is_adopted:
        say(f"→ {deployment.name} runs already in {deployment.region}; this folder is new to it.")
    if deployment.mode is not Mode.DRY_RUN:
        say(f"→ function {deployment.name} in {deployment.region}, ledger {deployment.value('LEDGER')}")
    return relays
