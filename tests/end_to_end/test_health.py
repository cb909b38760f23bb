"""What a monitor is answered, and that it costs nothing and disturbs nobody."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.conftest import API_KEY, Start

pytestmark = pytest.mark.anyio

ON_GOOGLE = {"K_SERVICE": "relay", "NTFY_TOPIC": "relay-of-this-test"}


async def test_health_is_answered_without_a_secret_and_without_a_line(
    function: Start, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    async with (
        function({"LEDGER_URL": f"sqlite:///{ledger}"}, warm=False) as running,
        httpx.AsyncClient(base_url=running.url) as monitor,
    ):
        before = running.output
        got, head = await monitor.get("/health"), await monitor.head("/health")
        asked = await monitor.get(f"/health?apiKey={API_KEY}")
        posted = await monitor.post("/health")
        after = running.output.removeprefix(before)

    assert (got.status_code, got.json(), asked.json()) == (200, {"status": "pass"}, {"status": "pass"})
    assert (got.headers["content-type"], got.headers["cache-control"]) == ("application/json", "no-store")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "17")
    assert posted.status_code == 401
    assert after.count("\n") == 1
    with closing(sqlite3.connect(ledger)) as database:
        assert database.execute("SELECT count(*) FROM records").fetchone() == (0,)


async def test_a_monitor_of_another_path_is_refused_without_a_warning(function: Start) -> None:
    async with function(ON_GOOGLE, warm=False) as running, httpx.AsyncClient(base_url=running.url) as monitor:
        answers = [await monitor.request(method, "/healthy") for method in ("GET", "HEAD", "PUT", "DELETE")]
        lines = [(line["severity"], line["status"], line["authenticated"]) for line in running.lines]

    assert [(each.status_code, each.headers["allow"]) for each in answers] == [(405, "POST")] * 4
    assert json.loads(answers[0].content)["error"] == "method"
    assert lines == [("INFO", 405, False)] * 2 + [("WARNING", 405, False)] * 2
