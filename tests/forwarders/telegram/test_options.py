"""What an operator may write, and what is refused without being quoted."""

import pytest
from pydantic import ValidationError

from testkit.services.telegram import TOKEN
from tests.forwarders.telegram.sending import options


@pytest.mark.parametrize(
    "token", ["", "x", "123:short", f"{TOKEN} x", f"bot{TOKEN}", "١٢٣:" + "a" * 35, "123456789:" + "é" * 35]
)
def test_what_is_not_a_token_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(ValidationError) as caught:
        options(bot_token=token)

    assert "BotFather" in str(caught.value)
    assert not token or token not in str(caught.value).replace("x", "")


@pytest.mark.parametrize("chat", ["@my_channel", "-1001234567890", " 42 ", 42, -100])
def test_a_chat_is_a_number_or_a_name(chat: str | int) -> None:
    assert options(chat_id=chat).chat_id == str(chat).strip()


@pytest.mark.parametrize(
    "chat", ["", "0", "@x", "my_channel", "https://t.me/my_channel", "+4915", "- 5", True, None, 1.5, [1]]
)
def test_what_is_not_a_chat_is_refused(chat: object) -> None:
    with pytest.raises(ValidationError, match="chat"):
        options(chat_id=chat)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.telegram.org",
        "https://bots.example.org/base",
        "http://localhost:8081",
        "http://127.0.0.1:8081",
        "http://[::1]:8081",
        "http://10.1.2.3",
        "http://192.168.1.5:8081",
        "http://telegram-bot-api:8081",
        "http://bots.internal",
        "http://0.0.0.0:8081",
    ],
)
def test_a_server_of_ones_own_is_a_url(url: str) -> None:
    assert options(api_url=f"{url}/ ").api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bots.example.org",
        "ftp://bots.example.org",
        "https://",
        "https://bots.example.org/?a=b",
        "https://bots.example.org:port",
        "https://[::1",
        "http://api.telegram.org",
        "http://8.8.8.8",
    ],
)
def test_what_would_show_the_token_to_the_world_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"must be|is not the address"):
        options(api_url=url)


@pytest.mark.parametrize("transport", ["shared", "httpx"])
def test_a_configuration_that_names_an_http_client_stays_valid(transport: str) -> None:
    assert options(transport=transport).transport == transport


def test_unknown_options_and_topics_are_refused() -> None:
    for more in ({"token": "x"}, {"thread_id": 0}, {"transport": "pigeon"}):
        with pytest.raises(ValidationError):
            options(**more)
