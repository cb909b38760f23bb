"""The resources in the project that the function needs: services, accounts, rights, database, images."""

from collections.abc import Callable
from typing import Any

from deploy.deployment import Deployment
from deploy.plan import OWNER
from deploy.relays import basename

SERVICES = (
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
)
BUILDER = "roles/cloudbuild.builds.builder"
LEDGER_USER = "roles/datastore.user"
DATABASE = "(default)"
"""Only this one has a free quota: https://cloud.google.com/firestore/pricing"""
COLLECTION = "relay"
"""The default of the ledger."""
TTL_FIELD = "expires"
REPOSITORY_POLICY = "deploy/images.json"


def enabled_services(deployment: Deployment) -> set[str]:
    """Return the names of the services that are enabled."""
    return {basename(each) for each in deployment.google.look("services", "list", "--enabled")}


def enable(deployment: Deployment, *services: str) -> Callable[[], None]:
    """Return what enables services."""
    return lambda: deployment.google.change("services", "enable", *services)


def prepare_project(deployment: Deployment) -> None:
    """Create what the function needs before it can be built."""
    step, google = deployment.plan.step, deployment.google
    billing = f"https://console.cloud.google.com/billing/linkedaccount?project={deployment.project}"
    step(
        "Google's services are enabled",
        f"Link a billing account: {billing}",
        lambda: set(SERVICES) <= enabled_services(deployment),
        enable(deployment, *SERVICES),
    )
    _account(deployment, "run", "The account that the function runs as exists, without any rights", "Runs")
    _account(deployment, "build", "The account that builds it exists", "Builds")
    step(
        "The build account may build",
        OWNER,
        lambda: has_right(deployment, deployment.builder, BUILDER),
        lambda: _grant(deployment, deployment.builder, BUILDER, "None"),
    )
    if deployment.uses_firestore:
        _prepare_ledger(deployment)
    step(
        "The request log is not kept: it would show the key",
        "Is there a log sink _Default? gcloud logging sinks list",
        lambda: has_exclusion(deployment),
        lambda: google.change(
            "logging", "sinks", "update", "_Default", f"--add-exclusion={_exclusion(deployment)}"
        ),
    )
    step(
        "The repository for the function's images exists",
        OWNER,
        lambda: has_repository(deployment),
        lambda: google.change(
            *("artifacts", "repositories", "create", deployment.name, f"--location={deployment.region}"),
            *("--repository-format=docker", f"--description=Images of the function {deployment.name}"),
            f"--labels={deployment.label}",
        ),
    )
    where = (deployment.name, f"--location={deployment.region}")
    step(
        "Old images are deleted, except the newest two",
        OWNER,
        lambda: (
            "delete-old"
            in map(basename, google.look("artifacts", "repositories", "list-cleanup-policies", *where))
        ),
        lambda: google.change(
            *("artifacts", "repositories", "set-cleanup-policies", *where),
            *(f"--policy={REPOSITORY_POLICY}", "--no-dry-run"),
        ),
    )


def _account(deployment: Deployment, purpose: str, title: str, verb: str) -> None:
    account = f"{deployment.name}-{purpose}"
    deployment.plan.step(
        title,
        OWNER,
        lambda: has_account(deployment, account),
        lambda: deployment.google.change(
            *("iam", "service-accounts", "create", account),
            f"--display-name={verb} the function {deployment.name}",
        ),
    )


def has_account(deployment: Deployment, account: str) -> bool:
    """Return whether a service account exists."""
    found = deployment.google.look("iam", "service-accounts", "list")
    return deployment.email(account) in [each["email"] for each in found]


def has_right(deployment: Deployment, email: str, role: str) -> bool:
    """Return whether a service account has a role in the project."""
    policy = deployment.google.look("projects", "get-iam-policy", deployment.project)
    return is_bound(policy, f"serviceAccount:{email}", role)


def is_bound(policy: dict[str, list[dict[str, Any]]], member: str, role: str) -> bool:
    """Return whether a policy gives a role to a member."""
    bindings = policy.get("bindings", [])
    return any(each["role"] == role and member in each.get("members", []) for each in bindings)


def _grant(deployment: Deployment, email: str, role: str, condition: str) -> None:
    deployment.google.change(
        *("projects", "add-iam-policy-binding", deployment.project),
        *(f"--member=serviceAccount:{email}", f"--role={role}", f"--condition={condition}"),
    )


def _prepare_ledger(deployment: Deployment) -> None:
    google = deployment.google
    ttl = (f"--database={DATABASE}", f"--collection-group={COLLECTION}")
    deployment.plan.step(
        f"The Firestore database {DATABASE} exists; it has a free quota",
        f"Is Firestore available in {deployment.region}? If not, choose another --region. "
        "A deleted database can be created again after minutes.",
        lambda: has_database(deployment),
        lambda: _make_database(deployment),
    )
    deployment.plan.step(
        "Firestore deletes records that have expired",
        f"Is {DATABASE} in Datastore mode? Then use another project, or --ledger memory.",
        lambda: TTL_FIELD in map(basename, google.look("firestore", "fields", "ttls", "list", *ttl)),
        lambda: google.change(
            "firestore", "fields", "ttls", "update", TTL_FIELD, *ttl, "--enable-ttl", "--async"
        ),
    )
    database = f"projects/{deployment.project}/databases/{DATABASE}"
    condition = f'expression=resource.name=="{database}",title=only-the-ledger'
    deployment.plan.step(
        "The function may use that database and no other",
        OWNER,
        lambda: has_right(deployment, deployment.runner, LEDGER_USER),
        lambda: _grant(deployment, deployment.runner, LEDGER_USER, condition),
    )


def has_database(deployment: Deployment) -> bool:
    """Return whether the ledger's database exists."""
    return DATABASE in map(basename, deployment.google.look("firestore", "databases", "list"))


def _make_database(deployment: Deployment) -> None:
    deployment.google.change(
        *("firestore", "databases", "create", f"--database={DATABASE}"),
        *(f"--location={deployment.region}", "--type=firestore-native"),
    )
    deployment.remember("DEPLOY_MADE_DATABASE", deployment.project)


def has_exclusion(deployment: Deployment) -> bool:
    """Return whether the function's request log is not kept."""
    sink = deployment.google.look("logging", "sinks", "describe", "_Default")
    return f"{deployment.name}-requests" in map(basename, sink.get("exclusions", []))


def _exclusion(deployment: Deployment) -> str:
    """Return what excludes the lines that would contain the URL, and so the key."""
    lines = f'logName="projects/{deployment.project}/logs/run.googleapis.com%2Frequests"'
    filters = f'{lines} AND resource.labels.service_name="{deployment.name}"'
    return f"name={deployment.name}-requests,description=The URL holds a key,filter={filters}"


def has_repository(deployment: Deployment) -> bool:
    """Return whether the repository for images was created here."""
    found = deployment.google.look("artifacts", "repositories", "list", f"--location={deployment.region}")
    labels = {basename(each): each.get("labels", {}).get("sms_relay") for each in found}
    return labels.get(deployment.name) == deployment.name
