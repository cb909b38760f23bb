"""Pictures and files, which only a bot can upload."""

from dataclasses import replace

import pytest

from forwarders.base import Attachment, Failure, Message, Misconfigured, TransientFailure
from forwarders.slack import Slack
from forwarders.slack.compose import UploadPost
from testkit.service import Reply
from testkit.services import slack as service
from testkit.services.slack import no, yes
from tests.forwarders.slack.posting import MESSAGE, PICTURE, send

pytestmark = pytest.mark.anyio


async def test_a_bot_uploads_pictures_after_the_text(workspace: service.Slack, bot: Slack) -> None:
    other = Attachment("../ünï.jpg", "image/jpeg", b"jpeg")

    assert await send(bot, replace(MESSAGE, attachments=(PICTURE, other))) == [None, None]

    text, upload = workspace.posted
    assert text.shown.startswith("SMS from Bank")
    assert upload.files == [("view.png", PICTURE.data), ("_ünï.jpg", b"jpeg")]


async def test_fifty_pictures_are_five_posts(workspace: service.Slack, bot: Slack) -> None:
    many = tuple(Attachment(f"{n}.jpg", "image/jpeg", bytes([n])) for n in range(50))

    plan = bot.plan(Message("MMS", attachments=many))
    for post in plan:
        await bot.send(post)

    assert len(plan) == 6
    assert [file for posted in workspace.posted for file in posted.files] == [
        (attachment.name, attachment.data) for attachment in many
    ]


async def test_a_webhook_says_how_many_pictures_are_missing(workspace: service.Slack, hook: Slack) -> None:
    assert await send(hook, replace(MESSAGE, attachments=(PICTURE, PICTURE))) == [None]

    assert workspace.posted[0].shown.endswith(
        "2 of 2 attachments are missing: for files Slack wants a bot token in place of the webhook"
    )


async def test_an_empty_file_costs_only_itself(workspace: service.Slack, bot: Slack) -> None:
    empty = Attachment("empty.png", "image/png", b"")

    assert await send(bot, Message("MMS", attachments=(empty, PICTURE))) == [None, None]

    assert workspace.posted[0].shown.endswith("1 of 2 attachments are missing: they are empty")
    assert workspace.posted[1].files == [("view.png", PICTURE.data)]


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Reply(503, b"down"), TransientFailure),
        (Reply(429, b"", {"Retry-After": "30"}), TransientFailure),
        (Reply(403, b"forbidden"), Misconfigured),
    ],
)
async def test_an_upload_fails_as_a_whole_and_shows_nothing(
    workspace: service.Slack, bot: Slack, step: str, answer: Reply, failure: type[Failure]
) -> None:
    workspace.refused[step] = [answer]
    text, upload = bot.plan(Message("MMS", attachments=(PICTURE,)))
    await bot.send(text)

    with pytest.raises(failure) as caught:
        await bot.send(upload)

    assert getattr(caught.value, "retry_after", None) == (30.0 if answer.status == 429 else None)
    assert service.UPLOAD_SECRET not in repr(caught.value)
    assert len(workspace.posted) == 1
    assert await bot.send(upload) is None  # and works the next time
    assert len(workspace.posted) == 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (yes({"file_id": "F1"}), TransientFailure),
        (yes({"upload_url": 7, "file_id": "F1"}), TransientFailure),
        (yes({"upload_url": "https://127.0.0.1:9/x", "file_id": "F1"}), Misconfigured),
        (no("missing_scope", needed="files:write"), Misconfigured),
    ],
)
async def test_a_strange_place_for_a_file_is_not_used(
    workspace: service.Slack, bot: Slack, answer: Reply, failure: type[Failure]
) -> None:
    workspace.refused["files.getUploadURLExternal"] = [answer]

    with pytest.raises(failure):
        await bot.send(UploadPost(files=(PICTURE,)))

    assert workspace.uploads == {}


async def test_a_webhook_uploads_nothing(workspace: service.Slack, hook: Slack) -> None:
    with pytest.raises(Misconfigured, match="bot token"):
        await hook.send(UploadPost(files=(PICTURE,)))

    assert workspace.requests == []
