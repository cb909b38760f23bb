"""What the library's errors mean; its own words are never quoted, because they hold the URL."""

from pyreqwest.exceptions import PyreqwestError

from forwarders.base import Failure, Misconfigured, TransientFailure

MALFORMED = "the configured address, or a header of the request, is malformed"
_BROKE_OFF = "{host} closed the connection before it answered"
_SENTENCES = {
    "dns error": "the name of {host} is not known, or names cannot be looked up",
    "deadline has elapsed": "{host} did not answer",
    "operation timed out": "{host} did not answer",
    "Connection timed out": "{host} did not answer",
    "Connection refused": "{host} refused the connection",
    "tcp connect error": "{host} cannot be reached",
    "tcp open error": "{host} cannot be reached: no connection can be opened here",
    "corrupt message": "{host} does not answer as HTTPS does: check the scheme and the port",
    "invalid HTTP version": "{host} does not answer as HTTP does: check the scheme and the port",
}
"""What is in the causes of an error -> what it means. The first one that fits counts."""


def translate_error(error: PyreqwestError, host: str) -> Failure:
    """Say what happened between us and `host` (with its port, without anything else of the URL).

    The library's classes do not tell what happened (a dropped answer is a connect error there), its causes
    do. Whether the request was processed is never known, except that a failed handshake says it was not.
    """
    causes = (getattr(error, "details", None) or {}).get("causes") or ()
    words = " ".join(cause["message"] for cause in causes[1:])  # the first one quotes the URL
    if "peer certificate" in words:
        return Misconfigured(
            f"the certificate of {host} is not valid for its name, or comes from an unknown authority"
        )
    sentences = (sentence for sign, sentence in _SENTENCES.items() if sign in words)
    return TransientFailure(next(sentences, _BROKE_OFF).format(host=host))
