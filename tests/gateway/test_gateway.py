"""The gateway's API: one request, and what its answer means."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from android_sms_gateway.domain import Message, TextMessage

from forwarders.http import Http
from relay.config.gateway import GatewaySettings
from relay.gateway import Gateway, Result, Sms
from relay.gateway.parts import count_parts
from testkit.service import Act, Reply, Trouble, reply
from testkit.services.gateway import PASSWORD, USER
from testkit.services.gateway import Gateway as Server

PHONE = "ffffffffceb0b1db00000"
SMS = Sms("reply-1", "+15550100", "On my way", PHONE, 1)


pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(PHONE) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


def gateway(server: Server, http: Http, **changed: Any) -> Gateway:
    settings = {"url": f"{server.url}/3rdparty/v1", "user": USER, "password": PASSWORD, **changed}
    return Gateway(GatewaySettings.model_validate(settings), http)


async def test_what_is_asked_is_what_the_official_client_asks(server: Server, http: Http) -> None:
    assert (await gateway(server, http).send(SMS, 2)).result is Result.ACCEPTED
    [request] = server.requests
    theirs = Message(
        phone_numbers=[SMS.to],
        text_message=TextMessage(text=SMS.text),
        device_id=PHONE,
        sim_number=1,
        ttl=3600,
        id=SMS.id,
    ).asdict()
    assert request.json() == {key: value for key, value in theirs.items() if key in request.json()}
    assert theirs.keys() - request.json().keys() == {"isEncrypted", "priority"}


async def test_without_a_sim_card_the_phone_chooses(server: Server, http: Http) -> None:
    await gateway(server, http).send(Sms("reply-1", "+15550100", "a", PHONE), 2)
    assert "simNumber" not in server.requests[0].json()


async def test_the_same_id_is_one_sms(server: Server, http: Http) -> None:
    for _ in range(3):
        assert (await gateway(server, http).send(SMS, 2)).result is Result.ACCEPTED
    assert len(server.requests) == 3
    assert len(server.accepted) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 418, 422, 429, 503])
async def test_a_refusal_says_that_none_leaves(server: Server, http: Http, status: int) -> None:
    server.always = reply(status, {"message": "a secret text"})
    answer = await gateway(server, http).send(SMS, 2)
    assert answer.result is Result.REFUSED
    assert str(status) in answer.reason
    assert "secret" not in answer.reason


PORTAL = Reply(200, b"<html>Log in to the hotel's Wi-Fi</html>")


@pytest.mark.parametrize(
    "act",
    [
        *(Trouble.HANG, Trouble.DROP_READ, Trouble.DROP_UNREAD, PORTAL),
        *(
            Reply(200, b""),
            reply(202, {"id": "another"}),
            reply(202, [1]),
            reply(500),
            reply(502),
            reply(504),
        ),
        Reply(599, b""),
        *(Reply(status, b"<html>of a proxy</html>") for status in (400, 404, 408, 409, 413, 429, 499, 503)),
    ],
    ids=repr,
)
async def test_anything_else_may_have_been_accepted(server: Server, http: Http, act: Act) -> None:
    server.always = act
    assert (await gateway(server, http).send(SMS, 0.2)).result is Result.UNKNOWN


async def test_another_login_is_refused(server: Server, http: Http) -> None:
    answer = await gateway(server, http, password="wrong").send(SMS, 2)
    assert answer.result is Result.REFUSED
    assert "SMSGATE_USER" in answer.reason


async def test_an_unknown_phone_is_refused(server: Server, http: Http) -> None:
    answer = await gateway(server, http).send(Sms("reply-1", "+15550100", "a", "another"), 2)
    assert answer.result is Result.REFUSED
    assert "does not know the phone" in answer.reason


@pytest.mark.parametrize("state", ["Pending", "Sent", "Failed"])
async def test_the_state_of_an_sms_is_in_the_words_of_the_gateway(
    server: Server, http: Http, state: str
) -> None:
    await gateway(server, http).send(SMS, 2)
    server.states[SMS.id] = state
    assert await gateway(server, http).state(SMS.id, 2) == state


@pytest.mark.parametrize(
    "act", [reply(404, {"message": "x"}), reply(200, [1]), reply(200, {"state": 1}), PORTAL, Trouble.HANG]
)
async def test_no_other_answer_is_a_state(server: Server, http: Http, act: Act) -> None:
    server.always = act
    assert await gateway(server, http).state(SMS.id, 0.2) == ""


async def test_no_server_is_no_answer(http: Http) -> None:
    async with Server() as server:
        pass
    assert (await gateway(server, http).send(SMS, 2)).result is Result.UNKNOWN


def test_nothing_of_an_sms_is_shown() -> None:
    assert "5550100" not in repr(SMS)
    assert "way" not in repr(SMS)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        *(("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3)),
        *(("€" * 80, 1), ("€" * 81, 2), ("€" * 152, 2), ("€" * 153, 3)),
        *(("ü" * 160, 1), ("ç" * 70, 1), ("ç" * 71, 2), ("ж" * 134, 2), ("ж" * 135, 3)),
        *(("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 66, 2), ("😀" * 67, 3), ("😀" * 2048, 63)),
        *(("", 1), ("a\nb", 1), ("`" * 71, 2)),
    ],
)
def test_a_text_is_counted_in_sms(text: str, parts: int) -> None:
    """No part begins with half of a character that takes two septets, or a pair of units."""
    assert count_parts(text) == parts
