"""Translate the library's errors; its own messages are never quoted, because they contain the URL."""

from pyreqwest.exceptions import PyreqwestError

from forwarders.base import Failure, Misconfigured, TransientFailure

MALFORMED = "the configured address, or a header of the request, is malformed"
_CLOSED = "{host} closed the connection before it answered"
_SENTENCES = {
    "dns error": "the name {host} is unknown, or the name lookup failed",
    "deadline has elapsed": "{host} did not answer",
    "operation timed out": "{host} did not answer",
    "Connection timed out": "{host} did not answer",
    "Connection refused": "{host} refused the connection",
    "tcp connect error": "{host} cannot be reached",
    "tcp open error": "{host} cannot be reached: no connection can be opened on this machine",
    "corrupt message": "{host} does not speak HTTPS: check the scheme and the port",
    "invalid HTTP version": "{host} does not speak HTTP: check the scheme and the port",
}
"""A phrase in the causes of an error -> what it means. The first match counts."""


def translate_error(error: PyreqwestError, host: str) -> Failure:
    """Return the failure that an error of a request to `host` (and port, without the rest of the URL) means.

    The library's classes are not reliable (a dropped answer is a connect error), its causes are. Whether
    the request was processed is unknown, except that it was not if the handshake failed.
    """
    causes = (getattr(error, "details", None) or {}).get("causes") or ()
    words = " ".join(cause["message"] for cause in causes[1:])  # the first one quotes the URL
    if "peer certificate" in words:
        return Misconfigured(
            f"the certificate of {host} is not valid for its name, or is issued by an unknown authority"
        )
    sentences = (sentence for sign, sentence in _SENTENCES.items() if sign in words)
    return TransientFailure(next(sentences, _CLOSED).format(host=host))
