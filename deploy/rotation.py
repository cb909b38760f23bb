"""A new API key without an outage: beside the old one first, and alone once the phone's queue is empty."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.packages import find_python
from deploy.questions import confirm
from deploy.terminal import say
from deploy.vault import enabled_versions, own_secrets, put_secrets, stored_value

OVERLAP = timedelta(hours=48)
"""The phone retries for about 45 hours."""
_COMPROMISED = "./deploy.sh rotate-key --compromised"


def rotate_key(deployment: Deployment, put_function: Callable[[Deployment], str]) -> None:
    """Rotate the key, in the way that was asked for; `put_function` deploys, and returns the address.

    Raises:
        Stopped: nothing is deployed, or the old key is still needed.
    """
    keys = "OLD-KEY" if deployment.is_dry else _deployed_keys(deployment)
    if not keys:
        raise Stopped(f"Nothing is deployed under the name {deployment.name}.", "Deploy first: ./deploy.sh")
    if deployment.options.has("--finish"):
        _finish(deployment, keys, put_function)
    elif deployment.options.has("--compromised"):
        _replace(deployment, keys, put_function)
    else:
        _start(deployment, keys, put_function)


def _deployed_keys(deployment: Deployment) -> str:
    return stored_value(deployment, "API_KEY") if "API_KEY" in own_secrets(deployment) else ""


def _start(deployment: Deployment, keys: str, put_function: Callable[[Deployment], str]) -> None:
    """Deploy a new key beside the old one; an interrupted rotation is continued."""
    if "," in keys:
        say("API_KEY already holds two keys: continuing with the newer one. --finish removes the older one.")
    else:
        keys = f"{_new_key(deployment, keys)},{keys}"
    url = _put_key(deployment, keys, put_function)
    _register_webhooks(deployment, url)
    say(
        "",
        "Both keys are valid now: what the phone has queued still arrives with the old one.",
        f"After {OVERLAP // timedelta(hours=1)} hours: ./deploy.sh rotate-key --finish",
    )


def _finish(deployment: Deployment, keys: str, put_function: Callable[[Deployment], str]) -> None:
    deployment.plan.act(
        "The old key is no longer needed",
        f"Wait, or: {_COMPROMISED}",
        lambda: _check_old_keys(deployment, keys),
    )
    _put_key(deployment, keys.partition(",")[0], put_function)
    say("", "Only the new key is valid now.")


def _replace(deployment: Deployment, keys: str, put_function: Callable[[Deployment], str]) -> None:
    confirm(
        deployment,
        "The old key becomes invalid at once. What the phone has queued with it is lost: refused until\n"
        "the phone gives up. New messages arrive once the webhooks are registered with the new key.",
    )
    _register_webhooks(deployment, _put_key(deployment, _new_key(deployment, keys), put_function))


def _new_key(deployment: Deployment, keys: str) -> str:
    """Return one that the log shows differently from these."""
    if deployment.is_dry:
        return "NEW-KEY"
    key = secrets.token_urlsafe(32)
    return _new_key(deployment, keys) if key_tag(key) in map(key_tag, keys.split(",")) else key


def key_tag(key: str) -> str:
    """Return what the function's log calls a key."""
    return hashlib.sha256(key.strip().encode()).hexdigest()[:4]


def _put_key(deployment: Deployment, keys: str, put_function: Callable[[Deployment], str]) -> str:
    """Save and deploy keys."""
    deployment.plan.act(
        "API_KEY in .env is the new one", "Is .env writable?", lambda: deployment.remember("API_KEY", keys)
    )
    put_secrets(deployment)
    return put_function(deployment)


def _check_old_keys(deployment: Deployment, keys: str) -> None:
    """Stop if an old key may still be needed."""
    hours = OVERLAP // timedelta(hours=1)
    deployment.plan.note(
        f"stops if the new key is younger than {hours} hours, or the old one was used within the last hour"
    )
    if not deployment.is_dry and "," in keys:
        _check_age(deployment)
        for old in keys.split(",")[1:]:
            _check_use(deployment, old)


def _check_age(deployment: Deployment) -> None:
    version = str(enabled_versions(deployment, "API_KEY")[0])
    secret = f"--secret={deployment.name}-API_KEY"
    made = str(deployment.google.look("secrets", "versions", "describe", version, secret)["createTime"])
    if datetime.now(UTC) - datetime.fromisoformat(made) < OVERLAP:
        raise Stopped(
            f"The new key is younger than {OVERLAP // timedelta(hours=1)} hours ({made}).",
            f"The phone may still hold messages with the old one. Wait, or: {_COMPROMISED}",
        )


def _check_use(deployment: Deployment, old: str) -> None:
    requests = (
        f'resource.labels.service_name="{deployment.name}" AND jsonPayload.authenticated=true '
        f'AND jsonPayload.key="{key_tag(old)}"'
    )
    used = deployment.google.look("logging", "read", requests, "--freshness=1h", "--limit=1")
    if used:
        raise Stopped(
            f"The old key was used within the last hour ({used[0]['timestamp']}).",
            f"Is a webhook still registered with it? {find_python()} -m relay registered",
        )


def _register_webhooks(deployment: Deployment, url: str) -> None:
    """Register the webhooks with the new key from `.env`; the command changes only what differs."""
    command = (find_python(), "-m", "relay", "register", "--again", url)
    if deployment.is_dry or deployment.settings.value("SMSGATE_USER"):
        deployment.plan.act(
            "The phone's webhooks are registered with the new key",
            "Check SMSGATE_URL, SMSGATE_USER and SMSGATE_PASSWORD in .env.",
            lambda: deployment.google.run(*command, without=["API_KEY"]),
        )
    else:
        say(
            "",
            "Register the webhooks with the new key now: set SMSGATE_USER and SMSGATE_PASSWORD in .env, then",
            f"  {' '.join(command)}",
        )
