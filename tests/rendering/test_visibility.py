"""How much a destination sees."""

from dataclasses import replace

import pytest

from forwarders.base import Message
from relay.events import CALLS
from relay.model import DeliverySpec, Visibility
from relay.rendering.renderer import intersect
from tests.configured import configured, event
from tests.rendering.rendered import PNG, render, render_as

TIME = ("Time", "Mon 22 Jun 2026, 12:00")
FILE = {"name": "a.png", "data": PNG}
CODE = event(sender="MyBank", message="Your MyBank code is 481516", attachments=[FILE])


def test_code_shows_the_code_alone() -> None:
    message = render_as("code", CODE)

    assert message == Message(
        "One-time code", notes=("Arrived 1 h late",), code="481516", key="the-key", type="sms:received"
    )


@pytest.mark.parametrize("content", ["code", "none"])
def test_none_and_code_without_a_code_only_announce_the_event(content: Visibility) -> None:
    message = render_as(content, event(sender="Mum", message="hello"))

    assert message == Message("An SMS came", notes=("Arrived 1 h late",), key="the-key", type="sms:received")


@pytest.mark.parametrize("event_type", ["mms:downloaded", "sms:failed", "system:ping", "call:missed", *CALLS])
def test_none_shows_nothing_of_any_type(event_type: str) -> None:
    message = render_as("none", event(event_type, sender="Mum", recipient="Dad", reason="why", caller="x"))

    assert (message.text, message.fields, message.event, message.thread) == ("", (), None, "")
    for secret in ("Mum", "Dad", "why", "x:"):
        assert secret not in message.title


def test_masked_leaves_the_shape() -> None:
    message = render_as("masked", CODE)

    assert message.title == "SMS from M••••k"
    assert message.text == "Y••r M••••k c••e is ••••••"
    assert message.fields == (TIME,)
    assert message.notes == ("Arrived 1 h late", "Attachments not shown here: 1")
    assert (message.code, message.event, message.attachments, message.thread) == (None, None, (), "")


@pytest.mark.parametrize("content", ["masked", "code", "none"])
def test_the_key_does_not_reveal_hidden_content(content: Visibility) -> None:
    relay = f'ledger_secret = "{"s" * 32}"'
    one, other = replace(CODE, id="one"), event(sender="MyBank", message="Your MyBank code is 481517")

    key = render_as(content, one).key

    assert key == render_as(content, replace(other, id="one")).key != "the-key"
    assert render_as(content, replace(CODE, id="another")).key != key
    assert render(one, DeliverySpec("work", content=content), config=configured(relay=relay)).key == "the-key"


def test_masked_shows_the_names_of_contacts() -> None:
    assert render_as("masked", event(sender="6505551212")).title == "SMS from Mum"
    missed = event("call:missed", receivedAt=None, caller="+12025550178")
    assert render_as("masked", missed).fields == (("caller", "+•••••••••••"),)


def test_masked_hides_health_checks() -> None:
    checks = {"battery:level": {"observedValue": 18, "status": "warn"}}
    ping = render_as("masked", event("system:ping", health={"checks": checks}))

    assert ping.title == "⚠️ anna: b•••••y •• % (w••n)"


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        ("+12025550178", "+•••••••••••"),
        ("mobile_2025550178", "mobile_••••••••••"),
        ("(202) 555-0178", "(•••) •••-••••"),
        ("06.12.34.56.78", "••.••.••.••.••"),
        ("481516", "••••••"),
        ("list of 12.0", "list of 12.0"),
    ],
)
def test_masked_hides_numbers_in_field_names(key: str, hidden: str) -> None:
    missed = event("call:missed", receivedAt=None, calls={key: "yes"})

    assert render_as("masked", missed).fields == ((f"calls.{hidden}", "y•s"),)
    assert render_as("full", missed).fields == ((f"calls.{key}", "yes"),)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("full", None, "full"),
        ("code", None, "code"),
        ("full", "full", "full"),
        ("masked", "full", "masked"),
        ("full", "code", "code"),
        ("code", "code", "code"),
        ("code", "masked", "none"),
        ("masked", "none", "none"),
        ("none", "full", "none"),
    ],
)
def test_two_limits_are_intersected(one: Visibility, other: Visibility | None, both: Visibility) -> None:
    assert intersect(one, other) == both


def test_a_destination_never_sees_more_than_its_own_limit() -> None:
    config = configured('[destinations.strict]\ntype = "console"\ncontent = "none"')

    assert render(event(sender="Mum"), DeliverySpec("strict"), config=config).title == "An SMS came"
    assert (
        render(event(sender="Mum"), DeliverySpec("strict", content="masked"), config=config).title
        == "An SMS came"
    )
    assert render(event(sender="Mum"), DeliverySpec("gone"), config=config).title == "SMS from Mum"


def test_a_type_that_is_not_known_may_be_a_text_and_is_hidden_like_one() -> None:
    incoming = event("hunter2")

    assert render(incoming).title == "Event hunter2"
    assert render(incoming).type == "hunter2"
    for content in ("masked", "code", "none"):
        message = render_as(content, incoming)
        assert message.type == "other"
        assert "hunter2" not in str(message)
