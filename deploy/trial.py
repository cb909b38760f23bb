"""A test event through the deployed function, and what its answer means."""

from http import HTTPStatus

from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.function import find_url
from deploy.google import Mode, pauses
from deploy.packages import find_python
from deploy.post import post, request
from deploy.terminal import say

_NOT_YET = (0, 403, 404)
"""The statuses of an address, or of a right, that is not known everywhere yet; 0 is no answer."""


def try_out(deployment: Deployment) -> str:
    """Send a test event, and return the function's address."""
    if deployment.mode is Mode.DOCTOR:
        deployment.plan.step(
            "The function can be reached from outside",
            "./deploy.sh logs shows its log.",
            lambda: _reach(deployment) not in _NOT_YET,
            lambda: None,
        )
        return ""
    found: list[str] = []
    deployment.plan.act(
        "Its address is known",
        "gcloud functions list shows the functions.",
        lambda: found.append(find_url(deployment)),
    )
    deployment.plan.act(
        "A test event goes through the function",
        "./deploy.sh logs shows its log.",
        lambda: _send_event(deployment, found[0]),
    )
    return found[0]


def _reach(deployment: Deployment) -> int:
    return request(find_url(deployment), deployment.work / "answer")


def _send_event(deployment: Deployment, url: str) -> None:
    """Post a message the first time; later a ping, which is not shown unless a route asks for it."""
    kind = "ping" if deployment.settings.value("DEPLOY_TESTED") == url else "hello"
    if deployment.is_dry:
        deployment.plan.note("posts a signed event with the API key; curl gets both on its standard input")
    else:
        status = _post_patiently(deployment, url, kind)
        answer = (deployment.work / "answer").read_text(errors="replace") if status else ""
        if status != HTTPStatus.OK:
            raise _explain(status, answer)
        say(f"  It answers: {answer}")
    deployment.remember("DEPLOY_TESTED", url)


def _post_patiently(deployment: Deployment, url: str, kind: str) -> int:
    answer = deployment.work / "answer"
    for seconds in pauses():
        status = post(url, deployment.settings, kind, answer)
        if status not in _NOT_YET:
            return status
        say(f"  Not reachable everywhere yet ({status or 'no answer'}): trying again in {seconds} seconds.")
        deployment.google.pause(seconds)
    return post(url, deployment.settings, kind, answer)


def _explain(status: int, answer: str) -> Stopped:
    check = f"  {find_python()} -m relay check --live      says what to fix"
    advice = {
        0: ["It cannot be reached from here. Check your network."],
        401: ["The key or the signature was refused. Is the clock of this computer correct?"],
        403: [
            "Google refuses every caller. ./deploy.sh doctor says whether the function is open to all.",
            "In an organisation, the policy run.allowedIngress may keep it from the internet.",
        ],
        503: ["A destination did not accept it; the answer names it:", f"  {answer}", check],
    }.get(status, ["Its log says more:", "  ./deploy.sh logs"])
    return Stopped(
        f"The function is deployed, but answers {status or 'nothing'}.",
        *advice,
        "Then run the same command again.",
    )
