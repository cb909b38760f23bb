"""The job of Cloud Scheduler that lets the watch tick."""

import pytest

from deploy.failures import Stopped
from deploy.options import read_options
from relay.config.settings import Settings
from relay.watch.endpoints import tick_secret
from tests.deploy.clone import Clone


def watched(clone: Clone, *lines: str) -> Clone:
    clone.write(".env", clone.env + "".join(f"{line}\n" for line in ("WATCH=telegram", *lines)))
    return clone


def secret_of(clone: Clone) -> str:
    (job,) = clone.state["jobs"]
    header: str = job["httpTarget"]["headers"]["Authorization"]
    return header.removeprefix("Bearer ")


def expected_secret(clone: Clone) -> str:
    """Return the secret that the function takes for right."""
    lines = dict(line.split("=", 1) for line in clone.env.splitlines() if "=" in line)
    settings = {"api_keys": "k", "ledger_secret": lines["LEDGER_SECRET"]}
    if "TICK_SECRET" in lines:
        settings["tick_secret"] = lines["TICK_SECRET"]
    secret = tick_secret(Settings.model_validate(settings))
    assert secret
    return secret.decode()


def test_the_job_calls_the_function_with_the_secret_that_it_derives(deployed: Clone) -> None:
    done = watched(deployed).deploy("--watch")

    assert done.returncode == 0, done.stderr
    (job,) = deployed.state["jobs"]
    assert job["httpTarget"]["uri"] == f"{deployed.state['url']}/tick"
    assert (job["httpTarget"]["httpMethod"], job["schedule"]) == ("POST", "*/5 * * * *")
    assert job["description"].startswith("sms_relay=sms-relay ")
    assert secret_of(deployed) == expected_secret(deployed)


def test_the_secret_is_on_no_command_line_and_in_no_output(deployed: Clone) -> None:
    done = watched(deployed).deploy("--watch")

    assert secret_of(deployed) not in done.stdout + done.stderr + "\n".join(deployed.changes())


def test_it_is_remembered_and_changed_only_with_what_it_depends_on(deployed: Clone) -> None:
    watched(deployed).deploy("--watch")
    deployed.cloud.lines.clear()

    deployed.deploy()
    assert deployed.changes() == []
    deployed.write(".env", f"{deployed.env}TICK_SECRET=another-secret-of-this-test\n")
    deployed.deploy()
    assert secret_of(deployed) == expected_secret(deployed) == "another-secret-of-this-test"
    changed = [each for each in deployed.changes() if each.startswith("scheduler")]
    assert [each.split()[:5] for each in changed] == [
        ["scheduler", "jobs", "update", "http", "sms-relay-tick"]
    ]


def test_nothing_ticks_where_nothing_is_watched(deployed: Clone) -> None:
    done = deployed.deploy("--watch")

    assert done.returncode == 1
    assert "--watch: nothing is watched." in done.stderr
    assert deployed.state["jobs"] == []


@pytest.mark.parametrize("words", [("--no-watch",), ("destroy", "--yes")])
def test_the_job_is_removed(deployed: Clone, words: tuple[str, ...]) -> None:
    watched(deployed).deploy("--watch")

    done = deployed.deploy(*words)

    assert done.returncode == 0, done.stderr
    assert deployed.state["jobs"] == []
    assert "DEPLOY_WATCH" not in deployed.env


def test_the_doctor_misses_a_job_that_is_gone(deployed: Clone) -> None:
    watched(deployed).deploy("--watch")
    deployed.state["jobs"].clear()

    assert "✗ The watch ticks every five minutes" in deployed.deploy("doctor").stdout


def test_one_of_both() -> None:
    with pytest.raises(Stopped):
        read_options(["--watch", "--no-watch"])
