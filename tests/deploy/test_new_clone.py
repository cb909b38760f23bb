"""A new clone of a relay that runs: it finds it wherever it is, takes over what it has, and harms nothing."""

import json
import re
from copy import deepcopy

import pytest

from tests.deploy.clone import Clone

PROJECT = "--project=test-project"
CONFIGURATION = '[destinations.me]\ntype = "telegram"\nbot_token = "${TELEGRAM_BOT_TOKEN}"\nchat_id = 1\n'


@pytest.fixture
def fresh(deployed: Clone) -> Clone:
    """A clone without `.env` of a relay in another region than the default one."""
    deployed.move("europe-west1")
    deployed.clear()
    return deployed


def add_relay(clone: Clone, name: str, region: str) -> None:
    """Let another relay run in the project."""
    other = deepcopy(clone.state["functions"][0])
    other["name"] = f"projects/test-project/locations/{region}/functions/{name}"
    other["labels"]["sms_relay"] = name
    clone.state["functions"].append(other)
    clone.state["run"][f"{region}/{name}"] = deepcopy(next(iter(clone.state["run"].values())))


def test_it_takes_over_what_runs_before_it_deploys(deployed: Clone) -> None:
    before = deployed.env
    functions = deepcopy(deployed.state["functions"])
    deployed.clear()

    done = deployed.deploy(PROJECT, "--yes")

    assert done.returncode == 0, done.stderr
    assert deployed.changes() == []
    assert deployed.state["functions"] == functions
    for name in ("API_KEY", "LEDGER_SECRET", "TELEGRAM_BOT_TOKEN", "SIGNING_KEYS"):
        assert deployed.setting(name) == deployed.value(name)
    assert deployed.setting("TIMEZONE") == "Europe/Berlin"
    assert deployed.setting("DEPLOY_REGION") in before


def test_it_adopts_the_region_and_removes_the_function_before_anything_else(fresh: Clone) -> None:
    done = fresh.deploy("destroy", PROJECT, "--yes")

    assert done.returncode == 0, done.stderr
    assert "runs already in europe-west1" in done.stdout
    assert fresh.changes()[0].startswith("functions delete sms-relay --gen2 --region=europe-west1")
    assert fresh.state["functions"] == fresh.state["repositories"] == []


def test_the_configuration_file_is_taken_from_the_source_that_runs(deployed: Clone) -> None:
    deployed.write("config.toml", CONFIGURATION)
    deployed.deploy("--ledger=memory", "--min-instances=1")
    deployed.clear()

    done = deployed.deploy("restore-env", PROJECT)

    assert done.returncode == 0, done.stderr
    assert (deployed.folder / "config.toml").read_text() == CONFIGURATION
    assert (deployed.setting("DEPLOY_LEDGER"), deployed.setting("DEPLOY_MIN_INSTANCES")) == ("memory", "1")
    assert deployed.changes() == []


def test_the_records_of_a_relay_that_had_none_are_not_deleted(deployed: Clone) -> None:
    deployed.deploy("--ledger=memory")
    deployed.clear()

    done = deployed.deploy("destroy", PROJECT, "--yes", "--with-data")

    assert "The relay's ledger is not in Firestore" in done.stdout
    assert len(deployed.state["databases"]) == 1
    assert "relay" not in deployed.state["deleted"]


def test_a_rotation_from_a_new_clone_keeps_every_setting(fresh: Clone) -> None:
    done = fresh.deploy("rotate-key", PROJECT)

    assert done.returncode == 0, done.stderr
    (function,) = fresh.state["functions"]
    assert set(function["secrets"]) == {"API_KEY", "LEDGER_SECRET", "SIGNING_KEYS", "TELEGRAM_BOT_TOKEN"}
    assert function["serviceConfig"]["environmentVariables"]["TELEGRAM_CHAT_ID"] == "-1001234567890"


@pytest.mark.parametrize("command", ["deploy", "rotate-key", "destroy"])
def test_of_two_relays_one_has_to_be_named(fresh: Clone, command: str) -> None:
    add_relay(fresh, "shop-sms", "asia-east1")

    done = fresh.deploy(command, PROJECT, "--yes")

    assert done.returncode == 1
    assert "sms-relay in europe-west1, shop-sms in asia-east1" in done.stderr
    assert fresh.changes() == []


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_of_one_relay_in_two_regions_one_has_to_be_named(fresh: Clone, command: str) -> None:
    add_relay(fresh, "sms-relay", "asia-east1")

    done = fresh.deploy(command, PROJECT, "--yes")

    assert done.returncode == 1
    assert "sms-relay is deployed in asia-east1 and in europe-west1" in done.stderr
    assert fresh.changes() == []


def test_what_a_function_in_another_region_needs_is_not_removed_with_the_first(fresh: Clone) -> None:
    add_relay(fresh, "sms-relay", "asia-east1")

    done = fresh.deploy("destroy", PROJECT, "--yes", "--region=asia-east1")

    assert done.returncode == 0, done.stderr
    assert "It also runs in europe-west1" in done.stdout
    assert [each.split()[:2] for each in fresh.changes()] == [["functions", "delete"]]
    assert [each["name"].split("/")[3] for each in fresh.state["functions"]] == ["europe-west1"]


def test_a_relay_of_another_name_is_adopted_but_not_destroyed_unnamed(fresh: Clone) -> None:
    add_relay(fresh, "shop-sms", "asia-east1")
    del fresh.state["functions"][0]

    assert fresh.deploy("url", PROJECT).stdout == f"{fresh.function.url}\n"
    done = fresh.deploy("destroy", PROJECT, "--yes")

    assert "Say so: --name shop-sms" in done.stderr
    assert fresh.changes() == []


def test_a_folder_that_says_another_region_than_the_cloud_is_asked(deployed: Clone) -> None:
    deployed.move("europe-west1")

    done = deployed.deploy("--yes")

    assert done.returncode == 1
    assert "deployed in europe-west1, and .env says us-central1" in done.stderr
    assert deployed.changes() == []


def test_regions_that_do_not_answer_are_no_empty_regions(fresh: Clone) -> None:
    fresh.state["unreachable"] = (
        "WARNING: The following regions were fully or partially unreachable: us-west4"
    )

    fresh.exported["CLOUDSDK_CORE_VERBOSITY"] = "error"  # as gcloud may be set to hide warnings
    for command in ("deploy", "destroy"):
        assert "us-west4" in fresh.deploy(command, PROJECT, "--yes").stderr
    assert fresh.changes() == []


def test_other_regions_need_not_answer_for_a_relay_that_the_folder_knows(deployed: Clone) -> None:
    deployed.state["unreachable"] = (
        "WARNING: The following regions were fully or partially unreachable: us-west4"
    )

    assert deployed.deploy("rotate-key").returncode == 0
    assert "us-west4" in deployed.deploy("--region=us-west4").stderr
    assert "us-west4" in deployed.deploy("destroy", "--yes").stderr
    assert len(deployed.state["functions"]) == 1


def test_instances_that_were_kept_ready_by_hand_stay_ready(deployed: Clone) -> None:
    """Version 0.2 did not know that option, and so left it as it was."""
    deployed.write(".env", re.sub("DEPLOY_MIN_INSTANCES=.*\n", "", deployed.env))
    deployed.deployed()["serviceConfig"]["minInstanceCount"] = 1

    deployed.deploy("--yes")

    assert deployed.deployed()["serviceConfig"]["minInstanceCount"] == 1
    assert deployed.setting("DEPLOY_MIN_INSTANCES") == "1"


def test_what_an_interrupted_first_run_left_names_the_region(clone: Clone) -> None:
    clone.cloud.always_fails = "functions deploy"
    clone.deploy(PROJECT, "--region=europe-west1")
    clone.cloud.always_fails = None
    (clone.folder / ".env").unlink()

    clone.deploy("destroy", PROJECT, "--yes")

    assert clone.state["repositories"] == []


# Secrets that only the cloud has


def test_a_secret_that_env_lacks_is_kept_and_written_to_env(deployed: Clone) -> None:
    key = deployed.value("SIGNING_KEYS")
    deployed.write(".env", re.sub("SIGNING_KEYS=.*\n", "", deployed.env))

    done = deployed.deploy("--yes")

    assert done.returncode == 0, done.stderr
    assert "SIGNING_KEYS was taken from the project into .env." in done.stdout
    assert deployed.setting("SIGNING_KEYS") == key
    assert deployed.changes() == []


@pytest.mark.parametrize(
    ("name", "output"), [("API_KEY", "cannot be removed"), ("TELEGRAM_BOT_TOKEN", "is still in .env")]
)
def test_what_is_needed_cannot_be_removed(deployed: Clone, name: str, output: str) -> None:
    done = deployed.deploy(f"--remove={name}")

    assert output in done.stderr
    assert deployed.changes() == []


def test_another_ledger_is_warned_of(deployed: Clone) -> None:
    done = deployed.deploy("--ledger=memory")

    assert "! The ledger changes from firestore://test-project to memory:." in done.stdout
    assert "./sms-relay ledger move firestore://test-project" in done.stdout


def test_secrets_are_kept_in_the_region_of_the_function_only(first: Clone) -> None:
    assert {each["locations"] for each in first.state["secrets"].values()} == {"us-central1"}
    assert "secrets" not in json.dumps(first.state["functions"][0]["serviceConfig"]["environmentVariables"])


def test_the_folder_of_one_relay_does_not_give_its_secrets_to_another(deployed: Clone) -> None:
    add_relay(deployed, "shop-sms", "asia-east1")
    before = deployed.env

    for command in ("deploy", "rotate-key", "restore-env"):
        done = deployed.deploy(command, "--name=shop-sms", "--yes")
        assert "this folder is that of sms-relay in test-project" in done.stderr

    assert (deployed.changes(), deployed.env) == ([], before)
    assert deployed.deploy("url", "--name=shop-sms").returncode == 0


def test_a_secret_that_a_new_folder_has_otherwise_is_not_replaced_unasked(deployed: Clone) -> None:
    deployed.clear()
    deployed.write(".env", "SIGNING_KEYS=of-the-new-phone\n")

    done = deployed.deploy(PROJECT, "--yes")

    assert done.returncode == 1
    assert "SIGNING_KEYS in .env is not the deployed one" in done.stderr
    assert deployed.changes() == []
    deployed.deploy("restore-env", PROJECT)
    assert deployed.deploy("--yes").returncode == 0
    assert deployed.value("SIGNING_KEYS") == "of-the-new-phone"


def test_an_env_without_its_configuration_file_does_not_deploy_less(deployed: Clone) -> None:
    deployed.write("config.toml", CONFIGURATION)
    deployed.deploy()
    (deployed.folder / "config.toml").unlink()
    deployed.cloud.lines.clear()

    done = deployed.deploy("--yes")

    assert done.returncode == 1
    assert "config.toml is not in this folder, but the running relay has it" in done.stderr
    assert deployed.changes() == []
    deployed.deploy("restore-env")
    assert (deployed.folder / "config.toml").read_text() == CONFIGURATION
