"""What `./deploy.sh` can be asked to do."""

import sys
from collections.abc import Callable, Mapping

from deploy import alerting, answers, removal, rotation, ticks, vault
from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.function import find_url, put_function
from deploy.google import Mode
from deploy.packages import find_python
from deploy.preparation import choose_project, prepare, require_tools
from deploy.project import prepare_project
from deploy.questions import ask_for_settings, make_keys
from deploy.relays import Relay, choose_relay, current
from deploy.restore import CONFIG_FILE, require_configuration_file, restore
from deploy.source import check_configuration, config_file, ledger_url
from deploy.terminal import say
from deploy.trial import try_out

_LOG_LINE = (
    'value(timestamp.date("%F %T",tz=LOCAL),severity,jsonPayload.message,jsonPayload.status,jsonPayload.type,'
    "jsonPayload.deliveries,jsonPayload.destination,jsonPayload.reason,jsonPayload.alert,textPayload)"
)
_REMEMBERED = ("LEDGER", "MIN_INSTANCES")


def deploy(deployment: Deployment) -> None:
    """Deploy or update the relay; the doctor walks the same steps, and only looks."""
    relay = current(deployment, prepare(deployment))
    _refuse_foreign_name(deployment)
    _take_over(deployment, relay)
    ask_for_settings(deployment)
    make_keys(deployment)
    _check(deployment)
    is_ticking = ticks.are_wanted(deployment)
    _remember_choices(deployment)
    _warn_of_another_ledger(deployment, relay)
    prepare_project(deployment)
    if deployment.are_secrets_unknown:  # the service was off; the secrets may be there
        vault.adopt_secrets(deployment)
    if deployment.value("ALERTS"):
        alerting.prepare_alerts(deployment)
    vault.put_secrets(deployment)
    put_function(deployment)
    if deployment.value("ALERTS"):
        alerting.put_policies(deployment)
    if is_ticking:
        ticks.put_ticks(deployment)
    elif deployment.options.has("--no-watch"):
        ticks.remove_ticks(deployment)
    url = try_out(deployment)
    if deployment.mode is not Mode.REAL:
        answers.switch_on(deployment, url)
    _finish(deployment, url)
    if deployment.mode is Mode.REAL:
        answers.switch_on(deployment, url)


def _check(deployment: Deployment) -> None:
    deployment.plan.act(
        "The configuration is valid",
        "Fix what is named above, in .env or config.toml.",
        lambda: check_configuration(deployment),
        reads=True,
    )


def _refuse_foreign_name(deployment: Deployment) -> None:
    """Stop if a function of this name was not created here: such a one is never changed."""

    def refuse() -> None:
        if not deployment.is_dry:
            raise Stopped(
                f"A function called {deployment.name} exists already, and was not created here.", other
            )

    other = "Choose another --name."
    title = f"No other function is called {deployment.name}"
    deployment.plan.step(title, other, lambda: not deployment.is_name_taken, refuse, fix=other)


def _take_over(deployment: Deployment, relay: Relay | None) -> None:
    if deployment.is_adopted or deployment.is_dry:
        restore(deployment, relay)
    require_configuration_file(deployment, relay)
    vault.adopt_secrets(deployment)


def _remember_choices(deployment: Deployment) -> None:
    chosen = {"PROJECT": deployment.project, "REGION": deployment.region, "NAME": deployment.name}
    for name, value in chosen.items():
        deployment.remember(f"DEPLOY_{name}", value)
    if file := config_file(deployment):
        deployment.remember(CONFIG_FILE, str(file))
    for name in _REMEMBERED:
        deployment.remember(f"DEPLOY_{name}", deployment.value(name))


def _warn_of_another_ledger(deployment: Deployment, relay: Relay | None) -> None:
    """Say what a change of the ledger leaves behind."""
    old = relay.variables.get("LEDGER_URL", "") if relay else ""
    new = ledger_url(deployment)
    if old not in ("", "memory:", new):
        say(
            f"! The ledger changes from {old} to {new}. What has not been delivered stays in the old one.",
            "  Deliver it first: ./sms-relay replay",
            f"  Or move it afterwards: ./sms-relay ledger move {old} ADDRESS",
        )


def _finish(deployment: Deployment, url: str) -> None:
    if deployment.options.command == "doctor":
        count = deployment.plan.problems
        say("", f"{count} of these are not as they should be." if count else "Everything is as it should be.")
        return
    say(
        "",
        f"Deployed: {url}",
        "",
        "Now connect the phone:",
        "  1. Put SMSGATE_USER and SMSGATE_PASSWORD (in the app: Cloud Server) into .env.",
        f"  2. {find_python()} -m relay register {url}",
        "  3. Send the phone an SMS.",
        "docs/operations.md has the other ways to connect a phone, and what to do if nothing arrives.",
    )


def print_url(deployment: Deployment) -> None:
    """Print the address."""
    _choose(deployment)
    say(find_url(deployment))


def print_logs(deployment: Deployment) -> None:
    """Print the latest log lines."""
    _choose(deployment)
    lines = f'resource.type="cloud_run_revision" AND resource.labels.service_name="{deployment.name}"'
    words = ("logging", "read", lines, "--freshness=7d", "--limit=50", f"--format={_LOG_LINE}")
    if deployment.is_dry:
        deployment.google.show("gcloud", *words)
    else:
        sys.stdout.write(deployment.google.read(*words))
        sys.stdout.flush()


def _choose(deployment: Deployment) -> None:
    require_tools(deployment)
    choose_project(deployment)
    if deployment.is_dry:
        deployment.name, deployment.region = deployment.value("NAME"), deployment.value("REGION")
    else:
        choose_relay(deployment)


def _require_relay(deployment: Deployment) -> Relay | None:
    """Return the relay that runs; only a dry run goes on without one."""
    relay = current(deployment, prepare(deployment))
    if relay is None and not deployment.is_dry:
        raise Stopped(f"Nothing is deployed under the name {deployment.name}.", "Deploy first: ./deploy.sh")
    return relay


def restore_env(deployment: Deployment) -> None:
    """Write `.env` from what is deployed."""
    relay = _require_relay(deployment)
    restore(deployment, relay)
    vault.adopt_secrets(deployment)
    _remember_choices(deployment)
    login = "" if deployment.settings.uses_gateway else "SMSGATE_…, "
    say("", f"This folder knows the relay now. Not in the cloud are {login}DEPLOY_ALERTS and DEPLOY_WATCH.")


def rotate_key(deployment: Deployment) -> None:
    """Rotate the API key."""
    relay = _require_relay(deployment)
    _take_over(deployment, relay)
    _check(deployment)
    _remember_choices(deployment)
    rotation.rotate_key(deployment, _put_and_try)


def _put_and_try(deployment: Deployment) -> str:
    put_function(deployment)
    return try_out(deployment)


def destroy(deployment: Deployment) -> None:
    """Remove the relay."""
    removal.destroy(deployment, prepare(deployment))


COMMANDS: Mapping[str, Callable[[Deployment], None]] = {
    "deploy": deploy,
    "doctor": deploy,
    "url": print_url,
    "logs": print_logs,
    "restore-env": restore_env,
    "rotate-key": rotate_key,
    "destroy": destroy,
}
