"""The watch of a whole deployment: requests record, a tick judges and sends, each thing once."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forwarders.base import TransientFailure
from relay.alerts import ALERT_AFTER
from relay.watch import crowd, recorder
from testkit.service import Service, Trouble, reply
from tests.watch import deployment
from tests.watch.deployment import Deployment, devices
from tests.watch.house import DAY, HOUR, MINUTE, card, event, ping, started

pytestmark = pytest.mark.anyio

ANNA = devices(["anna"])
SILENT = "anna has been silent for 3 h 10 min (last: charging, 80 %, Wi-Fi)."


async def test_a_silent_phone_is_reported_once_and_once_when_it_is_back(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        assert await house.tick() == {"phones": 1, "silent": 0, "sent": 0, "waiting": 0}
        await house.live(5 * HOUR)
        assert house.chat == [SILENT]
        assert await house.tick() == {"phones": 1, "silent": 1, "sent": 0, "waiting": 0}
        await house.live(HOUR, "anna")

        assert house.chat == [SILENT, "anna is back after 5 h 10 min."]


async def test_instances_that_tick_at_once_report_it_once(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA, instances=3) as house:
        await house.live(HOUR, "anna")
        for _ in range(50):
            house.now += 5 * MINUTE
            await asyncio.gather(*(house.tick(instance) for instance in range(3)))

        assert house.chat == [SILENT]


async def test_what_was_not_accepted_is_sent_at_the_next_tick(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        house.telegram.always = reply(500, {"ok": False, "error_code": 500, "description": "Internal"})
        await house.live(4 * HOUR)
        assert (await house.tick())["waiting"] == 1
        house.telegram.always = None
        await house.live(10 * MINUTE)

        assert house.chat == [SILENT]
        assert (await house.tick())["waiting"] == 0


@pytest.mark.parametrize("step", ["_send", "_conclude"])
async def test_a_crash_at_any_point_of_a_tick_reports_nothing_twice(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        for _ in range(60):
            house.now += 5 * MINUTE
            ticker = house.watch()._ticker

            async def crash(_: object) -> None:
                raise asyncio.CancelledError

            with monkeypatch.context() as patched:
                patched.setattr(ticker, step, crash)
                with pytest.raises(asyncio.CancelledError):
                    await house.watch().tick()
        await house.live(10 * MINUTE)
        await house.live(10 * MINUTE, "anna")

        assert [line.partition(" after ")[0] for line in house.chat] == [SILENT, "anna is back"]


async def test_an_outage_of_the_ledger_accuses_nobody(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        file, away = tmp_path / "ledger.sqlite", tmp_path / "away.sqlite"
        file.rename(away)
        file.mkdir()
        await house.live(2 * HOUR, "anna", every=HOUR)
        house.now += 3 * HOUR
        assert await house.tick() == {}
        file.rmdir()
        away.rename(file)
        await house.live(HOUR, "anna")

        assert house.chat == []


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        house.apps.append(house.apps.pop(0))
        await house.live(2 * HOUR)
        house.start()
        house.apps.reverse()
        await house.live(3 * HOUR)

        assert house.chat == [SILENT]


async def test_a_phone_is_one_phone_under_all_its_ids(tmp_path: Path) -> None:
    async with Deployment(tmp_path, '[devices.anna]\nids = ["anna-local", "anna-cloud"]\n') as house:
        await house.live(2 * HOUR, "anna-local", "anna-cloud")
        await house.live(5 * HOUR, "anna-cloud")
        assert (await house.tick())["phones"] == 1
        await house.live(5 * HOUR)

        assert house.chat == [SILENT]


async def test_a_phone_that_gets_a_name_or_loses_it_begins_anew(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.live(2 * HOUR, "anna-of-the-cloud")
        for toml in ('[devices.anna]\nids = "anna-of-the-cloud"\n', ""):
            house._toml = toml
            await house.restart()
            await house.live(5 * MINUTE, "anna-of-the-cloud")
            assert (await house.tick())["phones"] == 1
        await house.live(2 * HOUR, "anna-of-the-cloud")
        await house.live(5 * HOUR)

        assert house.chat == ["phone -cloud has been silent for 3 h 10 min (last: charging, 80 %, Wi-Fi)."]


async def test_who_has_a_key_cannot_fill_the_ledger_with_phones(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        for hour in range(4):
            await house.hear(
                *(f"invented-{hour}-{number}" for number in range(300)), what=event("sms:received")
            )
            known = (await house.watch().store.phones()).known
            assert len(known) <= 1 + recorder.NEWCOMERS * (hour + 1)
            await house.live(HOUR, "anna")
        ticked = await house.tick()

        assert ticked["phones"] == crowd.MOST + 1
        assert house.chat == [
            "More than 100 unknown phones have posted: those not heard for longest are forgotten."
        ]


async def test_a_phone_that_pings_every_five_minutes_is_written_every_ten(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA, instances=2) as house:
        await house.hear("anna")
        written = 0
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as database:
            for number in range(12 * 24):
                before = version(database)
                house.now += 5 * MINUTE
                await house.hear("anna", instance=number % 2)
                await house.hear("anna", what=event("sms:received"), instance=number % 2)
                written += version(database) != before

        assert 24 * 6 - 4 <= written <= 24 * 6 + 4


def version(database: sqlite3.Connection) -> int:
    """Return a number that differs once another connection has changed the file."""
    return int(database.execute("PRAGMA data_version").fetchone()[0])


@pytest.mark.parametrize(
    "what", [ping(74), ping(charging=0), ping(transport=2), ping(failed=4), started(card(1, iccid="11"))]
)
async def test_what_matters_is_written_at_once(what: object, tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna")
        house.now += 10
        await house.hear("anna", what=what)  # type: ignore[arg-type]  # an event
        (phone,) = (await house.watch().store.phones()).known.values()

        assert phone.heard == house.now


async def test_an_event_without_a_device_is_of_no_phone(tmp_path: Path) -> None:
    async with Deployment(tmp_path) as house:
        await house.hear("")

        assert (await house.tick())["phones"] == 0


async def test_a_ledger_that_is_away_costs_only_the_sighting(tmp_path: Path) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        (tmp_path / "ledger.sqlite").unlink()
        (tmp_path / "ledger.sqlite").mkdir()
        await house.hear("anna")
        (tmp_path / "ledger.sqlite").rmdir()
        house.now += recorder.PAUSE
        await house.hear("anna")

        assert (await house.tick())["phones"] == 1


async def test_the_monitor_is_called_by_each_complete_tick(tmp_path: Path) -> None:
    async with Service() as monitor:
        toml = f'[watch]\nto = "family"\nheartbeat = "{monitor.url}/ping/1"\n{ANNA}'
        async with Deployment(tmp_path, toml) as house:
            await house.live(HOUR, "anna")
            assert {request.target for request in monitor.requests} == {"/ping/1"}
            assert len(monitor.requests) == 12
            monitor.always = Trouble.DROP_READ
            await house.live(HOUR, "anna")
            monitor.always = None
            await house.live(HOUR, "anna")

    assert house.chat == [
        "The heartbeat's address does not answer: look at heartbeat in [watch], and at the monitor.",
        "The heartbeat works again.",
    ]


async def test_a_tick_without_a_ledger_calls_no_monitor(tmp_path: Path) -> None:
    async with Service() as monitor:
        toml = f'[watch]\nto = "family"\nheartbeat = "{monitor.url}"\n'
        async with Deployment(tmp_path, toml) as house:
            (tmp_path / "ledger.sqlite").unlink()
            (tmp_path / "ledger.sqlite").mkdir()
            assert await house.tick() == {}

    assert monitor.requests == []


async def test_events_are_counted_for_each_destination_and_hour(tmp_path: Path) -> None:
    async with Deployment(tmp_path, f'{ANNA}[destinations.log]\ntype = "console"\n') as house:
        await house.live(10 * MINUTE, "anna")
        for number in range(3):
            sms = event("sms:received", message=f"number {number}", sender="x")
            if number == 2:
                house.telegram.always = reply(500, {"ok": False, "error_code": 500, "description": "x"})
            deadline = asyncio.get_running_loop().time() + 5
            await house.apps[0].relay.handle(sms, str(number).encode(), deadline)
        house.now += 30  # not yet a minute old
        await house.tick()
        for _ in range(3):
            await house.live(5 * MINUTE, "anna")
        counts = (await house.watch().store.state()).counts

        assert {name: [tuple(each) for each in hours.values()] for name, hours in counts.items()} == {
            "family": [(2, 1)],
            "log": [(3, 0)],
        }


async def test_a_tick_reports_a_destination_that_nobody_has_tried_since(tmp_path: Path) -> None:
    toml = f'[relay]\nalerts = ["family"]\n[destinations.log]\ntype = "console"\n{ANNA}'
    async with Deployment(tmp_path, toml) as house:
        alerts = house.apps[0].alerts
        alerts.attempt_ended("log", TransientFailure("it is down"))
        await alerts.finish(asyncio.get_running_loop().time() + 5)
        await house.tick()
        assert house.chat == []
        house.now += ALERT_AFTER
        await house.tick()
        await house.tick()

        assert [line.partition(" since")[0] for line in house.chat] == ["log fails"]


async def test_notes_of_another_secret_are_erased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Deployment(tmp_path, ANNA) as house:
        await house.live(HOUR, "anna", "somebody-else")
        monkeypatch.setitem(deployment.KEY, "LEDGER_SECRET", "another-secret-of-this-test")
        await house.restart()
        await house.live(10 * MINUTE, "anna")

        assert (await house.tick())["phones"] == 1
        await house.live(DAY, "anna", every=HOUR)
        assert house.chat == []
