"""An incoming webhook: one address for one channel, text only."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pydantic import SecretStr

from forwarders.base import Attachment, Misconfigured, Probe
from forwarders.http import Http
from forwarders.slack.answers import check_hook_answer, is_hook_acceptance, read_error_code, translate_answer

_EXISTS = ("no_text", "invalid_payload")
"""What an existing webhook answers to an empty message."""


class Hook:
    """Whoever knows the URL can post."""

    takes_files = False

    def __init__(self, url: SecretStr, http: Http) -> None:
        self._url = url
        self._http = http

    async def post_text(self, words: Mapping[str, Any]) -> None:
        """Post a text; raise a failure if it was not accepted."""
        check_hook_answer(
            await self._http.request(
                "POST", self._url.get_secret_value(), json=words, enough=is_hook_acceptance
            )
        )

    async def upload(self, files: Sequence[Attachment]) -> NoReturn:
        """Raise: a plan for a webhook has no files."""
        raise Misconfigured(f"for {len(files)} files Slack wants a bot token in place of the webhook")

    async def probe(self) -> Probe:
        """Post an empty message, which an existing webhook refuses."""
        answer = await self._http.request("POST", self._url.get_secret_value(), json={})
        if read_error_code(answer) in _EXISTS:
            return Probe("ok")
        if read_error_code(answer):
            raise translate_answer(answer)
        return Probe("unknown", f"it does not answer like a Slack webhook ({answer.status})")
