"""What an operator may write of a Slack channel."""

import re

import pytest
from pydantic import ValidationError

from forwarders.slack.options import SlackOptions
from testkit.services.slack import CHANNEL, HOOK, TOKEN


@pytest.mark.parametrize(
    ("options", "option", "problem"),
    [
        ({}, "webhook_url", "or a bot token and a channel"),
        ({"webhook_url": f"https://hooks.slack.com{HOOK}", "bot_token": TOKEN}, "webhook_url", "remove them"),
        ({"webhook_url": f"https://hooks.slack.com{HOOK}", "channel": CHANNEL}, "webhook_url", "remove them"),
        ({"bot_token": TOKEN}, "channel", "needs the ID of a channel"),
        ({"channel": CHANNEL}, "bot_token", "needs the token of a bot"),
        ({"webhook_url": "hook-secret-9d1c"}, "webhook_url", "https://"),
        ({"webhook_url": f"http://hooks.slack.com{HOOK}"}, "webhook_url", "https://"),
        ({"webhook_url": "https://[hook-secret-9d1c"}, "webhook_url", "https://"),
        ({"webhook_url": "https://example.org:hook-secret-9d1c"}, "webhook_url", "https://"),
        ({"webhook_url": "https:///hook-secret-9d1c"}, "webhook_url", "https://"),
        (
            {"webhook_url": "https://hooks.slack.com/triggers/hook-secret-9d1c"},
            "webhook_url",
            "not an incoming",
        ),
        ({"bot_token": "xapp-token-secret-77aa", "channel": CHANNEL}, "bot_token", "xoxb-"),
        ({"bot_token": f"{TOKEN}\nX: y", "channel": CHANNEL}, "bot_token", "xoxb-"),
        ({"bot_token": "", "channel": CHANNEL}, "bot_token", "xoxb-"),
        ({"bot_token": TOKEN, "channel": ""}, "channel", "not its name"),
        ({"bot_token": TOKEN, "channel": "#general"}, "channel", "not its name"),
        ({"bot_token": TOKEN, "channel": CHANNEL, "api_url": "http://slack.com/api"}, "api_url", "https://"),
    ],
)
def test_a_wrong_option_is_told_by_its_name(options: dict[str, str], option: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)) as caught:
        SlackOptions.model_validate(options)

    (error,) = caught.value.errors()
    assert error["ctx"]["option"] == option
    assert "hook-secret-9d1c" not in str(caught.value)
    assert "token-secret-77aa" not in str(caught.value)


def test_blanks_around_what_was_pasted_do_no_harm() -> None:
    bot = SlackOptions.model_validate({"bot_token": f" {TOKEN}\n", "channel": f"{CHANNEL} "})
    hook = SlackOptions.model_validate({"webhook_url": f"\nhttps://hooks.slack.com{HOOK} "})

    assert bot.bot_token
    assert (bot.bot_token.get_secret_value(), bot.channel) == (TOKEN, CHANNEL)
    assert hook.webhook_url
    assert hook.webhook_url.get_secret_value() == f"https://hooks.slack.com{HOOK}"


def test_options_show_no_secret() -> None:
    hook = SlackOptions.model_validate({"webhook_url": f"https://hooks.slack.com{HOOK}"})
    bot = SlackOptions.model_validate({"bot_token": TOKEN, "channel": CHANNEL})

    assert "hook-secret-9d1c" not in f"{hook} {hook!r} {hook.model_dump()}"
    assert TOKEN not in f"{bot} {bot!r} {bot.model_dump()}"
