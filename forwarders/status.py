"""What an answer means, for a service that only gives a status and an acceptance in its body."""

from forwarders.acceptance import Accepts
from forwarders.base import Failure, Misconfigured, TransientFailure
from forwarders.http import Answer, retry_after

FINE = range(200, 300)
_ELSEWHERE = range(300, 400)
_NOT_NOW = (408, 425, 429, *range(500, 600))
_REMEDIES = {
    401: "does not accept the credentials: set new ones",
    403: "does not allow it: check the credentials and their permissions",
    404: "is not at this address: check the address",
    410: "is gone from this address for good: change the address, or remove the destination",
}


def refusal(
    answer: Answer, service: str, accepts: Accepts | None = None, wait: float | None = None
) -> Failure | None:
    """Return the failure that an answer of `service` means, or None if it is an acceptance.

    `accepts` recognizes an acceptance in the body; None only if any 2xx is an acceptance.
    `wait` is the number of seconds that the service asked for other than by Retry-After.
    """
    if answer.status in FINE:
        return None if accepts is None or accepts(answer.body) else not_accepted(answer, service)
    if answer.status in _NOT_NOW:
        wait = retry_after(answer) if wait is None else wait
        return TransientFailure(f"{service} is busy or down ({answer.status})", wait)
    if answer.status in _ELSEWHERE:
        meaning = "redirects to another address, which is not followed: set that address"
    else:
        meaning = _REMEDIES.get(answer.status, "refuses the message for an unknown reason")
    return Misconfigured(f"{service} {meaning} ({answer.status})")


def not_accepted(answer: Answer, service: str, option: str = "its address") -> Failure:
    """Return what a 2xx means whose body is no acceptance."""
    if not answer.whole:
        return TransientFailure(f"the answer broke off before {service} accepted the message")
    return Misconfigured(
        f"this is not the answer of {service} ({answer.status}): check {option}, and any proxy in front of it"
    )
