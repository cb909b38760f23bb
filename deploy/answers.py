"""Answers by SMS: the project's own command lets Telegram tell the function what people write."""

import json
import subprocess
from typing import Any

from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.google import Mode
from deploy.packages import find_python
from deploy.terminal import ask, say

_TITLE = "Telegram tells the function what people answer"
_HINT = "./sms-relay replies status says what is wrong."


def switch_on(deployment: Deployment, url: str) -> None:
    """Let Telegram post what people write, if the operator wants it; the doctor says what is wrong."""
    if not deployment.settings.can_be_answered:
        return
    command = (find_python(), "-m", "relay", "replies", "on", url)
    if deployment.mode is Mode.DOCTOR:
        deployment.plan.step(_TITLE, _HINT, _examine, lambda: None, fix=_HINT)
    elif deployment.is_dry or (not _is_on() and _is_wanted(deployment, command)):
        deployment.plan.act(_TITLE, _HINT, lambda: deployment.google.run(*command))


def _is_wanted(deployment: Deployment, command: tuple[str, ...]) -> bool:
    """Ask, or say what to type where nobody can be asked."""
    say("", "People can answer once Telegram posts to this function what they write to the bot.")
    if deployment.is_interactive and ask("Switch that on now (yes, no)", "yes") == "yes":
        return True
    say(f"  {' '.join(command)}")
    return False


def _is_on() -> bool:
    return not any(each["problems"] for each in _read_status()["bots"])


def _examine() -> bool:
    """Return whether answers are sent.

    Raises:
        Stopped: they are not; it names what is wrong.
    """
    status = _read_status()
    problems = [f"{each['bot']}: {problem}" for each in status["bots"] for problem in each["problems"]]
    gateway = status["gateway"]
    problems += [gateway["problem"]] if gateway["problem"] else []
    if missing := ", ".join(gateway["not_registered"]):
        problems.append(f"no webhook for {missing}: ./sms-relay register URL")
    if problems:
        raise Stopped(*problems)
    return True


def _read_status() -> dict[str, Any]:
    command = (find_python(), "-m", "relay", "replies", "status", "--json")
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    try:
        status: dict[str, Any] = json.loads(done.stdout)
    except ValueError:  # the configuration is not valid
        raise Stopped("The command that looks at it failed.", _HINT) from None
    return status
