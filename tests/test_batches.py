import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.events import BATCHES, INBOUND, TYPES, Event, encode, parse, split
from relay.events.batches import MAX_MESSAGES
from relay.keys import event_key
from relay.routing import is_forwarded_by_default

SMS = {"sender": "6505551212", "simNumber": 1, "message": "One", "receivedAt": "2026-06-22T15:46:11.000Z"}
PING = {"message": "No moment"}
JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5)


def body(event: str, payload: object, batch: object = "b1") -> bytes:
    names = {"id": batch, "deviceId": "d1", "webhookId": "w1"}
    return json.dumps({**names, "event": event, "payload": payload}).encode()


def batch(*messages: object, event: str = "sms:batch:received", name: object = "b1") -> Event:
    return parse(body(event, {"messages": messages}, name))


def key(event: Event, *, by_id: bool = False) -> str:
    return event_key(event, encode(event), by_id=by_id, devices={}, secret=None)


@pytest.mark.parametrize("event", BATCHES)
def test_each_message_is_an_event_as_if_it_had_come_alone(event: str) -> None:
    parts = split(batch(SMS, SMS | {"message": "Two"}, event=event))

    for part, message in zip(parts, (SMS, SMS | {"message": "Two"}), strict=True):
        alone = parse(body(BATCHES[event], message, part.id))
        assert part == alone
        assert (part.raw, parse(encode(part))) == (alone.raw, alone)
        assert key(part) == key(parse(body(BATCHES[event], message, "another id")))


def test_there_is_a_batch_of_each_inbound_type() -> None:
    assert set(BATCHES.values()) == INBOUND
    assert not BATCHES.keys() & TYPES.keys()


@pytest.mark.parametrize("event", [*TYPES, "call:missed"])
def test_any_other_event_is_returned_unchanged(event: str) -> None:
    incoming = parse(body(event, {"messages": [SMS]}))

    assert split(incoming) == (incoming,)


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"messages": None}, {"messages": []}, {"messages": {"0": SMS}}]
)
def test_a_batch_without_messages_is_not_dropped(payload: object) -> None:
    incoming = parse(body("sms:batch:received", payload))

    assert split(incoming) == (incoming,)
    assert is_forwarded_by_default(incoming.type)


def test_entries_that_are_not_messages_become_one_event() -> None:
    first, second, rest = split(batch("One", SMS, None, {}, 5))

    assert (first.payload.text, second.raw["payload"]) == ("One", {})
    assert (rest.type, rest.id) == ("sms:batch:received", "b1-rest")
    assert rest.raw["payload"] == {"messages": ["One", None, 5]}
    assert split(batch("One", None)) == (batch("One", None),)


def test_messages_beyond_the_limit_become_one_event() -> None:
    *parts, rest = split(batch(*({"message": str(number)} for number in range(MAX_MESSAGES + 2))))

    assert [part.payload.text for part in parts] == [str(number) for number in range(MAX_MESSAGES)]
    assert rest.raw["payload"]["messages"] == [{"message": "1000"}, {"message": "1001"}]


def test_a_repeat_gives_each_message_the_same_id_in_any_order() -> None:
    messages = [SMS, PING, PING, {"message": "Third"}]
    first = {key(each, by_id=True): each.payload.text for each in split(batch(*messages))}
    again = {key(each, by_id=True): each.payload.text for each in split(batch(*reversed(messages)))}

    assert first == again
    assert len(first) == 4
    assert not first.keys() & {key(each, by_id=True) for each in split(batch(*messages, name="b2"))}


def test_the_id_of_a_message_reveals_nothing_about_it() -> None:
    ids = [
        {each.id for each in split(batch({"message": code}, {"message": "x"}))}
        for code in ("481516", "481517")
    ]

    assert ids == [{"b1-0", "b1-1"}] * 2


def test_without_a_batch_id_messages_are_identified_by_content() -> None:
    one, two = split(batch(PING, {"message": "Another"}, name=None))

    assert (one.id, two.id) == ("", "")
    assert key(one) == key(split(batch(PING, name=None))[0]) != key(two)


@given(st.lists(JSON | st.dictionaries(st.sampled_from([*SMS, "attachments"]), JSON)))
def test_nothing_of_a_batch_is_lost(messages: list[Any]) -> None:
    incoming = batch(*messages, event="mms:batch:downloaded")
    messages, parts = incoming.raw["payload"]["messages"], split(incoming)

    alone = [each.raw["payload"] for each in parts if each.type == "mms:downloaded"]
    rest = [each for part in parts if part.type in BATCHES for each in part.raw["payload"]["messages"]]
    assert alone == [each for each in messages if isinstance(each, dict)]
    assert rest == [each for each in messages if not isinstance(each, dict)]
    assert len({part.id for part in parts}) == len(parts)


def test_the_samples_of_batches_hold_messages(samples: Mapping[str, bytes]) -> None:
    for event in BATCHES:
        parts = [split(parse(each)) for each in samples.values() if parse(each).type == event]
        assert [{part.type for part in each} for each in parts] == [{BATCHES[event]}], event
