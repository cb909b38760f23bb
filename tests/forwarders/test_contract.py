"""Every kind of destination keeps the contract; one that is new cannot be left out."""

from collections.abc import Mapping, Sequence

import pytest

from forwarders import REGISTRY
from testkit.case import Case
from testkit.contract import Contract
from tests.forwarders.cases.apprise import AppriseCase
from tests.forwarders.cases.console import ConsoleCase
from tests.forwarders.cases.discord import DiscordCase
from tests.forwarders.cases.email import EmailBySmtps, EmailByStarttls
from tests.forwarders.cases.ntfy import NtfyCase
from tests.forwarders.cases.slack import SlackByBot, SlackByWebhook
from tests.forwarders.cases.telegram import TelegramCase
from tests.forwarders.cases.webhook import WebhookCase

CASES: Mapping[str, Sequence[type[Case]]] = {
    "telegram": (TelegramCase,),
    "slack": (SlackByWebhook, SlackByBot),
    "email": (EmailBySmtps, EmailByStarttls),
    "discord": (DiscordCase,),
    "ntfy": (NtfyCase,),
    "webhook": (WebhookCase,),
    "apprise": (AppriseCase,),
    "console": (ConsoleCase,),
}
"""By the name in the registry: one case, or several where a forwarder has more than one way."""


class TestContract(Contract):
    cases = tuple(case for kind in CASES.values() for case in kind)


def test_every_kind_is_under_contract() -> None:
    assert list(CASES) == list(REGISTRY)


@pytest.mark.parametrize("kind", REGISTRY)
def test_a_case_is_of_its_kind(kind: str) -> None:
    assert {case.path for case in CASES[kind]} == {REGISTRY[kind].path}
