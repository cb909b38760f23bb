"""A bot: a token for Slack's Web API, which also accepts files."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from forwarders.acceptance import is_ok
from forwarders.base import Attachment, Misconfigured, Probe, TransientFailure
from forwarders.http import Answer, Http
from forwarders.slack.answers import read_error_code, read_result, translate_answer
from forwarders.text import file_name


class Bot:
    """Whoever has the token can post where the bot is a member."""

    takes_files = True

    def __init__(self, token: SecretStr, channel: str, api_url: str, http: Http) -> None:
        self._token = token
        self._channel = channel
        self._api_url = api_url
        self._http = http

    async def post_text(self, words: Mapping[str, Any]) -> None:
        """Post a text; raise a failure if it was not accepted."""
        read_result(await self._post("chat.postMessage", {"channel": self._channel, **words}))

    async def upload(self, files: Sequence[Attachment]) -> None:
        """Upload files, then publish them together; until then nobody sees any.

        https://docs.slack.dev/messaging/working-with-files#uploading_files
        """
        uploads = [{"id": await self._put(file), "title": file_name(file)} for file in files]
        body = {"channel_id": self._channel, "files": uploads}
        read_result(await self._post("files.completeUploadExternal", body))

    async def probe(self) -> Probe:
        """Check the token, and whether the bot is in the channel."""
        answer = await self._ask("auth.test", {})
        read_result(answer)
        scopes = answer.headers.get("x-oauth-scopes", "chat:write,files:write").replace(" ", "").split(",")
        if "chat:write" not in scopes:
            return Probe("wrong", "the bot lacks the scope chat:write")
        return await self._probe_channel(scopes)

    async def _probe_channel(self, scopes: Sequence[str]) -> Probe:
        answer = await self._ask("conversations.info", {"channel": self._channel})
        if read_error_code(answer) == "missing_scope":
            return Probe("unknown", "the token is valid; to see the channel it lacks the scope channels:read")
        channel = read_result(answer).get("channel")
        details = channel if isinstance(channel, dict) else {}
        if details.get("is_archived"):
            return Probe("wrong", "the channel is archived: choose another")
        if details.get("is_member") is False and "chat:write.public" not in scopes:
            return Probe("wrong", "the bot is not in the channel: invite it by /invite @its-name")
        return Probe("ok", "" if "files:write" in scopes else "for pictures it needs the scope files:write")

    async def _put(self, file: Attachment) -> str:
        """Upload a file to the address that Slack names, and return its id."""
        parameters = {"filename": file_name(file), "length": str(len(file.data))}
        upload = read_result(await self._ask("files.getUploadURLExternal", parameters))
        url, file_id = upload.get("upload_url"), upload.get("file_id")
        if not isinstance(url, str) or not isinstance(file_id, str):
            raise TransientFailure("Slack's answer was cut off, or is not understood")
        if url.partition(":")[0] != self._api_url.partition(":")[0]:
            raise Misconfigured("Slack wants a file sent without encryption: check `api_url`")
        answer = await self._http.request("POST", url, content=file.data)
        if answer.status not in range(200, 300):
            raise translate_answer(answer)
        return file_id

    async def _post(self, method: str, json: Any) -> Answer:
        url = f"{self._api_url}/{method}"
        return await self._http.request("POST", url, headers=self._headers(), json=json, enough=is_ok)

    async def _ask(self, method: str, form: Mapping[str, str]) -> Answer:
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode(form).encode()
        return await self._http.request("POST", f"{self._api_url}/{method}", headers=headers, content=content)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.get_secret_value()}"}
