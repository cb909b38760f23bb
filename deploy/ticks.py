"""The ticks of the watch: one job of Cloud Scheduler, which calls the function every five minutes."""

import hashlib
import hmac
import json
import re
from typing import Any

from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.function import find_url
from deploy.plan import OWNER
from deploy.project import enable, enabled_services
from deploy.relays import basename
from deploy.source import config_file

SERVICE = "cloudscheduler.googleapis.com"
SCHEDULE = "*/5 * * * *"
_BLANKS = " \t\r\n\v\f"
_HEADERS = {"create": "--headers", "update": "--update-headers"}
_SECTION = re.compile(r"^\s*\[watch\]|^\s*watch\s*=|^\s*watch\.", re.MULTILINE)


def are_wanted(deployment: Deployment) -> bool:
    """Return whether the function is to be called, now or since an earlier run.

    Raises:
        Stopped: nothing is watched.
    """
    options = deployment.options
    is_wanted = options.has("--watch") or bool(deployment.settings.value("DEPLOY_WATCH"))
    if not is_wanted or options.has("--no-watch"):
        return False
    if not deployment.is_dry and not _is_something_watched(deployment):
        raise Stopped(
            "--watch: nothing is watched.",
            "Set WATCH=telegram in .env, or add [watch] to config.toml; docs/watch.md explains it.",
        )
    return True


def _is_something_watched(deployment: Deployment) -> bool:
    file = config_file(deployment)
    return "WATCH" in deployment.settings or bool(
        file and _SECTION.search(file.read_text(encoding="utf-8-sig"))
    )


def put_ticks(deployment: Deployment) -> None:
    """Create the job, or update it if its address or its secret has changed."""
    deployment.plan.step(
        "Cloud Scheduler is enabled",
        OWNER,
        lambda: SERVICE in enabled_services(deployment),
        enable(deployment, SERVICE),
    )
    deployment.plan.step(
        "The watch ticks every five minutes (three such jobs are free)",
        f"Is Cloud Scheduler available in {deployment.region}? If not, choose another --region.",
        lambda: _is_current(deployment),
        lambda: _put(deployment),
    )
    deployment.remember("DEPLOY_WATCH", "yes")


def remove_ticks(deployment: Deployment) -> None:
    """Delete the job."""
    deployment.plan.undo(
        "The ticks of the watch are removed",
        OWNER,
        lambda: bool(_find(deployment)),
        lambda: deployment.google.change("scheduler", "jobs", "delete", _job(deployment), _where(deployment)),
    )
    deployment.settings.forget("DEPLOY_WATCH")


def _job(deployment: Deployment) -> str:
    return f"{deployment.name}-tick"


def _where(deployment: Deployment) -> str:
    return f"--location={deployment.region}"


def _find(deployment: Deployment) -> dict[str, Any]:
    found = deployment.google.look("scheduler", "jobs", "list", _where(deployment))
    return next((each for each in found if basename(each) == _job(deployment)), {})


def _is_current(deployment: Deployment) -> bool:
    job = _find(deployment)
    return job.get("state") == "ENABLED" and job.get("description") == _description(deployment)


def _put(deployment: Deployment) -> None:
    verb = "create" if deployment.is_dry or not _find(deployment) else "update"
    deployment.plan.note("the header with the secret is in the file, and on no command line")
    deployment.google.change(
        *("scheduler", "jobs", verb, "http", _job(deployment), _where(deployment)),
        *(f"--schedule={SCHEDULE}", "--time-zone=Etc/UTC", f"--uri={find_url(deployment)}/tick"),
        *("--http-method=post", "--attempt-deadline=60s", "--max-retry-attempts=0"),
        *(f"--description={_description(deployment)}", f"--flags-file={_write_header(deployment, verb)}"),
    )


def _write_header(deployment: Deployment, verb: str) -> str:
    """Write the header as gcloud reads flags from a file, and return the file's name."""
    if deployment.is_dry:
        return "header.json"
    file = deployment.work / "header.json"
    header = {"Authorization": f"Bearer {tick_secret(deployment)}"}
    file.write_text(json.dumps({_HEADERS[verb]: header}))  # JSON is valid YAML
    return str(file)


def _description(deployment: Deployment) -> str:
    """Return what labels the job, which can have no label, and 40 digits for what it does."""
    if deployment.is_dry:
        return f"sms_relay={deployment.name}"
    content = f"{SCHEDULE} {find_url(deployment)} {tick_secret(deployment)}"
    return f"sms_relay={deployment.name} {hashlib.sha256(content.encode()).hexdigest()[:40]}"


def tick_secret(deployment: Deployment) -> str:
    """Return TICK_SECRET, else the secret that the function derives from LEDGER_SECRET."""
    given, source = (
        deployment.settings.value(name).strip(_BLANKS) for name in ("TICK_SECRET", "LEDGER_SECRET")
    )
    return given or hmac.digest(source.encode(), b"sms-relay tick", "sha256").hex()
