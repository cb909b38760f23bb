"""Which relay is meant: looks in all regions for what runs, so that a new clone harms none of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.deployment import DEFAULTS, Deployment
from deploy.failures import CommandFailed, Stopped
from deploy.refusals import is_service_disabled
from deploy.terminal import ask

DEFAULT_REGION = "us-central1"
_WRITING = ("deploy", "doctor", "restore-env", "rotate-key")
"""The commands that need or write the settings of the relay."""


@dataclass(frozen=True)
class Relay:
    """A function with our label, wherever it runs."""

    name: str
    region: str
    function: dict[str, Any]

    @property
    def variables(self) -> dict[str, str]:
        """Its open variables."""
        return dict(self.function.get("serviceConfig", {}).get("environmentVariables", {}))

    @property
    def options(self) -> dict[str, str]:
        """The options that it was deployed with, as far as they can be seen."""
        ledger = "memory" if self.variables.get("LEDGER_URL") == "memory:" else "firestore"
        instances = min(self.function.get("serviceConfig", {}).get("minInstanceCount", 0), 3)
        return {"LEDGER": ledger, "MIN_INSTANCES": str(instances)}


def basename(resource: dict[str, Any]) -> str:
    """Return the last part of a resource's name."""
    return str(resource["name"]).rpartition("/")[2]


def region_of(resource: dict[str, Any]) -> str:
    """Return the region in a resource's name."""
    return str(resource["name"]).split("/")[3]


def list_functions(deployment: Deployment) -> list[dict[str, Any]]:
    """Return all functions of the project, in all regions.

    Raises:
        Stopped: some regions did not answer, so what runs there is not known.
    """
    functions, warnings = deployment.google.look_once("functions", "list", "--v2")
    if "unreachable" in warnings and not _is_known_among(deployment, functions or []):
        raise Stopped(
            "Some regions do not answer, so it is not known whether a relay runs there.",
            *warnings.splitlines()[:3],
            "Try again in some minutes. Nothing was changed.",
        )
    return list(functions or [])


def _is_known_among(deployment: Deployment, functions: Sequence[dict[str, Any]]) -> bool:
    """Return whether this folder's relay was found; for anything but its removal no other region matters."""
    words = ("REGION", "NAME")
    known = [deployment.settings.value(f"DEPLOY_{word}") for word in words]
    meant = [deployment.options.values.get(word) or each for word, each in zip(words, known, strict=True)]
    is_meant = _is_this_project(deployment) and meant == known and deployment.options.command != "destroy"
    return is_meant and known in [[region_of(each), basename(each)] for each in functions]


def _list_possible(deployment: Deployment) -> list[dict[str, Any]]:
    """Return all functions; there are none where the service was never enabled."""
    try:
        return list_functions(deployment)
    except CommandFailed as failure:
        if is_service_disabled(str(failure)):
            return []
        raise


def _is_ours(function: dict[str, Any]) -> bool:
    return bool(function.get("labels", {}).get("sms_relay") == basename(function))


def choose_relay(deployment: Deployment) -> list[Relay]:
    """Set the deployment's name and region, and return the relays of that name.

    Raises:
        Stopped: it is not clear which relay is meant.
    """
    functions = _list_possible(deployment)
    relays = [Relay(basename(each), region_of(each), each) for each in functions if _is_ours(each)]
    deployment.name = _choose_name(deployment, relays)
    mine = [each for each in relays if each.name == deployment.name]
    deployment.region = _choose_region(deployment, mine)
    deployment.is_name_taken = any(
        basename(each) == deployment.name and region_of(each) == deployment.region and not _is_ours(each)
        for each in functions
    )
    is_known = _is_this_project(deployment) and _is_this_name(deployment)
    relay = current(deployment, mine)
    deployment.is_adopted = relay is not None and not is_known
    deployment.found = relay.options if relay else {}
    _refuse_folder_of_another(deployment)
    return mine


def _refuse_folder_of_another(deployment: Deployment) -> None:
    """Stop before the settings of two relays are mixed, and one gets the other's secrets."""
    name, project = (deployment.settings.value(f"DEPLOY_{each}") for each in ("NAME", "PROJECT"))
    if deployment.is_adopted and name and project and deployment.options.command in _WRITING:
        raise Stopped(
            f"{deployment.name} runs in {deployment.project}; this folder is that of {name} in {project}.",
            "Use another folder for it: a new clone without .env finds its settings.",
        )


def current(deployment: Deployment, relays: Sequence[Relay]) -> Relay | None:
    """Return the relay in the region that was chosen."""
    return next((each for each in relays if each.region == deployment.region), None)


def _is_this_project(deployment: Deployment) -> bool:
    return deployment.settings.value("DEPLOY_PROJECT") == deployment.project


def _is_this_name(deployment: Deployment) -> bool:
    return deployment.settings.value("DEPLOY_NAME") == deployment.name


def _choose_name(deployment: Deployment, relays: Sequence[Relay]) -> str:
    name = deployment.options.values.get("NAME") or deployment.settings.value("DEPLOY_NAME")
    names = sorted({each.name for each in relays})
    if not name and len(names) > 1:
        places = ", ".join(f"{each.name} in {each.region}" for each in relays)
        raise Stopped(
            f"There are several relays in {deployment.project}: {places}.", "Which one? Give --name NAME."
        )
    if not name and names and names != [DEFAULTS["NAME"]] and deployment.options.command == "destroy":
        raise Stopped(
            f"The relay in {deployment.project} is called {names[0]}.", f"Say so: --name {names[0]}"
        )
    return name or (names[0] if names else DEFAULTS["NAME"])


def _choose_region(deployment: Deployment, mine: Sequence[Relay]) -> str:
    given = deployment.options.values.get("REGION", "")
    before = deployment.settings.value("DEPLOY_REGION") if _is_this_project(deployment) else ""
    regions = sorted(each.region for each in mine)
    if not regions:
        return given or before or _find_leftovers(deployment) or _ask_for_region(deployment)
    if deployment.settings.value("DEPLOY_NAME") and not _is_this_name(deployment):
        before = ""
    if (given or before) in regions:
        return given or before
    if not given and not before and len(regions) == 1:
        return regions[0]
    places = " and in ".join(regions)
    if given:
        raise Stopped(
            f"{deployment.name} is deployed in {places}.",
            "Another region means a new function with a new address: "
            f"./deploy.sh destroy, then ./deploy.sh --region {given}",
        )
    raise Stopped(
        f"{deployment.name} is deployed in {places}{f', and .env says {before}' if before else ''}.",
        f"Which one? Give --region {regions[0]}.",
    )


def _find_leftovers(deployment: Deployment) -> str:
    """Return the region of what an interrupted run has left, or nothing."""
    try:
        found, _ = deployment.google.look_once("artifacts", "repositories", "list", "--location=all")
    except CommandFailed as failure:
        if is_service_disabled(str(failure)):
            return ""
        raise
    regions = {
        region_of(each) for each in found if each.get("labels", {}).get("sms_relay") == deployment.name
    }
    return regions.pop() if len(regions) == 1 else ""


def _ask_for_region(deployment: Deployment) -> str:
    if deployment.is_interactive:
        return ask("The region, one near you", DEFAULT_REGION)
    return DEFAULT_REGION
