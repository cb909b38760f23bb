"""What deploy.sh takes for granted of the function, its configuration and its ledger."""

import inspect
import re
import subprocess
from collections.abc import Iterator

import pytest

import forwarders
from forwarders import REGISTRY
from relay.config.settings import SETTINGS, Settings
from relay.config.variables import KNOWN
from relay.ledger.firestore import FirestoreLedger
from tests.deploy.clone import ROOT

SCRIPT = "source deploy/talk.sh; source deploy/settings.sh; for name; do kind $name; echo; done"


def kinds(*names: str) -> list[str]:
    """Return what deploy.sh takes each variable for."""
    command = ["bash", "-c", SCRIPT, "bash", *names]
    return subprocess.check_output(command, cwd=ROOT, text=True).split()


def secret_variables() -> Iterator[str]:
    for variable, key in SETTINGS.items():
        if not Settings.model_fields[key].repr:
            yield variable
    for kind, entry in REGISTRY.items():
        options = forwarders.load(kind).Options.model_fields if entry.variables else {}
        for variable, option in entry.variables.items():
            if "Secret" in str(options[option].annotation):
                yield variable


def test_no_secret_of_the_configuration_is_taken_for_an_open_variable() -> None:
    names = list(secret_variables())

    assert {"API_KEY", "SIGNING_KEYS", "LEDGER_SECRET", "TELEGRAM_BOT_TOKEN", "SMTP_URL"} <= set(names)
    assert dict(zip(names, kinds(*names), strict=True)) == dict.fromkeys(names, "secret")


def test_every_variable_that_is_open_is_known() -> None:
    text = (ROOT / "deploy" / "settings.sh").read_text()
    (listed,) = re.findall(r"^    (TELEGRAM_CHAT_ID.*?)\)", text, re.MULTILINE | re.DOTALL)

    assert set(re.findall(r"\w+", listed)) <= KNOWN


def test_what_is_not_known_is_secret_and_what_is_not_for_the_function_stays_here() -> None:
    assert kinds(
        "BOT_OF_MINE", "SMSGATE_PASSWORD", "DEPLOY_PROJECT", "LEDGER_URL", "GOOGLE_APPLICATION_X"
    ) == [
        "secret",
        "local",
        "local",
        "local",
        "local",
    ]


def test_records_expire_where_the_ledger_keeps_them() -> None:
    text = (ROOT / "deploy" / "project.sh").read_text()
    default = inspect.signature(FirestoreLedger).parameters["collection"].default

    assert re.findall(r"^readonly COLLECTION=(\w+)", text, re.MULTILINE) == [default]
    (field,) = re.findall(r"^readonly TTL_FIELD=(\w+)", text, re.MULTILINE)
    assert f'"{field}": datetime' in inspect.getsource(FirestoreLedger)


@pytest.mark.parametrize("name", ["main.py", "requirements.txt"])
def test_what_the_upload_is_made_of_is_there(name: str) -> None:
    assert (ROOT / name).exists()
