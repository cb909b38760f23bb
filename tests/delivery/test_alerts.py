"""People are alerted when a destination stops working, and when it works again."""

import asyncio

import pytest

from forwarders.base import Failure, Message, MessageRefused, Misconfigured, TransientFailure
from relay.alerts import ALERT_AFTER, ALERT_EVERY, LOOK_AGAIN, Alerts
from relay.keys import stored_name
from relay.ledger.identity import Identity
from relay.ledger.memory import MemoryLedger
from relay.ledger.tiered import TieredLedger
from relay.model import DeliverySpec, Dispatch
from tests.delivery.place import Clock, Line, Place, Step

pytestmark = pytest.mark.anyio

DOWN = TransientFailure("it is down")
LOST = Misconfigured("chat not found")


class Watch:
    """An alerting instance whose alerts go to a mailbox; several may share a ledger."""

    def __init__(
        self, *script: Step, durable: MemoryLedger | None = None, clock: Clock | None = None
    ) -> None:
        self.clock = clock or Clock()
        self.mail = Mailbox(*script)
        self.reports: list[str] = []
        ledger = TieredLedger(MemoryLedger(self.clock), durable, self.reports.append)
        places = {"telegram": Mailbox(), "email": self.mail}
        self.alerts = Alerts(
            ("telegram", "email"), places, ledger, clock=self.clock, report=self.reports.append
        )

    async def note(self, failure: Failure | None, after: float = 0.0) -> list[str]:
        """Note how a delivery to Telegram ended; return the titles of the alerts since."""
        self.clock.now += after
        before = len(self.mail.titles)
        self.alerts.attempt_ended("telegram", failure)
        await self.alerts.finish(asyncio.get_running_loop().time() + 2)
        return self.mail.titles[before:]


class Mailbox(Place):
    """Keeps the titles and texts of what it was sent."""

    def __init__(self, *script: Step) -> None:
        super().__init__(*script)
        self.titles: list[str] = []
        self.texts: list[str] = []

    def plan(self, message: Message) -> tuple[Line, ...]:
        self.titles.append(message.title)
        self.texts.append(message.text)
        return super().plan(message)


async def test_what_only_people_can_fix_is_reported_at_once() -> None:
    watch = Watch()
    assert await watch.note(LOST) == ["telegram refuses since 08:00"]
    assert watch.mail.texts == ["chat not found; 0 messages wait"]


async def test_a_final_refusal_is_reported_at_once() -> None:
    assert await Watch().note(MessageRefused("too odd")) == ["telegram refuses since 08:00"]


async def test_it_is_reported_at_most_once_an_hour() -> None:
    watch = Watch()
    await watch.note(LOST)
    assert await watch.note(LOST, ALERT_EVERY - 1) == []
    assert await watch.note(LOST, 1) == ["telegram refuses since 08:00"]


async def test_a_service_that_is_down_is_reported_after_fifteen_minutes_of_failures() -> None:
    watch = Watch()
    assert await watch.note(DOWN) == []
    assert await watch.note(DOWN, ALERT_AFTER - 1) == []
    assert await watch.note(DOWN, 1) == ["telegram fails since 08:00"]


async def test_a_success_in_between_starts_the_fifteen_minutes_anew() -> None:
    watch = Watch()
    await watch.note(DOWN)
    assert await watch.note(None, ALERT_AFTER - 1) == []
    await watch.note(DOWN, 1)
    assert await watch.note(DOWN, ALERT_AFTER - 1) == []


async def test_that_it_works_again_is_reported_once() -> None:
    watch = Watch()
    await watch.note(LOST)
    assert await watch.note(None, 60) == ["telegram works again"]
    assert watch.mail.texts[-1] == "It failed since 08:00: chat not found"
    assert await watch.note(None, 60) == []


async def test_that_it_works_again_is_reported_although_it_worked_a_moment_before_it_failed() -> None:
    watch = Watch()
    assert await watch.note(None) == []
    assert await watch.note(LOST, 60) == ["telegram refuses since 08:01"]
    assert await watch.note(None, LOOK_AGAIN - 61) == ["telegram works again"]


async def test_several_instances_report_it_once() -> None:
    clock = Clock()
    durable = MemoryLedger(clock)
    one, two = Watch(durable=durable, clock=clock), Watch(durable=durable, clock=clock)
    titles = await one.note(LOST) + await two.note(LOST)
    assert titles == ["telegram refuses since 08:00"]
    assert await two.note(None, 60) == ["telegram works again"]
    assert await one.note(None) == []


async def test_an_incident_that_version_0_1_reported_is_reported_as_over() -> None:
    durable = MemoryLedger(Clock())
    note = {"since": Clock().now - 60, "reason": "chat not found", "told": Clock().now - 60}
    await durable.update_note(stored_name("alert telegram", None), lambda _before: note)
    assert await Watch(durable=durable).note(None) == ["telegram works again"]


async def test_what_is_waiting_is_counted() -> None:
    clock = Clock()
    durable = MemoryLedger(clock)
    watch = Watch(durable=durable, clock=clock)
    await durable.claim(
        Identity("a"),
        Dispatch("sms:received", clock(), (DeliverySpec("telegram"), DeliverySpec("email"))),
        "owner",
    )
    await durable.claim(Identity("b"), Dispatch("sms:received", clock(), (DeliverySpec("email"),)), "owner")
    await watch.note(LOST)
    assert watch.mail.texts == ["chat not found; 1 message waits"]


async def test_an_alert_that_reached_nobody_is_sent_again() -> None:
    watch = Watch(DOWN)
    await watch.note(LOST)
    assert watch.mail.accepted == []
    assert watch.reports == ["an alert did not reach email: it is down"]
    assert len(await watch.note(LOST, 60)) == 1


async def test_an_announcement_is_made_once_an_hour() -> None:
    watch = Watch()
    for _ in range(2):
        watch.alerts.announce("too large", "A message was too large", "17 MB")
        await watch.alerts.finish(asyncio.get_running_loop().time() + 2)
    assert watch.mail.titles == ["A message was too large"]


class Untouched(MemoryLedger):
    async def update_note(self, name: str, change: object, patience: float | None = None) -> None:
        raise AssertionError(name, change, patience)


async def test_an_alert_that_hangs_holds_up_one_request_and_no_more() -> None:
    watch = Watch(asyncio.Event())
    loop = asyncio.get_running_loop()
    watch.alerts.attempt_ended("telegram", LOST)
    begun = loop.time()
    await watch.alerts.finish(begun + 0.5)
    await watch.alerts.finish(loop.time() + 3600)
    assert loop.time() == begun + 0.5


async def test_who_asked_to_be_left_alone_gets_no_alert_meanwhile() -> None:
    watch = Watch(TransientFailure("busy", 600.0))
    assert await watch.note(LOST) == ["telegram refuses since 08:00"]
    assert await watch.note(LOST) == []
    assert watch.reports[-1] == "an alert did not reach email: it asked to be left alone for a while"
    assert await watch.note(LOST, 601) == ["telegram refuses since 08:00"]
    assert watch.mail.calls == 2


async def test_nobody_else_to_alert_costs_nothing() -> None:
    ledger = TieredLedger(Untouched(Clock()), None, lambda _problem: None)
    alone = Alerts(("telegram",), {"telegram": Mailbox()}, ledger)
    for failure in (LOST, None):
        alone.attempt_ended("telegram", failure)
    Alerts((), {}, ledger).announce("x", "y", "z")
    await alone.finish(asyncio.get_running_loop().time() + 2)
