"""The paths that are answered beside the webhook; a POST to any other path is one."""

HEALTH = "/health"
"""The path of health checks; Google's front end keeps `/healthz` for itself."""
TICK, STATUS = "/tick", "/status"
"""The paths of the watch."""
TELEGRAM = "/telegram"
"""The path at which Telegram posts what people answer."""
READING = ("GET", "HEAD")


def is_health_check(method: str, path: str) -> bool:
    """Return whether a request asks only whether the function is running."""
    return path == HEALTH and method in READING


def is_for_watch(method: str, path: str) -> bool:
    """Return whether a request is a tick, or asks for the status."""
    return path == TICK or (path == STATUS and method in READING)


def is_from_telegram(method: str, path: str, query: bytes) -> bool:
    """Return whether a request is what Telegram posts: a phone's has a key in its query."""
    return path == TELEGRAM and method == "POST" and b"apiKey" not in query
