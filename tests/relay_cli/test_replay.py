"""`replay` if a destination is no longer configured, or an event was not kept completely."""

import json
import time
from pathlib import Path

import pytest

from relay.ledger.identity import Identity
from relay.ledger.record import Progress, Settlement
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch
from testkit.services.telegram import Telegram
from tests.relay_cli.conftest import Command
from tests.relay_cli.test_commands import BODY, telegram

pytestmark = pytest.mark.anyio

KEY = "a" * 64


async def keep(project: Path, body: bytes, first_seen_at: float, *names: str) -> dict[str, str]:
    """Record an event that the last of the destinations has not accepted."""
    ledger = SqliteLedger(project / "kept.db")
    dispatch = Dispatch("mms:downloaded", first_seen_at, tuple(map(DeliverySpec, names)), "the-phones-id")
    outcomes = dict.fromkeys(names, Progress(DeliveryState.DELIVERED)) | {
        names[-1]: Progress(reason="it is down")
    }
    await ledger.claim(Identity(KEY), dispatch, "owner")
    await ledger.settle(KEY, Settlement("owner", dispatch, outcomes, body))
    await ledger.aclose()
    return {"LEDGER_URL": f"sqlite:///{project / 'kept.db'}"}


async def kept_bodies(project: Path) -> list[bytes | None]:
    ledger = SqliteLedger(project / "kept.db")
    records = await ledger.unsettled()
    await ledger.aclose()
    return [record.raw for _, record in records]


async def test_undelivered_shows_the_phones_id_and_the_ledgers_key(relay: Command, project: Path) -> None:
    kept = await keep(project, BODY, time.time() - 60, "telegram")
    async with Telegram() as bot:
        table = await relay("undelivered", env=kept | telegram(bot))
        [row] = json.loads((await relay("undelivered", "--json", env=kept | telegram(bot))).out)
    assert table.out.splitlines()[1].split()[:2] == ["aaaaaaaaaaaa", "the-phones-id"]
    assert (row["key"], row["event"]) == (KEY, "the-phones-id")


async def test_a_delivery_to_an_unknown_destination_is_skipped_and_kept(
    relay: Command, project: Path
) -> None:
    kept = await keep(project, BODY, time.time() - 60, "family")
    async with Telegram() as bot:
        result = await relay("replay", env=kept | telegram(bot))
        assert bot.shown == []
    assert result.status == 1
    assert "✗ aaaaaaaaaaaa family: deferred no destination of this name is configured" in result.out
    assert await kept_bodies(project) == [BODY]


async def test_another_destination_can_be_named_in_its_place(relay: Command, project: Path) -> None:
    kept = await keep(project, BODY, time.time() - 60, "telegram", "family")
    async with Telegram() as bot:
        result = await relay("replay", "--to", "telegram", env=kept | telegram(bot))
    assert result.status == 0
    assert "✓ aaaaaaaaaaaa family: diverted" in result.out
    assert await kept_bodies(project) == []


async def test_a_name_that_is_not_configured_is_refused(relay: Command, project: Path) -> None:
    kept = await keep(project, BODY, time.time() - 60, "family")
    async with Telegram() as bot:
        result = await relay("replay", "--to", "nobody", env=kept | telegram(bot))
    assert (result.status, "there are: telegram" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("age", "words"), [(3600, "the phone still repeats it"), (200_000, "the phone has stopped repeating it")]
)
async def test_an_event_without_its_files_is_left_to_the_phone(
    relay: Command, project: Path, age: int, words: str
) -> None:
    picture = {"name": "a.png", "contentType": "image/png", "kept": False}
    payload = {"sender": "+12025550143", "body": "Look", "attachments": [picture]}
    body = json.dumps({"event": "mms:downloaded", "id": "one", "payload": payload}).encode()
    kept = await keep(project, body, time.time() - age, "telegram")
    async with Telegram() as bot:
        result = await relay("replay", env=kept | telegram(bot))
        assert (result.status, words in result.out, bot.shown) == (1, True, [])
        assert await kept_bodies(project) == [body]
        result = await relay("replay", "--without-files", env=kept | telegram(bot))
        assert (result.status, len(bot.shown)) == (0, 1)
    assert await kept_bodies(project) == []
