"""A Slack of this machine, and both ways to post to it."""

from collections.abc import AsyncIterator

import pytest

from forwarders.http import Http
from forwarders.slack import Slack
from forwarders.slack.options import SlackOptions
from testkit.services import slack as service
from testkit.services.slack import CHANNEL, HOOK, TOKEN


@pytest.fixture
async def workspace() -> AsyncIterator[service.Slack]:
    async with service.Slack() as workspace:
        yield workspace


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


@pytest.fixture
def hook(workspace: service.Slack, http: Http) -> Slack:
    return Slack(SlackOptions.model_validate({"webhook_url": f"{workspace.url}{HOOK}"}), http)


@pytest.fixture
def bot(workspace: service.Slack, http: Http) -> Slack:
    options = {"bot_token": TOKEN, "channel": CHANNEL, "api_url": f"{workspace.url}/api/"}
    return Slack(SlackOptions.model_validate(options), http)


@pytest.fixture(params=["hook", "bot"])
def slack(request: pytest.FixtureRequest) -> Slack:
    found: Slack = request.getfixturevalue(request.param)
    return found
