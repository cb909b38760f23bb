"""How things are, in a few lines for a chat."""

from collections.abc import Iterator

from relay.moments import format_duration
from relay.watch.status import DestinationStatus, PhoneStatus, Status


def summarize(status: Status) -> str:
    """Return a line for each phone, each destination that is in trouble, and a tick that is late."""
    return "\n".join(_lines(status)) or "No phone has been heard yet."


def _lines(status: Status) -> Iterator[str]:
    yield from (_phone(each, status.at) for each in status.phones)
    yield from (_destination(each, status.at) for each in status.destinations if _is_troubled(each))
    if status.is_late:
        yield "The tick is late: a silent phone is not reported."


def _phone(phone: PhoneStatus, now: float) -> str:
    charging = {True: ", charging", False: ", not charging", None: ""}[phone.charging]
    battery = "" if phone.level is None else f"{phone.level} %{charging}"
    state = ", ".join(phone.problems) or ("well" if phone.is_watched else "has not pinged")
    words = (f"heard {_ago(phone.heard, now)}", f"SMS {_ago(phone.message, now)}", battery, phone.network)
    return f"{phone.name}: {state} ({'; '.join(filter(None, words))})"


def _is_troubled(destination: DestinationStatus) -> bool:
    return bool(destination.failing_since or destination.waiting)


def _destination(destination: DestinationStatus, now: float) -> str:
    since = destination.failing_since
    state = f"fails for {format_duration(max(0.0, now - since))}" if since else "works again"
    return f"{destination.name}: {state}, {destination.waiting} waiting"


def _ago(moment: float, now: float) -> str:
    return f"{format_duration(max(0.0, now - moment))} ago" if moment else "never"
