"""The first minutes of a project, and an organisation: what is waited for, and what is explained."""

import pytest

from deploy.refusals import POLICIES, explain_policy, find_delay
from tests.deploy.clone import Clone
from tests.deploy.cloud import Delay

PROJECT = "--project=test-project"
DISABLED = "PERMISSION_DENIED: This API has not been used in project 123456789012 before or it is disabled."
NO_ACCOUNT = "INVALID_ARGUMENT: Service account sms-relay-run@test-project.iam does not exist."
NO_BUCKET = "Build failed. Access to bucket gcf-v2-sources-1 denied. You must grant Storage Object Viewer"
BUSY = "ABORTED: There were concurrent policy changes. Please retry the whole read-modify-write."
DENIED = "PERMISSION_DENIED: Permission 'secretmanager.secrets.create' denied on resource."
DELAYS = {
    "iam service-accounts list": (DISABLED, "a service was only just enabled"),
    "firestore databases list": (DISABLED, "a service was only just enabled"),
    "artifacts repositories create": (DISABLED, "a service was only just enabled"),
    "projects add-iam-policy-binding": (NO_ACCOUNT, "an account was only just created"),
    "secrets add-iam-policy-binding": (NO_ACCOUNT, "an account was only just created"),
    "firestore fields ttls update": (BUSY, "something else is under way"),
    "functions deploy": (NO_BUCKET, "a right was only just granted"),
}
"""What is not known everywhere in the first minutes, by the start of a command: Google's words, and ours."""


def test_what_is_not_known_everywhere_yet_is_waited_for_at_each_step(clone: Clone) -> None:
    clone.cloud.delays = [Delay(start, message, times=3) for start, (message, _) in DELAYS.items()]

    done = clone.deploy(PROJECT)

    assert done.returncode == 0, done.stderr
    assert all(each.times == 0 for each in clone.cloud.delays)
    for _, reason in DELAYS.values():
        assert f"Not known everywhere at Google yet ({reason}): trying again in 10 seconds." in done.stdout


def test_waiting_ends(clone: Clone) -> None:
    clone.cloud.delays = [Delay("projects add-iam-policy-binding", NO_ACCOUNT, times=100)]

    done = clone.deploy(PROJECT)

    assert "Stopped at: The build account may build" in done.stderr
    assert done.stdout.count("trying again") == 15


def test_a_right_that_the_operator_lacks_is_not_waited_for(clone: Clone) -> None:
    clone.cloud.delays = [Delay("secrets create", DENIED)]

    done = clone.deploy(PROJECT)

    assert "Your account needs the role Owner." in done.stderr
    assert "trying again" not in done.stdout


def test_an_earlier_deployment_that_is_under_way_is_waited_for(deployed: Clone) -> None:
    deployed.state["functions"][0] |= {"state": "DEPLOYING", "looks": 4}

    done = deployed.deploy()

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("still under way") == 3
    assert deployed.changes() == []


def test_a_function_that_nobody_may_call_is_opened_by_another_run(deployed: Clone) -> None:
    deployed.state["run"]["us-central1/sms-relay"]["policy"]["bindings"].clear()

    deployed.deploy()

    assert [each.split()[:3] for each in deployed.changes()] == [
        ["run", "services", "add-iam-policy-binding"]
    ]


def test_where_rights_for_everybody_are_forbidden_google_does_not_check_the_caller(clone: Clone) -> None:
    clone.state["forbidden"] = {"iam.allowedPolicyMemberDomains"}
    first = clone.deploy(PROJECT)
    clone.cloud.lines.clear()

    second = clone.deploy()

    assert first.returncode == second.returncode == 0, first.stderr
    annotations = clone.state["run"]["us-central1/sms-relay"]["annotations"]
    assert annotations == {"run.googleapis.com/invoker-iam-disabled": "true"}
    assert clone.changes() == []


@pytest.mark.parametrize(
    ("policies", "step"),
    [
        (["iam.managed.disableServiceAccountCreation"], "The account that the function runs as exists"),
        (["gcp.resourceLocations"], "The Firestore database (default) exists"),
        (["run.allowedIngress"], "The function runs with these files and settings"),
        (
            ["run.managed.requireInvokerIam", "iam.allowedPolicyMemberDomains"],
            "Everybody may call the function",
        ),
    ],
)
def test_a_policy_that_forbids_a_step_is_named_with_what_to_do(
    clone: Clone, policies: list[str], step: str
) -> None:
    clone.state["forbidden"] = {*policies}

    done = clone.deploy(PROJECT)

    assert done.returncode == 1
    assert f"Stopped at: {step}" in done.stderr
    assert f"The organisation's policy {policies[0]} forbids this" in done.stderr
    assert f"/iam-admin/orgpolicies/{policies[0].replace('.', '-')}" in done.stderr
    assert "trying again" not in done.stdout
    clone.state["forbidden"] = set()
    assert clone.deploy().returncode == 0


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_every_policy_is_recognised_in_what_google_says(policy: str) -> None:
    said = f"ERROR: (gcloud.x) FAILED_PRECONDITION: Operation denied by org policy: [constraints/{policy}]."

    assert explain_policy(said)[0].startswith(f"The organisation's policy {policy} forbids this: ")
    assert find_delay(f"{said} PERMISSION_DENIED: Permission 'x' denied", with_rights=True) == ""


def test_an_expired_login_is_not_taken_for_a_wrong_project(deployed: Clone) -> None:
    deployed.state["expired"] = True

    for command in ("deploy", "destroy", "doctor"):
        done = deployed.deploy(command, "--yes")
        assert done.returncode == 1
        assert "Your login has expired" in done.stdout + done.stderr
        assert "gcloud auth login" in done.stdout + done.stderr
        assert "projects create" not in done.stdout + done.stderr


def test_instances_that_are_always_ready_are_kept_and_remembered(deployed: Clone) -> None:
    deployed.deploy("--min-instances", "1")
    deployed.cloud.lines.clear()

    deployed.deploy()

    assert deployed.deployed()["serviceConfig"]["minInstanceCount"] == 1
    assert deployed.changes() == []


def test_a_starting_instance_gets_more_cpu(deployed: Clone) -> None:
    deployed.state["run"]["us-central1/sms-relay"]["boost"] = ""

    deployed.deploy()

    assert [each.split()[-1] for each in deployed.changes()] == ["--cpu-boost"]
