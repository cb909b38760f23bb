"""Every kind of destination keeps the contract; one that is new cannot be left out."""

from collections.abc import Mapping, Sequence

from forwarders import REGISTRY
from forwarders.testing.case import Case
from forwarders.testing.contract import Contract
from tests.forwarders.cases.console import ConsoleCase
from tests.forwarders.cases.email import EmailBySmtps, EmailByStarttls
from tests.forwarders.cases.slack import SlackByBot, SlackByWebhook
from tests.forwarders.cases.telegram import TelegramByHttpx, TelegramCase

CASES: Mapping[str, Sequence[type[Case]]] = {
    "telegram": (TelegramCase, TelegramByHttpx),
    "slack": (SlackByWebhook, SlackByBot),
    "email": (EmailBySmtps, EmailByStarttls),
    "console": (ConsoleCase,),
}
"""By the name in the registry: one case, or several where a forwarder has more than one way."""


class TestContract(Contract):
    cases = tuple(case for kind in CASES.values() for case in kind)


def test_no_kind_is_left_out() -> None:
    assert set(CASES) == set(REGISTRY)
    assert all(CASES.values())
