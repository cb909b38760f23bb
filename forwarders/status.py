"""What an answer means, where a service does not say more than its status and a word of acceptance."""

from forwarders.acceptance import Accepts
from forwarders.base import Failure, Misconfigured, TransientFailure
from forwarders.http import Answer, retry_after

FINE = range(200, 300)
_ELSEWHERE = range(300, 400)
_NOT_NOW = (408, 425, 429, *range(500, 600))
_REMEDIES = {
    401: "does not accept the credentials: set new ones",
    403: "does not allow it: check the credentials, and what they may do",
    404: "is not at this address: check it",
    410: "says that nothing will ever be at this address again: change it, or remove the destination",
}


def refusal(
    answer: Answer, service: str, accepts: Accepts | None = None, wait: float | None = None
) -> Failure | None:
    """Return the failure that an answer of `service` means, or None if it is an acceptance.

    `accepts` finds the word by which the service accepts; None only where any 2xx is an acceptance.
    `wait` is the number of seconds that the service asked for in another way than by Retry-After.
    """
    if answer.status in FINE:
        return None if accepts is None or accepts(answer.body) else not_accepted(answer, service)
    if answer.status in _NOT_NOW:
        wait = retry_after(answer) if wait is None else wait
        return TransientFailure(f"{service} is busy or down ({answer.status})", wait)
    if answer.status in _ELSEWHERE:
        meaning = "has moved, and redirects are not followed: set the address that it leads to"
    else:
        meaning = _REMEDIES.get(answer.status, "refuses, for a reason that is not known here")
    return Misconfigured(f"{service} {meaning} ({answer.status})")


def not_accepted(answer: Answer, service: str, option: str = "its address") -> Failure:
    """Return what a 2xx means in which the service's word of acceptance is missing."""
    if not answer.whole:
        return TransientFailure(f"the answer broke off before {service} said that it took the message")
    return Misconfigured(
        f"this is not the answer of {service} ({answer.status}): check {option}, and what is in front of it"
    )
