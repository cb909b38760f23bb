"""What people read of a test SMS."""

from datetime import tzinfo

from relay.canary.journal import Trip
from relay.canary.loop import Loop
from relay.watch import wording

_REACHED = (
    "The network says that the SMS has reached the phone, so its app does not pass it on: "
    "start the app, and see whether it may still read SMS."
)
_LOST = (
    "No report says that the SMS has reached the phone: the card may be blocked or expired, "
    "or the network does not carry SMS to this number."
)


_ASTRAY = (
    "The SMS was lost on its way, the card that sends it may not send to this number, "
    "or another card of the phone gets the other SMS."
)
NEVER_TRIED = "no tick came at a time at which one could be sent: are the hours of `at` too short?"
"""Why none was sent, if the gateway was never asked."""


def missing(loop: Loop, trip: Trip, now: float, zone: tzinfo) -> str:
    """Return that a test did not come back, and who does not receive."""
    when = wording.clock(trip.asked, now, zone)
    end = f"did not come back within {wording.duration(loop.canary.within)}."
    if not loop.receiver:
        return f"The test that {loop.canary.device} sent at {when} {end}"
    test = (
        f"the test of {when}" if loop.is_to_itself else f"the test that {loop.canary.device} sent at {when}"
    )
    return f"{loop.who} receives no SMS though it pings: {test} {end}"


def astray(loop: Loop, trip: Trip, now: float, zone: tzinfo) -> str:
    """Return that a test did not come back to a phone that gets other SMS, by whichever card."""
    when = wording.clock(trip.asked, now, zone)
    test = (
        f"The test of {when}" if loop.is_to_itself else f"The test that {loop.canary.device} sent at {when}"
    )
    within = wording.duration(loop.canary.within)
    return f"{test} did not reach {loop.who} within {within}, though {loop.receiver} gets other SMS."


def hint(trip: Trip, *, is_astray: bool = False) -> str:
    """Return where to look when a test did not come back."""
    if is_astray:
        return _ASTRAY
    return _REACHED if trip.delivered else _LOST


def back(loop: Loop, trip: Trip, now: float, zone: tzinfo) -> str:
    """Return that tests come back again."""
    when = wording.clock(trip.asked, now, zone)
    seconds = trip.returned - (trip.accepted or trip.asked)
    who = f"{loop.who} receives SMS again" if loop.receiver else "Tests come back again"
    return f"{who}: the test of {when} came back after {wording.duration(seconds)}."


def unsent(loop: Loop, trip: Trip, since: float, now: float, zone: tzinfo) -> str:
    """Return that tests are not sent or not delivered, and why."""
    when = wording.clock(since, now, zone)
    reason = trip.reason or "the phone does not say why"
    return f"{loop.canary.device}'s tests have failed since {when}: {reason}."


def sent(loop: Loop) -> str:
    """Return that tests are sent again."""
    return f"{loop.canary.device}'s tests work again."
