"""ntfy, on ntfy.sh or a server you run: a button that copies the code, pictures, and priorities."""

from base64 import b64encode
from dataclasses import replace
from typing import Any, ClassVar

from forwarders import base
from forwarders.acceptance import has_id
from forwarders.base import (
    Attachment,
    Failure,
    Forwarder,
    Message,
    MessageRefused,
    Misconfigured,
    Probe,
    TransientFailure,
)
from forwarders.http import Answer, Http
from forwarders.ntfy.answers import (
    find_failure,
    is_about_actions,
    is_about_size,
    is_server,
    largest_file,
    takes_no_files,
)
from forwarders.ntfy.compose import NtfyPost, compose, with_file_mentioned
from forwarders.ntfy.options import NtfyOptions
from forwarders.text import file_name

_OLD = "sent without the button that copies the code: the ntfy server is too old for it, update it"
_NO_FILES = "the ntfy server does not take the file: allow attachments there, or larger ones"
_NOT_NOW = "the ntfy server does not take the file for now: the quota for attachments is used up"


class Ntfy(Forwarder[NtfyPost]):
    """Post to one topic."""

    Options: ClassVar[type[base.Options]] = NtfyOptions

    def __init__(self, options: NtfyOptions, http: Http) -> None:
        self._options = options
        self._topic = options.topic.get_secret_value()
        self._http = http

    def plan(self, message: Message) -> tuple[NtfyPost, ...]:
        """Return the texts, then one post for each file."""
        return compose(message, self._options.priority)

    async def send(self, post: NtfyPost) -> str | None:
        """Make one post; if the server refuses the button or the file, make it once more without it."""
        if post.file:
            await self._send_file(post, post.file)
            return None
        remark, answer = None, await self._publish(post)
        if post.code and is_about_actions(answer):
            remark, answer = _OLD, await self._publish(replace(post, code=None))
        _check(answer)
        return remark

    async def _send_file(self, post: NtfyPost, file: Attachment) -> None:
        answer = await self._put(post, file)
        if not takes_no_files(answer):
            if not is_about_size(answer):
                return _check(answer)
            if len(file.data) <= largest_file(await self._ask("/v1/account")):
                raise TransientFailure(_NOT_NOW)
        if post.needed:
            raise Misconfigured(f"{_NO_FILES}; it holds the whole of a long text")
        _check(await self._publish(with_file_mentioned(post, file)))
        raise MessageRefused(_NO_FILES, refused={"file": _NO_FILES})

    async def probe(self) -> Probe:
        """Ask whether the server is healthy and accepts the token; it does not say who may write."""
        try:
            answer = await self._ask("/v1/account" if self._options.token else "/v1/health")
        except Failure as error:
            failure: Failure | None = error
        else:
            failure = find_failure(answer, is_server)
        if failure:
            return Probe("unreachable" if isinstance(failure, TransientFailure) else "wrong", failure.reason)
        return Probe("ok", "whether the topic may be written to is only known once something is sent")

    async def _ask(self, path: str) -> Answer:
        return await self._http.request("GET", self._options.url + path, headers=self._options.login)

    async def _publish(self, post: NtfyPost) -> Answer:
        """Post text as JSON, to the root of the server. https://docs.ntfy.sh/publish/#publish-as-json.

        The server decodes a title as if it were a header.
        """
        payload: dict[str, Any] = {
            "topic": self._topic,
            "title": _header(post.title) if "=?" in post.title else post.title,
            "message": post.text,
            "priority": post.priority,
            "click": self._options.click,
            "sequence_id": post.sequence,
        }
        if post.code:
            payload["actions"] = [{"action": "copy", "label": f"Copy {post.code}", "value": post.code}]
        body = {name: value for name, value in payload.items() if value}
        return await self._http.request(
            "POST", self._options.url, headers=self._options.login, json=body, enough=has_id
        )

    async def _put(self, post: NtfyPost, file: Attachment) -> Answer:
        """Upload a file. https://docs.ntfy.sh/publish/#attach-local-file."""
        fields = {
            "Filename": file_name(file),
            "Title": post.title,
            "Priority": str(post.priority),
            "Click": self._options.click or "",
            "X-Sequence-ID": post.sequence,
        }
        headers = self._options.login | {name: _header(value) for name, value in fields.items() if value}
        url = f"{self._options.url}/{self._topic}"
        return await self._http.request("PUT", url, headers=headers, content=file.data, enough=has_id)


def _check(answer: Answer) -> None:
    if failure := find_failure(answer):
        raise failure


def _header(text: str) -> str:
    """Encode any text as a header. https://www.rfc-editor.org/rfc/rfc2047#section-2."""
    plain = text.isascii() and text.isprintable() and "=?" not in text
    return text if plain else f"=?UTF-8?B?{b64encode(text.encode()).decode()}?="
