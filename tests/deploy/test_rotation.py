"""A new API key: beside the old one, then alone."""

import hashlib

import pytest

from tests.deploy.clone import Clone
from tests.deploy.cloud.logs import entry
from tests.deploy.cloud.vault import make_older
from tests.deploy.function import Function


def log_use(
    clone: Clone, key: str, hours: float, service: str = "sms-relay", *, admitted: bool = True
) -> None:
    """Add a line to the log: a request with this key."""
    tag = hashlib.sha256(key.encode()).hexdigest()[:4]
    clone.state["log"].append(entry(hours, service, key=tag, authenticated=admitted))


@pytest.fixture
def rotated(deployed: Clone) -> Clone:
    done = deployed.deploy("rotate-key")
    assert done.returncode == 0, done.stderr
    deployed.cloud.lines.clear()
    deployed.function.posts.clear()
    return deployed


def test_both_keys_are_valid_and_the_webhooks_use_the_new_one(deployed: Clone, function: Function) -> None:
    old = deployed.value("API_KEY")

    done = deployed.deploy("rotate-key")

    assert done.returncode == 0, done.stderr
    new, comma, last = deployed.value("API_KEY").partition(",")
    assert (comma, last) == (",", old)
    assert deployed.setting("API_KEY") == f"{new},{old}"
    assert deployed.deployed()["secrets"]["API_KEY"] == "sms-relay-API_KEY:2"
    assert [each["key"] for each in function.posts] == [[new]]
    assert deployed.state["registered"] == function.url
    assert deployed.changes()[-1] == f"relay register --again {function.url}"
    assert "--finish" in done.stdout


def test_a_key_in_the_shell_is_not_registered(deployed: Clone) -> None:
    environment = deployed.folder.parent / "environment"
    program = deployed.door.program("relay").replace("#!/bin/bash\n", f"#!/bin/bash\nenv >>'{environment}'\n")
    deployed.program("relay", program)
    deployed.exported["API_KEY"] = "the-old-key-of-this-shell"

    done = deployed.deploy("rotate-key")

    assert done.returncode == 0, done.stderr
    assert "SHLVL" in environment.read_text()
    assert "API_KEY" not in environment.read_text()


def test_an_interrupted_rotation_continues_with_the_same_key(deployed: Clone) -> None:
    deployed.cloud.always_fails = "functions deploy"
    assert deployed.deploy("rotate-key").returncode == 1
    keys = deployed.value("API_KEY")
    deployed.cloud.always_fails = None

    done = deployed.deploy("rotate-key")

    assert done.returncode == 0, done.stderr
    assert deployed.value("API_KEY") == keys
    assert deployed.deployed()["secrets"]["API_KEY"] == "sms-relay-API_KEY:2"


def test_without_a_login_it_says_how_to_register(deployed: Clone) -> None:
    deployed.write(".env", deployed.env.replace("SMSGATE_USER=operator\n", ""))

    done = deployed.deploy("rotate-key")

    assert "registered" not in deployed.state
    assert f"-m relay register --again {deployed.function.url}" in done.stdout


def test_a_deployment_in_between_keeps_both_keys(rotated: Clone) -> None:
    rotated.deploy()

    assert rotated.changes() == []


def test_the_old_key_stays_for_48_hours(rotated: Clone) -> None:
    make_older(rotated.state, "sms-relay-API_KEY", hours=47.9)

    done = rotated.deploy("rotate-key", "--finish")

    assert done.returncode == 1
    assert "younger than 48 hours" in done.stderr
    assert rotated.changes() == []


@pytest.mark.parametrize("hours", [0.1, 0.9])
def test_the_old_key_stays_while_it_is_used(rotated: Clone, hours: float) -> None:
    make_older(rotated.state, "sms-relay-API_KEY", hours=49)
    log_use(rotated, rotated.value("API_KEY").partition(",")[2], hours)

    done = rotated.deploy("rotate-key", "--finish")

    assert done.returncode == 1
    assert "used within the last hour" in done.stderr
    assert rotated.changes() == []


def test_then_the_old_key_is_removed(rotated: Clone, function: Function) -> None:
    new, _, old = rotated.value("API_KEY").partition(",")
    make_older(rotated.state, "sms-relay-API_KEY", hours=49)
    log_use(rotated, old, hours=2)
    log_use(rotated, old, hours=0.1, service="another-function")
    log_use(rotated, old, hours=0.1, admitted=False)
    log_use(rotated, new, hours=0.1)

    done = rotated.deploy("rotate-key", "--finish")

    assert done.returncode == 0, done.stderr
    assert rotated.value("API_KEY") == rotated.setting("API_KEY") == new
    assert [each["key"] for each in function.posts] == [[new]]
    states = [each["state"] for each in rotated.state["secrets"]["sms-relay-API_KEY"]["versions"]]
    assert states == ["DESTROYED", "DESTROYED", "ENABLED"]


def test_an_interrupted_finish_continues(rotated: Clone) -> None:
    make_older(rotated.state, "sms-relay-API_KEY", hours=49)
    rotated.cloud.always_fails = "functions deploy"
    assert rotated.deploy("rotate-key", "--finish").returncode == 1
    rotated.cloud.always_fails = None

    assert rotated.deploy("rotate-key", "--finish").returncode == 0
    assert rotated.deployed()["secrets"]["API_KEY"] == "sms-relay-API_KEY:3"


def test_a_compromised_key_is_removed_at_once(deployed: Clone, function: Function) -> None:
    old = deployed.value("API_KEY")

    done = deployed.deploy("rotate-key", "--compromised", "--yes")

    assert done.returncode == 0, done.stderr
    new = deployed.value("API_KEY")
    assert old not in new
    assert "," not in new
    assert [each["key"] for each in function.posts] == [[new]]
    assert deployed.state["registered"] == function.url


def test_a_compromised_key_asks_first(deployed: Clone) -> None:
    done = deployed.deploy("rotate-key", "--compromised")

    assert done.returncode == 1
    assert "needs a confirmation" in done.stderr
    assert deployed.changes() == []


def test_without_a_deployment_there_is_nothing_to_rotate(clone: Clone) -> None:
    clone.state["services"].append("secretmanager.googleapis.com")

    done = clone.deploy("rotate-key", "--project=test-project")

    assert "Nothing is deployed under the name sms-relay" in done.stderr
    assert clone.changes() == []


def test_a_secret_that_is_new_in_env_does_not_stop_a_rotation(deployed: Clone) -> None:
    deployed.write(".env", f"{deployed.env}OF_MINE=not-deployed-yet\n")

    done = deployed.deploy("rotate-key", "--compromised", "--yes")

    assert done.returncode == 0, done.stderr
    assert deployed.value("OF_MINE") == "not-deployed-yet"
