"""The alerts that Google mails to the operator."""

import json

import pytest

from tests.deploy.clone import Clone


def test_two_metrics_count_what_the_function_logs(first: Clone) -> None:
    troubles, requests = first.state["metrics"]

    assert (troubles["name"], requests["name"]) == ("sms-relay-alerts", "sms-relay-requests")
    assert 'service_name="sms-relay" AND jsonPayload.alert:*' in troubles["filter"]
    assert troubles["labelExtractors"] == {"alert": "EXTRACT(jsonPayload.alert)"}
    assert 'service_name="sms-relay" AND jsonPayload.authenticated=true' in requests["filter"]


@pytest.mark.parametrize(
    "trouble", ["misconfigured", "refused-after-key", "event-older-than-20h", "body-too-large"]
)
def test_one_policy_explains_every_problem(first: Clone, trouble: str) -> None:
    policy = first.state["policies"][0]

    (condition,) = policy["conditions"]
    assert "user/sms-relay-alerts" in condition["conditionThreshold"]["filter"]
    assert f"**{trouble}**" in policy["documentation"]["content"]
    threshold = condition["conditionThreshold"]
    assert (threshold["comparison"], threshold["thresholdValue"]) == ("COMPARISON_GT", 0)
    assert policy["notificationChannels"] == [first.state["channels"][0]["name"]]


def test_the_other_policy_reports_silence(first: Clone) -> None:
    policy = first.state["policies"][1]

    (condition,) = policy["conditions"]
    threshold = condition["conditionThreshold"]
    assert "user/sms-relay-requests" in threshold["filter"]
    assert (threshold["comparison"], threshold["thresholdValue"]) == ("COMPARISON_LT", 1)
    assert threshold["aggregations"][0]["alignmentPeriod"] == "21600s"
    assert threshold["evaluationMissingData"] == "EVALUATION_MISSING_DATA_ACTIVE"
    assert "6 hours" in policy["documentation"]["content"]


def test_the_address_is_the_one_that_was_named(first: Clone) -> None:
    (channel,) = first.state["channels"]

    assert channel["labels"] == {"email_address": "me@example.org"}


def test_every_placeholder_is_filled_in(first: Clone) -> None:
    assert "@" not in json.dumps([first.state["policies"], first.state["metrics"]]).replace(
        "me@example.org", ""
    )


def test_other_hours_and_another_address_change_what_is_there(deployed: Clone) -> None:
    done = deployed.deploy("--silence", "12", "--alerts", "you@example.org")

    assert done.returncode == 0, done.stderr
    trouble, silence = deployed.state["policies"]
    assert silence["conditions"][0]["conditionThreshold"]["aggregations"][0]["alignmentPeriod"] == "43200s"
    assert trouble["notificationChannels"] == silence["notificationChannels"]
    assert trouble["notificationChannels"] == [deployed.state["channels"][1]["name"]]


def test_without_an_address_there_are_none(clone: Clone) -> None:
    clone.deploy("--project=test-project")

    assert clone.state["policies"] == []
    assert "monitoring.googleapis.com" not in clone.state["services"]
