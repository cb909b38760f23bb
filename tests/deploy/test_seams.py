"""What deploy.sh assumes about the function, its configuration and its ledger."""

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from anyio import to_thread

import forwarders
from deploy.project import COLLECTION, TTL_FIELD
from deploy.settings import OPEN, is_local, is_open, is_secret
from forwarders import REGISTRY
from relay import request_log, webhook
from relay.config.settings import SETTINGS, Settings
from relay.config.variables import KNOWN
from relay.ledger.firestore import FirestoreLedger, _fields
from relay.ledger.record import Record
from relay.model import Dispatch
from relay_cli.dotenv import read
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.deploy.clone import ENVIRONMENT, ROOT, Clone
from tools.function import HOST, free_port, running


def kinds(*names: str) -> list[str]:
    """Return how deploy.sh classifies each variable."""
    tests = {"local": is_local, "open": is_open, "secret": is_secret}
    return [kind for name in names for kind, test in tests.items() if test(name)]


def secret_variables() -> Iterator[str]:
    for variable, key in SETTINGS.items():
        if not Settings.model_fields[key].repr:
            yield variable
    for kind, entry in REGISTRY.items():
        options = forwarders.load(kind).Options.model_fields if entry.variables else {}
        for variable, option in entry.variables.items():
            if "Secret" in str(options[option].annotation):
                yield variable


def test_every_secret_setting_is_treated_as_secret() -> None:
    names = list(secret_variables())

    assert {"API_KEY", "SIGNING_KEYS", "LEDGER_SECRET", "TELEGRAM_BOT_TOKEN", "SMTP_URL"} <= set(names)
    assert dict(zip(names, kinds(*names), strict=True)) == dict.fromkeys(names, "secret")


def test_every_open_variable_exists() -> None:
    assert OPEN <= KNOWN


def test_unknown_variables_are_secret_and_local_ones_are_not_deployed() -> None:
    assert kinds(
        "BOT_OF_MINE", "SMSGATE_PASSWORD", "DEPLOY_PROJECT", "LEDGER_URL", "GOOGLE_APPLICATION_X"
    ) == [
        "secret",
        "local",
        "local",
        "local",
        "local",
    ]


def test_records_expire_by_the_field_that_the_ledger_writes() -> None:
    default = inspect.signature(FirestoreLedger).parameters["collection"].default

    assert default == COLLECTION
    record = Record(Dispatch("sms:received", 0.0, ()), expires=1_790_000_000.0)
    stored = _fields(record, now=0.0)
    assert stored
    assert stored[TTL_FIELD] == datetime.fromtimestamp(record.expires, UTC)


def test_every_logged_alert_is_explained_in_the_mail() -> None:
    source = inspect.getsource(request_log) + inspect.getsource(webhook)
    logged = set(re.findall(r'"((?:mis|refused-|event-|body-)[\w-]+)"', source))
    policy = (ROOT / "deploy" / "alerts" / "policy-trouble.json").read_text()

    assert logged == set(re.findall(r"- \*\*([\w-]+)\*\*", policy))


@pytest.mark.anyio
async def test_the_test_event_reaches_a_chat_through_the_function_itself(clone: Clone, source: Path) -> None:
    """Run with the real check and the function as a process, not with fakes."""
    clone.program("python", f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    async with Telegram() as service:
        settings = {
            "TELEGRAM_API_URL": service.url,
            "TELEGRAM_CHAT_ID": CHAT,
            "API_KEY": "a-key-of-16-digits",
        }
        clone.write(".env", ENVIRONMENT + "".join(f"{name}={value}\n" for name, value in settings.items()))
        done = await to_thread.run_sync(deployed_to_a_process, clone, source)

    assert [each.returncode for each in done] == [0, 0], done[0].stderr
    assert "The configuration is valid: telegram (telegram)" in done[0].stdout
    assert '"telegram":"delivered"' in done[0].stdout
    assert '"deliveries":{}' in done[1].stdout
    (shown,) = service.shown
    assert "Your relay is deployed." in shown.text


def test_the_check_ignores_the_variables_of_the_shell(clone: Clone) -> None:
    clone.program("python", f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    clone.write(".env", f"TELEGRAM_BOT_TOKEN={TOKEN}\n")
    clone.exported["TELEGRAM_CHAT_ID"] = CHAT

    done = clone.deploy("--project=test-project")

    assert done.returncode == 1
    assert "TELEGRAM_CHAT_ID" in done.stderr
    assert clone.changes() == []


def deployed_to_a_process(clone: Clone, source: Path) -> list[subprocess.CompletedProcess[str]]:
    port = free_port()
    clone.state["url"] = f"http://{HOST}:{port}"
    environ = {**clone.environ(), **read(clone.folder / ".env")}
    with running(environ, port, source):
        return [clone.deploy("--project=test-project"), clone.deploy()]
