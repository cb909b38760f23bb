"""Takes over what runs: this folder gets what only the cloud has, so that a deployment loses none of it."""

import zipfile
from pathlib import Path

from deploy.deployment import Deployment
from deploy.failures import CommandFailed, Stopped
from deploy.files import replace_file
from deploy.relays import Relay
from deploy.settings import GATEWAY_OPEN, is_open
from deploy.terminal import say

CONFIG_FILE = "DEPLOY_CONFIG_FILE"
"""The variable that remembers which configuration file was deployed."""
_CANNOT = "Copy it from where the relay was deployed, or download the function's source in the console."


def restore(deployment: Deployment, relay: Relay | None) -> None:
    """Write the open variables and the configuration file of a running relay."""
    deployment.plan.step(
        "The settings and the configuration file of the running relay are in this folder",
        _CANNOT,
        lambda: relay is None,
        lambda: _take_over(deployment, relay),
        fix="./deploy.sh restore-env",
    )


def require_configuration_file(deployment: Deployment, relay: Relay | None) -> None:
    """Stop if the configuration file is gone that the running relay has: it would lose its destinations.

    Raises:
        Stopped: so it is.
    """
    name = deployment.settings.value(CONFIG_FILE)
    if relay and name and not Path(name).exists():
        raise Stopped(
            f"{name} is not in this folder, but the running relay has it.",
            "Get it back: ./deploy.sh restore-env",
            f"Or, if you want it no more, remove the line {CONFIG_FILE} from .env.",
        )


def _take_over(deployment: Deployment, relay: Relay | None) -> None:
    if relay is None:
        deployment.plan.note("only where a relay runs already that this folder has not deployed")
        return
    variables = relay.variables
    for name, value in variables.items():
        if (is_open(name) or name in GATEWAY_OPEN) and name not in deployment.settings:
            deployment.remember(name, value)
            say(f"  {name} was taken from the function into .env.")
    _restore_configuration_file(deployment, relay, str(Path(variables.get("CONFIG_FILE", "config.toml"))))


def _restore_configuration_file(deployment: Deployment, relay: Relay, name: str) -> None:
    """Take the configuration file from the source that was deployed, if there was one."""
    source = relay.function.get("buildConfig", {}).get("source", {}).get("storageSource")
    if Path(name).exists() or not source:
        return
    archive = deployment.work / "deployed.zip"
    try:
        deployment.google.read("storage", "cp", f"gs://{source['bucket']}/{source['object']}", str(archive))
    except CommandFailed as failure:
        raise Stopped(f"It is not known whether the relay has a {name}.", str(failure), _CANNOT) from None
    with zipfile.ZipFile(archive) as content:
        if name in content.namelist():
            replace_file(Path(name), content.read(name))
            say(f"  {name} was taken from the function's source.")
