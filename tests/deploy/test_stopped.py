"""deploy.sh when something fails: it stops, says what to do, and another run continues."""

import re
from collections.abc import Iterator
from zlib import crc32

import pytest

from tests.deploy.clone import Clone
from tests.deploy.function import Function

SHARES = 6
"""The steps that can fail are divided among this many tests: one for all takes half a minute."""


@pytest.mark.parametrize("share", range(SHARES))
def test_each_failing_step_says_what_to_do_and_another_run_continues(clone: Clone, share: int) -> None:
    clone.cloud.fails_once = lambda line: crc32(line.encode()) % SHARES == share
    words = ("--project=test-project", "--alerts=me@example.org")
    outcomes = list(run_until_success(clone, *words))

    failed = [line.text for line in clone.cloud.lines if line.failed]
    assert len(failed) == len(set(failed)) > 0
    for stopped in outcomes[:-1]:
        assert re.search(r"✗ Stopped at: .+\n  .+\n  Then run the same command again", stopped)
    settled = clone.state.copy()
    clone.cloud.fails_once = lambda _line: False
    clone.cloud.lines.clear()
    assert clone.deploy().returncode == 0
    assert clone.changes() == []
    assert clone.state == settled


@pytest.mark.parametrize("share", range(SHARES))
def test_after_ctrl_c_at_any_step_another_run_continues(clone: Clone, share: int) -> None:
    clone.cloud.interrupts_once = lambda line: crc32(line.encode()) % SHARES == share
    outcomes = list(run_until_success(clone, "--project=test-project", "--alerts=me@example.org"))

    assert len(outcomes) > 1
    for stopped in outcomes[:-1]:
        assert re.search(r"✗ Stopped at: .+\n  .+\n  Then run the same command again", stopped)
    assert clone.state["run"]["us-central1/sms-relay"]["policy"]["bindings"]
    assert len(clone.state["functions"]) == len(clone.state["channels"]) == 1


def run_until_success(clone: Clone, *words: str) -> Iterator[str]:
    """Run until it succeeds, and yield the errors of each run."""
    for _ in range(40):
        done = clone.deploy(*words)
        assert not [*clone.temporary.iterdir()]
        yield done.stderr
        if done.returncode == 0:
            return


def test_an_invalid_configuration_stops_before_anything_is_created(clone: Clone) -> None:
    clone.cloud.always_fails = "relay check"

    done = clone.deploy("--project=test-project")

    assert done.returncode == 1
    assert "Stopped at: The configuration is valid" in done.stderr
    assert clone.changes() == []


@pytest.mark.parametrize(
    ("broken", "output"),
    [
        ("auth list", "You are logged in"),
        ("services list", "Google's services"),
        ("secrets list", "Every secret that is deployed is in .env"),
        ("secrets versions access", "Every secret that is deployed is in .env"),
        ("functions list", "It is clear which relay is meant"),
        ("functions describe", "Its address is known"),
        ("run services describe", "Everybody may call the function"),
    ],
)
def test_a_failed_query_is_never_taken_for_a_missing_resource(
    deployed: Clone, broken: str, output: str
) -> None:
    key = deployed.value("API_KEY")
    deployed.cloud.always_fails = broken

    done = deployed.deploy()

    assert done.returncode == 1
    assert f"Stopped at: {output}" in done.stderr
    assert "UNAVAILABLE" in done.stderr
    assert deployed.changes() == []
    assert deployed.value("API_KEY") == deployed.setting("API_KEY") == key


@pytest.mark.parametrize(
    ("status", "output"),
    [
        (401, "clock of this computer"),
        (403, "run.allowedIngress"),
        (500, "./deploy.sh logs"),
        (503, '"telegram": "delivered"'),
    ],
)
def test_an_answer_that_is_not_200_is_explained(
    deployed: Clone, function: Function, status: int, output: str
) -> None:
    function.statuses = [status] * 16

    done = deployed.deploy()

    assert done.returncode == 1
    assert f"answers {status}" in done.stderr
    assert output in done.stderr
    assert len(function.posts) == (16 if status == 403 else 1)


def test_a_message_that_failed_is_tried_again_by_the_next_run(clone: Clone, function: Function) -> None:
    function.statuses = [503, 403, 404, 200]
    clone.deploy("--project=test-project")

    done = clone.deploy()

    assert done.returncode == 0, done.stderr
    assert function.types() == ["sms:received"] * 4


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (["--project", "No Project"], "not a valid project id"),
        (["--name=x"], "is not a valid name"),
        (["--region=here"], "is not a valid region"),
        (["--ledger=sqlite"], "sqlite is not a ledger"),
        (["--silence=24"], "1 to 23 hours"),
        (["--alerts=me"], "is not an email address"),
        (["--verbose"], "Unknown option or command: --verbose"),
        (["--region"], "--region needs a value"),
        (["destroy", "--yes", "--project=test-project", "--name="], "--name needs a value"),
        (["destroy", "--yes", "--project", ""], "--project needs a value"),
        (["url", "destroy"], "url or destroy?"),
        (["--finish"], "--finish belongs to rotate-key"),
        (["url", "--compromised"], "--compromised belongs to rotate-key"),
        (["rotate-key", "--finish", "--compromised"], "--finish or --compromised?"),
        (["--with-data"], "--with-data belongs to destroy"),
        (["destroy", "--remove=X"], "--remove belongs to deploy"),
        (["--min-instances=9"], "--min-instances takes 0 to 3"),
        (["--ledger=memory", "--min-instances=2"], "at most one instance"),
        (["--project", "another-project"], "gcloud projects create another-project"),
    ],
)
def test_a_wrong_option_is_explained_and_does_nothing(clone: Clone, words: list[str], output: str) -> None:
    done = clone.deploy(*words)

    assert done.returncode == 1
    assert output in done.stderr
    assert clone.changes() == []


def test_an_invalid_line_in_env_is_reported(clone: Clone) -> None:
    clone.write(".env", "API_KEY='half\n")

    done = clone.deploy("--project=test-project")

    assert done.returncode == 1
    assert ".env, line 1" in done.stderr
    assert "half" not in done.stdout + done.stderr


def test_an_empty_custom_variable_is_refused(clone: Clone) -> None:
    clone.write(".env", f"{clone.env}MINE=\n")

    done = clone.deploy("--project=test-project")

    assert done.returncode == 1
    assert "MINE is empty" in done.stderr
    assert clone.changes() == []


def test_a_configuration_file_that_would_not_be_uploaded_is_refused(clone: Clone) -> None:
    clone.write(".env", f"{clone.env}CONFIG_FILE=mine/relay.toml\n")
    clone.write("mine/relay.toml", "")

    done = clone.deploy("--project=test-project")

    assert done.returncode == 1
    assert "mine/relay.toml is not uploaded" in done.stderr
    assert clone.state["functions"] == []


def test_a_function_that_was_not_created_here_is_not_changed(clone: Clone) -> None:
    clone.state["services"].append("cloudfunctions.googleapis.com")
    theirs = {"name": "projects/test-project/locations/us-central1/functions/sms-relay", "labels": {}}
    clone.state["functions"].append(theirs)

    done = clone.deploy("--project=test-project")

    assert done.returncode == 1
    assert "was not created here" in done.stderr
    assert clone.state["functions"] == [theirs]
    assert [" ".join(each.split()[:2]) for each in clone.changes()] == []


def test_another_region_is_refused_once_the_phone_may_post_there(deployed: Clone) -> None:
    done = deployed.deploy("--region=europe-west1")

    assert done.returncode == 1
    assert "sms-relay is deployed in us-central1" in done.stderr
    assert deployed.changes() == []
    deployed.deploy("destroy", "--yes")
    assert deployed.deploy("--region=europe-west1").returncode == 0


def test_another_region_is_accepted_before_the_first_deployment(clone: Clone) -> None:
    clone.cloud.always_fails = "firestore databases create"
    assert clone.deploy("--project=test-project").returncode == 1
    clone.cloud.always_fails = None

    assert clone.deploy("--region=europe-west1").returncode == 0


def test_without_a_login_it_says_how_to_log_in(clone: Clone) -> None:
    clone.state["account"] = ""

    assert "gcloud auth login" in clone.deploy("--project=test-project").stderr


def test_without_gcloud_it_says_where_to_get_it(clone: Clone) -> None:
    (clone.folder / "bin" / "gcloud").unlink()
    clone.path = str(clone.folder / "bin")
    for name in ("bash", "dirname", "mktemp", "rm"):
        (clone.folder / "bin" / name).symlink_to(f"/usr/bin/{name}")

    assert "cloud.google.com/sdk/docs/install" in clone.deploy("--project=test-project").stderr
