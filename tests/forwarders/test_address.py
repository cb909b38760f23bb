"""Which addresses may be http, for every forwarder that takes one."""

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from forwarders import load
from forwarders.address import is_local, secure
from testkit.services.telegram import TOKEN

LOCAL = [
    *("localhost", "127.0.0.1", "127.8.9.10", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"),
    *("10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.178.20", "169.254.3.4"),
    *("[fd12:3456::1]", "[fc00::1]", "[fe80::1]", "[::ffff:192.168.1.2]"),
    *(
        "nas.local",
        "gotify.lan",
        "ntfy.home.arpa",
        "relay.internal",
        "a.localhost",
        "NAS.Local",
        "nas.local.",
        "localhost.",
    ),
    *("gotify", "telegram-bot-api", "my_service", "3proxy"),
]
PUBLIC = [
    *("example.org", "8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "11.0.0.1", "192.0.2.1"),
    *("100.64.0.1", "198.18.0.1"),
    *("[2001:4860:4860::8888]", "[2001:db8::1]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]"),
    *("local.example.org", "mylocal.org", "home.arpa.example", "10.0.0.1.example.org", "lan.com", "x.arpa"),
    *("134744072", "0x08080808", "fd00.example.org", "0x8.8", "010.0.0.1", "ai."),
    *("example%2Eorg", "8%2e8%2e8%2e8", "example。org", "example｡org", "example．org", "8。8。8。8"),  # noqa: RUF001  (such dots are what is tested)
    *("0ｘ08080808", "example.org\\.local", "[fe80::1%25eth0]"),  # noqa: RUF001  (such dots are what is tested)
]  # fmt: skip
OPTIONS = {
    "telegram": ("api_url", "http://{host}:8081", {"bot_token": TOKEN, "chat_id": "1"}),
    "slack": ("webhook_url", "http://{host}/services/T0/B0/X0", {}),
    "discord": ("webhook_url", "http://{host}/api/webhooks/1/abc", {}),
    "ntfy": ("url", "http://{host}:2586", {"topic": "sms"}),
    "webhook": ("url", "http://{host}/in?a=b", {"secrets": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
}


@pytest.mark.parametrize("host", LOCAL)
def test_a_host_of_the_own_network(host: str) -> None:
    assert is_local(host.strip("[]"))


@pytest.mark.parametrize("host", PUBLIC)
def test_a_host_of_another_network(host: str) -> None:
    assert not is_local(host.strip("[]"))


@pytest.mark.parametrize("host", PUBLIC)
def test_the_address_of_another_network_must_be_https(host: str) -> None:
    with pytest.raises(PydanticCustomError, match=r"it must begin with https://|it is not the address"):
        secure("url", f"http://{host}/in")


def test_a_backslash_ends_no_host() -> None:
    with pytest.raises(PydanticCustomError, match="it is not the address of a web service"):
        secure("url", r"http://example.org\@nas.local/")


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_forwarder_takes_http_within_the_own_network_only(kind: str) -> None:
    option, url, others = OPTIONS[kind]
    for host in ("192.168.178.20", "nas.lan", "[fe80::1]"):
        load(kind).Options(**others, **{option: url.format(host=host)})
    for host in ("hooks.example.org", "8.8.8.8", "[::ffff:8.8.8.8]"):
        with pytest.raises(ValidationError, match="http:// is only for your own network"):
            load(kind).Options(**others, **{option: url.format(host=host)})
