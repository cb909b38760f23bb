"""Removes everything that was created here; the ledger's records only with --with-data."""

from collections.abc import Sequence
from functools import partial

from deploy import alerting, ticks, vault
from deploy.deployment import Deployment
from deploy.packages import find_python
from deploy.plan import OWNER
from deploy.project import (
    BUILDER,
    COLLECTION,
    DATABASE,
    LEDGER_USER,
    has_account,
    has_database,
    has_exclusion,
    has_repository,
    has_right,
)
from deploy.questions import confirm
from deploy.records import Contents, look_inside
from deploy.relays import Relay, current
from deploy.terminal import ask, say

_WORD = "delete the database"


def destroy(deployment: Deployment, relays: Sequence[Relay]) -> None:
    """Remove the relay; `relays` are all of its name, in all regions."""
    contents = _look_at_database(deployment)
    what = (
        f"This removes the function {deployment.name} in {deployment.region} from {deployment.project}, "
        "with its secrets, accounts, images and alerts."
    )
    if contents and not deployment.is_dry:
        say(contents.describe())
    confirm(deployment, what)
    deployment.plan.undo(
        "The function is removed",
        OWNER,
        lambda: current(deployment, relays) is not None,
        lambda: deployment.google.change(
            "functions", "delete", deployment.name, "--gen2", f"--region={deployment.region}"
        ),
    )
    elsewhere = [each.region for each in relays if each.region != deployment.region]
    if elsewhere:
        say("", f"It also runs in {', '.join(elsewhere)}, with the same secrets: nothing else is removed.")
        return
    _remove_the_rest(deployment)
    if contents:
        _remove_data(deployment, contents)
    deployment.settings.forget("DEPLOY_TESTED")
    say(
        "",
        "Removed. Google's services stay enabled; they cost nothing.",
        f"The phone still posts. To stop it: {find_python()} -m relay unregister",
    )
    if deployment.settings.can_be_answered:
        say(f"Telegram still posts, too. To stop it: {find_python()} -m relay replies off")
    if not contents:
        say("The database stays; destroy --with-data removes it.")


def _remove_the_rest(deployment: Deployment) -> None:
    undo, google = deployment.plan.undo, deployment.google
    if alerting.are_possible(deployment):
        alerting.remove_alerts(deployment)
    ticks.remove_ticks(deployment)
    for name in deployment.settings.secrets() if deployment.is_dry else vault.own_secrets(deployment):
        undo(
            f"The secret for {name} is removed",
            OWNER,
            lambda: True,
            partial(vault.drop_secret, deployment, name),
        )
    undo(
        "The images are removed",
        OWNER,
        lambda: has_repository(deployment),
        lambda: google.change(
            "artifacts", "repositories", "delete", deployment.name, f"--location={deployment.region}"
        ),
    )
    _remove_accounts(deployment)
    undo(
        "The request log is kept again",
        OWNER,
        lambda: has_exclusion(deployment),
        lambda: google.change(
            "logging", "sinks", "update", "_Default", f"--remove-exclusions={deployment.name}-requests"
        ),
    )


def _remove_accounts(deployment: Deployment) -> None:
    rights = {
        "The function may no longer use the database": (deployment.runner, LEDGER_USER),
        "The build account may no longer build": (deployment.builder, BUILDER),
    }
    for title, right in rights.items():
        deployment.plan.undo(
            title,
            OWNER,
            partial(has_right, deployment, *right),
            partial(_revoke, deployment, *right),
        )
    for title, purpose in {"The function's": "run", "The build": "build"}.items():
        account = f"{deployment.name}-{purpose}"
        deployment.plan.undo(
            f"{title} account is removed",
            OWNER,
            partial(has_account, deployment, account),
            partial(deployment.google.change, "iam", "service-accounts", "delete", deployment.email(account)),
        )


def _revoke(deployment: Deployment, email: str, role: str) -> None:
    deployment.google.change(
        *("projects", "remove-iam-policy-binding", deployment.project),
        *(f"--member=serviceAccount:{email}", f"--role={role}", "--all"),
    )


def _look_at_database(deployment: Deployment) -> Contents | None:
    """Return what the database holds, if its records are to be deleted."""
    if not deployment.options.has("--with-data"):
        return None
    return Contents() if deployment.is_dry else look_inside(deployment)


def _remove_data(deployment: Deployment, contents: Contents) -> None:
    deployment.plan.undo(
        "The ledger's records are removed",
        OWNER,
        lambda: has_database(deployment),
        lambda: _drop_records(deployment, contents),
    )


def _drop_records(deployment: Deployment, contents: Contents) -> None:
    """Delete our records, or the database if it holds nothing else; nothing if another relay uses it."""
    database = f"--database={DATABASE}"
    if _has_other_relays(deployment):
        say("  Another relay of this project uses the same database: nothing in it is deleted.")
        return
    if not deployment.uses_firestore and not _was_made_here(deployment):
        say("  The relay's ledger is not in Firestore: nothing in the database is deleted.")
        return
    if deployment.is_dry:
        deployment.plan.note("only the relay's records, if the database holds anything else:")
    elif _may_delete_all(deployment, contents):
        deployment.google.change("firestore", "databases", "delete", database)
        deployment.settings.forget("DEPLOY_MADE_DATABASE")
        return
    else:
        say(f"  {contents.describe()}", "  Only the relay's records are deleted.")
    deployment.google.change("firestore", "bulk-delete", database, f"--collection-ids={COLLECTION}")
    if deployment.is_dry:
        deployment.google.change("firestore", "databases", "delete", database)


def _may_delete_all(deployment: Deployment, contents: Contents) -> bool:
    """Return whether the whole database may go: it is the relay's alone, or a second word says so."""
    if deployment.options.has("--whole-database"):
        return True
    if contents.others == () and _was_made_here(deployment):
        return True
    if not deployment.is_interactive:
        return False
    say("", contents.describe())
    return ask(f"Type {_WORD} to delete all of it. Enter deletes only the relay's records") == _WORD


def _was_made_here(deployment: Deployment) -> bool:
    return deployment.settings.value("DEPLOY_MADE_DATABASE") == deployment.project


def _has_other_relays(deployment: Deployment) -> bool:
    relays = () if deployment.is_dry else vault.labelled_secrets(deployment).values()
    return any(relay != deployment.name for relay in relays)
