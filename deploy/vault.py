"""The secrets: one in Secret Manager for each secret in `.env`, readable only by the function."""

from collections.abc import Iterable, Iterator
from typing import Any

from deploy.deployment import Deployment
from deploy.failures import CommandFailed, Stopped
from deploy.plan import OWNER
from deploy.project import is_bound
from deploy.refusals import is_service_disabled
from deploy.relays import basename
from deploy.settings import GATEWAY_HIDDEN, KEYS
from deploy.terminal import ask, say

READER = "roles/secretmanager.secretAccessor"


def labelled_secrets(deployment: Deployment) -> dict[str, str]:
    """Return the relay that each labelled secret of the project belongs to."""
    return _read_labels(deployment.google.look("secrets", "list"))


def _read_labels(found: list[dict[str, Any]]) -> dict[str, str]:
    labels = {basename(each): each.get("labels", {}).get("sms_relay", "") for each in found}
    return {name: relay for name, relay in labels.items() if relay}


def own_secrets(deployment: Deployment) -> list[str]:
    """Return the variables that this relay has a secret for."""
    return _select(deployment, labelled_secrets(deployment))


def _select(deployment: Deployment, labels: dict[str, str]) -> list[str]:
    prefix = f"{deployment.name}-"
    return [name.removeprefix(prefix) for name, relay in labels.items() if relay == deployment.name]


def enabled_versions(deployment: Deployment, variable: str) -> list[int]:
    """Return the numbers of a secret's enabled versions, the newest first."""
    found = deployment.google.look("secrets", "versions", "list", f"{deployment.name}-{variable}")
    return sorted((int(basename(each)) for each in found if each["state"] == "ENABLED"), reverse=True)


def stored_value(deployment: Deployment, variable: str) -> str:
    """Return the newest value of an existing secret, or nothing; without the line end that `openssl` adds."""
    return _read_newest(deployment, variable).rstrip("\n")


def _read_newest(deployment: Deployment, variable: str) -> str:
    versions = enabled_versions(deployment, variable)
    if not versions:
        return ""
    secret = f"--secret={deployment.name}-{variable}"
    return deployment.google.read("secrets", "versions", "access", str(versions[0]), secret)


def adopt_secrets(deployment: Deployment) -> None:
    """Write to `.env` what only the cloud has: nothing is deleted because this folder does not know it."""
    deployment.plan.step(
        "Every secret that is deployed is in .env",
        OWNER,
        lambda: not _missing(deployment),
        lambda: _take_over(deployment),
        fix="./deploy.sh restore-env",
    )


def _missing(deployment: Deployment) -> list[str]:
    """Return the deployed variables that `.env` lacks, and the generated keys that differ."""
    _refuse_wrong_removals(deployment)
    settings = deployment.settings
    stored = _find_stored(deployment)
    _refuse_other_values(deployment, stored)
    wanted = [name for name in stored if name not in settings and name not in deployment.options.removed]
    changed = [name for name in KEYS if name in stored and name in settings]
    return [*wanted, *(name for name in changed if stored_value(deployment, name) != settings[name])]


def _find_stored(deployment: Deployment) -> list[str]:
    """Return the variables that have a secret, as far as Secret Manager is enabled."""
    try:
        found, _ = deployment.google.look_once("secrets", "list")
    except CommandFailed as failure:
        deployment.are_secrets_unknown = is_service_disabled(str(failure))
        if deployment.are_secrets_unknown:
            return []
        raise
    deployment.are_secrets_unknown = False
    return _select(deployment, _read_labels(found))


def _refuse_wrong_removals(deployment: Deployment) -> None:
    for name in sorted(deployment.options.removed):
        if name in KEYS:
            raise Stopped(f"{name} cannot be removed: the function needs it.")
        if name in deployment.settings:
            raise Stopped(f"{name} is still in .env.", "Remove its line first.")
    deployment.removed |= deployment.options.removed


def _refuse_other_values(deployment: Deployment, stored: Iterable[str]) -> None:
    """Stop if a folder that is new to the relay would replace a secret that only the cloud may have."""
    if not deployment.is_adopted or deployment.options.command == "restore-env":
        return
    named = [name for name in stored if name in deployment.settings and name not in KEYS]
    for name in named:
        if stored_value(deployment, name) != deployment.settings[name]:
            raise Stopped(
                f"{name} in .env is not the deployed one, and this folder is new to the relay.",
                "To take over the deployed one, remove the line from .env.",
                "To replace it by yours: ./deploy.sh restore-env, then ./deploy.sh",
            )


def _take_over(deployment: Deployment) -> None:
    deployment.plan.note("writes what .env lacks; with --remove NAME that secret is deleted instead")
    if deployment.is_dry:
        return
    for name in _missing(deployment):
        if _is_unwanted(deployment, name):
            deployment.removed.add(name)
        elif value := stored_value(deployment, name):
            deployment.remember(name, value)
            say(f"  {name} was taken from the project into .env.")


def _is_unwanted(deployment: Deployment, name: str) -> bool:
    """Ask whether a secret that this folder has deployed and no longer names is to be deleted."""
    if name in KEYS or deployment.is_adopted or not deployment.is_interactive:
        return False
    say("", f"{name} is deployed, but .env does not name it.")
    if name == "SIGNING_KEYS":
        say("Without it, whoever knows the URL can post: no signature is checked.")
    return ask(f"Type {name} to delete it. Enter keeps it, and writes it into .env") == name


def put_secrets(deployment: Deployment) -> None:
    """Store every secret as it is in `.env`."""
    for name in deployment.settings.secrets():
        put_secret(deployment, name)
    deployment.plan.note("the same for every other secret in .env")


def put_secret(deployment: Deployment, variable: str) -> None:
    """Store a secret as it is in `.env`, readable by the function."""
    google, secret = deployment.google, f"{deployment.name}-{variable}"
    member = f"serviceAccount:{deployment.runner}"
    deployment.plan.step(
        f"The secret for {variable} exists",
        OWNER,
        lambda: variable in own_secrets(deployment),
        lambda: google.change(
            *("secrets", "create", secret, "--replication-policy=user-managed"),
            *(f"--locations={deployment.region}", f"--labels={deployment.label}"),
        ),
    )
    deployment.plan.step(
        "The function may read it",
        OWNER,
        lambda: is_bound(google.look("secrets", "get-iam-policy", secret), member, READER),
        lambda: google.change(
            "secrets", "add-iam-policy-binding", secret, f"--member={member}", f"--role={READER}"
        ),
    )
    deployment.plan.step(
        "Its newest version is the value in .env",
        OWNER,
        lambda: _read_newest(deployment, variable) == deployment.settings.value(variable),
        lambda: _add_version(deployment, secret, variable),
    )


def _add_version(deployment: Deployment, secret: str, variable: str) -> None:
    deployment.plan.note("the value is passed on standard input")
    value = deployment.settings.value(variable)
    deployment.google.change("secrets", "versions", "add", secret, "--data-file=-", given=value)


def references(deployment: Deployment) -> str:
    """Return NAME=SECRET:VERSION,…: pinned, so that a deployment changes all of them at once."""
    newest = {
        name: 1 if deployment.is_dry else next(iter(enabled_versions(deployment, name)), 0)
        for name in deployment.settings.secrets()
    }
    return ",".join(f"{name}={deployment.name}-{name}:{version}" for name, version in newest.items())


def clean_up(deployment: Deployment) -> None:
    """Destroy what a newer version has replaced, and delete what the operator does not want any more."""
    deployment.plan.undo(
        "Replaced versions of secrets are destroyed (six versions are free)",
        OWNER,
        lambda: any(_old_versions(deployment)),
        lambda: _destroy_old_versions(deployment),
    )
    if deployment.removed or deployment.is_dry or not deployment.settings.uses_gateway:
        deployment.plan.undo(
            "Secrets that you removed, or that nothing uses any more, are deleted",
            OWNER,
            lambda: bool(_unwanted(deployment)),
            lambda: _drop_unwanted(deployment),
        )


def _old_versions(deployment: Deployment) -> Iterator[tuple[str, int]]:
    for name in deployment.settings.secrets():
        for version in enabled_versions(deployment, name)[1:]:
            yield name, version


def _destroy_old_versions(deployment: Deployment) -> None:
    for name, version in (
        [("API_KEY", "OLD-VERSION")] if deployment.is_dry else list(_old_versions(deployment))
    ):
        secret = f"--secret={deployment.name}-{name}"
        deployment.google.change("secrets", "versions", "destroy", str(version), secret)


def _unwanted(deployment: Deployment) -> list[str]:
    unused = set() if deployment.settings.uses_gateway else {GATEWAY_HIDDEN}
    return [name for name in own_secrets(deployment) if name in deployment.removed | unused]


def _drop_unwanted(deployment: Deployment) -> None:
    for name in ["REMOVED"] if deployment.is_dry else _unwanted(deployment):
        drop_secret(deployment, name)


def drop_secret(deployment: Deployment, variable: str) -> None:
    """Delete a secret with all its versions."""
    deployment.google.change("secrets", "delete", f"{deployment.name}-{variable}")
