"""`doctor` looks at every step, changes nothing, and says what is wrong and what fixes it."""

from tests.deploy.clone import Clone
from tests.deploy.cloud import Delay
from tests.deploy.function import Function


def test_of_a_healthy_relay_everything_is_as_it_should_be(deployed: Clone, function: Function) -> None:
    before = deployed.env

    done = deployed.deploy("doctor")

    assert done.returncode == 0, done.stdout
    assert done.stdout.count("\n✓ ") > 30
    assert "✗" not in done.stdout
    assert done.stdout.endswith("\nEverything is as it should be.\n")
    assert (deployed.changes(), deployed.env, function.posts) == ([], before, [])


def test_everything_that_is_wrong_is_named_with_what_fixes_it(deployed: Clone) -> None:
    state = deployed.state
    state["run"]["us-central1/sms-relay"]["policy"]["bindings"].clear()
    state["sinks"]["_Default"]["exclusions"].clear()
    state["policies"].clear()
    state["secrets"]["sms-relay-SIGNING_KEYS"]["policy"]["bindings"].clear()
    deployed.write("main.py", "# changed\n")
    deployed.cloud.delays = [
        Delay("firestore databases list", "UNAVAILABLE: The service is currently unavailable.", times=1)
    ]

    done = deployed.deploy("doctor")

    assert done.returncode == 1
    assert done.stdout.endswith("\n7 of these are not as they should be.\n")
    for wrong in (
        "✗ Everybody may call the function, which checks the key itself\n  ./deploy.sh\n",
        "✗ The request log is not kept: it would show the key\n  ./deploy.sh\n",
        "✗ You get a mail when something needs you\n  ./deploy.sh\n",
        "✗ The function may read it\n  ./deploy.sh\n",
        "✗ The function runs with these files and settings",
        "✗ The Firestore database (default) exists; it has a free quota\n  ERROR: (gcloud) UNAVAILABLE",
    ):
        assert wrong in done.stdout, wrong
    assert deployed.changes() == []


def test_a_function_that_cannot_be_reached_is_noticed(deployed: Clone) -> None:
    deployed.state["functions"][0]["serviceConfig"]["uri"] = "http://127.0.0.1:1"

    done = deployed.deploy("doctor")

    assert "✗ The function can be reached from outside" in done.stdout


def test_of_an_empty_project_it_says_to_deploy(clone: Clone) -> None:
    done = clone.deploy("doctor", "--project=test-project")

    assert done.returncode == 1
    assert "✗ Google's services are enabled\n  ./deploy.sh\n" in done.stdout
    assert clone.changes() == []
    assert "API_KEY" not in clone.env


def test_without_a_login_it_looks_no_further(clone: Clone) -> None:
    clone.state["account"] = ""

    done = clone.deploy("doctor", "--project=test-project")

    assert "✗ You are logged in to Google Cloud\n  gcloud auth login\n" in done.stdout
    assert "The rest cannot be looked at before that." in done.stderr
