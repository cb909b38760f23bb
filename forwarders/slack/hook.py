"""An incoming webhook: one address for one channel, words only."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pydantic import SecretStr

from forwarders.base import Attachment, Misconfigured, Probe
from forwarders.http import Http
from forwarders.slack.answers import check_hook, failure, says_ok, word

_EXISTS = ("no_text", "invalid_payload")
"""What a webhook says to an empty message, unless there is no such webhook."""


class Hook:
    """Whoever knows the URL can post."""

    takes_files = False

    def __init__(self, url: SecretStr, http: Http) -> None:
        self._url = url
        self._http = http

    async def say(self, words: Mapping[str, Any]) -> None:
        """Post words; raise a failure if they were not accepted."""
        check_hook(await self._http.request("POST", self._url.get_secret_value(), json=words, enough=says_ok))

    async def upload(self, files: Sequence[Attachment]) -> NoReturn:
        """Refuse: a plan for a webhook holds no files."""
        raise Misconfigured(f"for {len(files)} files Slack wants a bot token in place of the webhook")

    async def probe(self) -> Probe:
        """Say nothing, and see whether that is all that Slack has against it."""
        answer = await self._http.request("POST", self._url.get_secret_value(), json={})
        if word(answer) in _EXISTS:
            return Probe("ok")
        if word(answer):
            raise failure(answer)
        return Probe("unknown", f"it does not answer as a webhook of Slack does ({answer.status})")
