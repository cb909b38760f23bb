"""The alerts that Google mails to the operator."""

import json
import re

import pytest

from deploy.post import build_event
from relay.logs import shown_id
from tests.deploy.clone import Clone
from tests.deploy.cloud import Delay


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
    query = condition["conditionPrometheusQueryLanguage"]["query"]
    assert "user_sms_relay_requests{" in query
    assert "[6h]))" in query
    assert "6 hours" in policy["documentation"]["content"]


def test_silence_is_noticed_before_any_phone_has_connected(first: Clone) -> None:
    """A condition on a metric without any data is not evaluated, unless the query itself has a value."""
    (condition,) = first.state["policies"][1]["conditions"]

    promql = condition["conditionPrometheusQueryLanguage"]
    assert promql["query"].endswith("or vector(0)) < 0.5")
    assert promql["disableMetricValidation"]


def test_test_events_are_no_signs_of_life(first: Clone) -> None:
    event = build_event("ping")["id"]

    (pattern,) = re.findall(r'NOT jsonPayload\.event=~"(.*)"', first.state["metrics"][1]["filter"])
    assert re.search(pattern, shown_id(str(event)))
    assert not re.search(pattern, shown_id("WAa5pDKiSz7UXHqiCZs7M"))


def test_metrics_precede_the_build_and_the_test_event_comes_last(first: Clone) -> None:
    lines = [" ".join(each.split()[:4]) for each in first.changes()]
    output = (first.folder.parent / "output").read_text()

    assert lines.index("logging metrics create sms-relay-requests") < lines.index(
        "functions deploy sms-relay --gen2"
    )
    assert lines.index("functions deploy sms-relay --gen2") < lines.index("alpha monitoring policies create")
    assert output.index("hours of silence") < output.index("A test event goes through")


def test_a_metric_of_an_earlier_version_is_updated(deployed: Clone) -> None:
    deployed.state["metrics"][1]["filter"] = "an older one"

    deployed.deploy()

    assert [each.split()[:3] for each in deployed.changes()] == [["logging", "metrics", "update"]]
    assert "authenticated=true" in deployed.state["metrics"][1]["filter"]


def test_a_new_metric_is_waited_for(clone: Clone) -> None:
    message = "NOT_FOUND: Cannot find metric that matches type = logging.googleapis.com/user/sms-relay-alerts"
    clone.cloud.delays = [Delay("alpha monitoring policies create", message, times=5)]

    done = clone.deploy("--project=test-project", "--alerts=me@example.org")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("a metric was only just created") == 5


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
    assert "[12h]" in silence["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
    assert trouble["notificationChannels"] == silence["notificationChannels"]
    assert trouble["notificationChannels"] == [deployed.state["channels"][1]["name"]]


def test_without_an_address_there_are_none(clone: Clone) -> None:
    clone.deploy("--project=test-project")

    assert clone.state["policies"] == []
    assert "monitoring.googleapis.com" not in clone.state["services"]
