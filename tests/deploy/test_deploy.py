"""deploy.sh on an empty project, and again after a change."""

import re

import pytest

from testkit.services.telegram import TOKEN
from tests.deploy.clone import SIGNING_KEY, Clone
from tests.deploy.cloud.logs import entry
from tests.deploy.function import Function, is_signed

RUNNER = "serviceAccount:sms-relay-run@test-project.iam.gserviceaccount.com"
BUILDER = "serviceAccount:sms-relay-build@test-project.iam.gserviceaccount.com"
PROGRAMS = ("curl", "env")


# The first time


def test_an_empty_project_gets_a_function(first: Clone) -> None:
    function = first.deployed()

    assert function["name"].endswith("us-central1/functions/sms-relay")
    assert function["serviceConfig"]["maxInstanceCount"] == 3
    assert function["serviceConfig"]["environmentVariables"] == {
        "LEDGER_URL": "firestore://test-project",
        "MEMORY_BYTES": str(2**30),
        "TELEGRAM_CHAT_ID": "-1001234567890",
        "TIMEZONE": "Europe/Berlin",
    }
    assert set(function["secrets"]) == {"API_KEY", "LEDGER_SECRET", "SIGNING_KEYS", "TELEGRAM_BOT_TOKEN"}


def test_it_runs_with_the_settings_that_it_needs(first: Clone) -> None:
    line = first.line("functions deploy")

    assert {"--gen2", "--runtime=python313", "--entry-point=forward", "--min-instances=0"} < {*line}
    assert {"--cpu=1", "--memory=1024Mi", "--concurrency=12", "--timeout=3600s"} < {*line}


def test_it_prints_each_step_and_what_to_do_next(first: Clone) -> None:
    output = (first.folder.parent / "output").read_text()

    assert "✓ The request log is not kept: it would show the key\n" in output
    assert f"Deployed: {first.function.url}\n" in output
    assert f"-m relay register {first.function.url}\n" in output


def test_the_accounts_have_only_the_rights_that_they_need(first: Clone) -> None:
    bindings = [each for each in first.state["policy"]["bindings"] if each["role"] != "roles/owner"]

    assert bindings == [
        {"role": "roles/cloudbuild.builds.builder", "members": [BUILDER]},
        {
            "role": "roles/datastore.user",
            "members": [RUNNER],
            "condition": 'expression=resource.name=="projects/test-project/databases/(default)",'
            "title=only-the-ledger",
        },
    ]
    for secret in first.state["secrets"].values():
        assert secret["policy"]["bindings"] == [
            {"role": "roles/secretmanager.secretAccessor", "members": [RUNNER]}
        ]


def test_the_key_is_kept_out_of_the_request_log_before_the_first_request(first: Clone) -> None:
    (exclusion,) = first.state["sinks"]["_Default"]["exclusions"]

    assert exclusion["filter"] == (
        'logName="projects/test-project/logs/run.googleapis.com%2Frequests" '
        'AND resource.labels.service_name="sms-relay"'
    )
    changes = [" ".join(each.split()[:3]) for each in first.changes()]
    assert changes.index("logging sinks update") < changes.index("functions deploy sms-relay")


def test_every_resource_that_can_have_a_label_has_it(first: Clone) -> None:
    state = first.state

    labelled = [*state["functions"], *state["secrets"].values(), *state["repositories"]]
    assert {each["labels"]["sms_relay"] for each in labelled} == {"sms-relay"}
    alerts = [*state["channels"], *state["policies"]]
    assert {each["userLabels"]["sms_relay"] for each in alerts} == {"sms-relay"}


def test_strong_keys_are_created(first: Clone) -> None:
    for name in ("API_KEY", "LEDGER_SECRET"):
        assert re.fullmatch(r"[\w-]{43}", first.value(name))
        assert first.value(name) == first.setting(name)
    assert (first.folder / ".env").stat().st_mode & 0o777 == 0o600


def test_records_and_images_expire(first: Clone) -> None:
    (ttl,) = first.state["ttl"]
    (repository,) = first.state["repositories"]

    assert ttl["name"].endswith("databases/(default)/collectionGroups/relay/fields/expires")
    delete, keep = repository["cleanup"]
    assert (delete["action"]["type"], delete["condition"]["olderThan"]) == ("Delete", "1d")
    assert (keep["action"]["type"], keep["mostRecentVersions"]["keepCount"]) == ("Keep", 2)
    assert "--no-dry-run" in first.line("artifacts repositories set-cleanup-policies")


def test_no_secret_is_in_a_command_line_an_open_variable_or_the_source(clone: Clone) -> None:
    for name in PROGRAMS:
        program = f'#!/bin/bash\necho "{name} $*" >>"{clone.folder}/../lines"\nexec /usr/bin/{name} "$@"\n'
        clone.program(name, program)
    done = clone.deploy("--project=test-project")

    secrets = [clone.value(name) for name in clone.deployed()["secrets"]]
    assert {SIGNING_KEY, TOKEN} < set(secrets)
    lines = (clone.folder.parent / "lines").read_text()
    assert "curl --disable --silent" in lines
    commands = [str(line.argv) + str(line.files) for line in clone.cloud.lines]
    for secret in secrets:
        assert secret not in lines + done.stdout + done.stderr + "".join(commands)
    assert ".env" not in clone.deployed()["files"]
    assert not [*clone.temporary.iterdir()]


def test_a_ledger_in_memory_means_one_instance_and_no_database(clone: Clone) -> None:
    clone.deploy("--project=test-project", "--ledger=memory")

    assert clone.deployed()["serviceConfig"]["maxInstanceCount"] == 1
    assert clone.deployed()["serviceConfig"]["environmentVariables"]["LEDGER_URL"] == "memory:"
    assert clone.state["databases"] == []
    assert not [each for each in clone.changes() if "datastore" in each]


@pytest.mark.parametrize(
    ("configuration", "added"),
    [
        ("", False),
        ('[destinations.all]\n  type = "apprise"\n', True),
        ('[destinations]\nall = { type = """apprise""" }\n', True),
        ("\ufeffdestinations.all.type = 'apprise'\n", True),
        ("# apprise\n", False),
        ('[destinations.all]\ntext = """\ntype = "apprise"\n"""\n', False),
    ],
)
def test_the_packages_of_an_optional_destination_are_installed(
    clone: Clone, configuration: str, added: bool
) -> None:
    clone.write("config.toml", configuration)
    clone.deploy("--project=test-project")

    assert clone.deployed()["requirements"].endswith("\n-r requirements-apprise.txt\n") == added
    assert ("requirements-apprise.txt" in clone.deployed()["files"]) == added


def test_also_if_variables_configure_the_destination(clone: Clone) -> None:
    clone.write("requirements-bot.txt", "")
    clone.write(".env", f"{clone.env}APPRISE_URLS=json://x\nBOT_OF_MINE=x\n")
    clone.deploy("--project=test-project")

    assert clone.deployed()["requirements"].endswith("\n-r requirements-apprise.txt\n")
    assert "requirements-bot.txt" not in clone.deployed()["files"]


def test_a_configuration_file_can_be_a_symbolic_link(clone: Clone) -> None:
    clone.write("../private/config.toml", "# one\n")
    (clone.folder / "config.toml").symlink_to("../private/config.toml")
    clone.deploy("--project=test-project")
    clone.write("../private/config.toml", "# two\n")
    clone.cloud.lines.clear()

    clone.deploy()

    assert "config.toml" in clone.deployed()["files"]
    assert [each.split()[:2] for each in clone.changes()] == [["functions", "deploy"]]


# Again


def test_a_second_run_changes_nothing(deployed: Clone) -> None:
    before = deployed.state.copy()

    again = deployed.deploy()

    assert again.returncode == 0, again.stderr
    assert deployed.changes() == []
    assert deployed.state == before
    assert again.stdout.count("already done") > 20


def test_the_first_test_event_is_a_message_and_the_next_ones_are_pings(
    clone: Clone, function: Function
) -> None:
    clone.deploy("--project=test-project")
    clone.deploy()

    assert function.types() == ["sms:received", "system:ping"]
    for post in function.posts:
        assert post["key"] == [clone.value("API_KEY")]
        assert is_signed(post, SIGNING_KEY)


def test_a_changed_secret_is_deployed_before_its_old_version_is_destroyed(deployed: Clone) -> None:
    deployed.write(".env", deployed.env.replace(TOKEN, "987654321:BBanotherOne"))

    done = deployed.deploy()

    assert done.returncode == 0, done.stderr
    versions = deployed.state["secrets"]["sms-relay-TELEGRAM_BOT_TOKEN"]["versions"]
    assert [each["state"] for each in versions] == ["DESTROYED", "ENABLED"]
    assert deployed.deployed()["secrets"]["TELEGRAM_BOT_TOKEN"] == "sms-relay-TELEGRAM_BOT_TOKEN:2"
    assert [each.split()[:3] for each in deployed.changes()] == [
        ["secrets", "versions", "add"],
        ["functions", "deploy", "sms-relay"],
        ["secrets", "versions", "destroy"],
    ]


@pytest.mark.parametrize("change", ["main.py", ".env"])
def test_a_changed_source_or_setting_is_deployed_again(deployed: Clone, change: str) -> None:
    deployed.write(change, (deployed.folder / change).read_text() + "\nLOG_LEVEL=DEBUG\n")

    deployed.deploy()

    assert [each.split()[:2] for each in deployed.changes()] == [["functions", "deploy"]]


def test_a_failed_function_is_deployed_again(deployed: Clone) -> None:
    deployed.state["functions"][0]["state"] = "FAILED"

    deployed.deploy()

    assert deployed.deployed()["state"] == "ACTIVE"


def test_a_removed_secret_is_deleted_once_the_function_does_not_use_it(deployed: Clone) -> None:
    deployed.write(".env", re.sub("SIGNING_KEYS=.*\n", "", deployed.env))

    deployed.deploy("--remove", "SIGNING_KEYS")

    assert "SIGNING_KEYS" not in deployed.deployed()["secrets"]
    assert [each.split()[:2] for each in deployed.changes()] == [
        ["functions", "deploy"],
        ["secrets", "delete"],
    ]


def test_the_options_are_remembered(clone: Clone) -> None:
    clone.deploy("--project=test-project", "--region=europe-west1", "--name=family-sms", "--ledger=memory")
    clone.cloud.lines.clear()

    done = clone.deploy()

    assert done.returncode == 0, done.stderr
    assert clone.changes() == []
    assert clone.deployed()["name"].endswith("europe-west1/functions/family-sms")


def test_two_functions_live_side_by_side(deployed: Clone) -> None:
    deployed.write(".env", re.sub("(API_KEY|LEDGER_SECRET|DEPLOY_.*)=.*\n", "", deployed.env))
    deployed.deploy("--project=test-project", "--name=sms-relay-two")

    names = {each["name"].rpartition("/")[2] for each in deployed.state["functions"]}
    assert names == {"sms-relay", "sms-relay-two"}
    assert len(deployed.state["secrets"]) == 8


def test_a_machine_with_another_key_adopts_the_deployed_one(deployed: Clone) -> None:
    key = deployed.value("API_KEY")
    deployed.write(".env", deployed.env.replace(key, "the-key-of-another-machine"))

    done = deployed.deploy()

    assert done.returncode == 0, done.stderr
    assert deployed.setting("API_KEY") == key
    assert deployed.changes() == []


def test_the_address_and_the_log_are_printed(deployed: Clone) -> None:
    for service in ("sms-relay", "another-function"):
        deployed.state["log"].append(entry(0.1, service, message=f"request to {service}", status=200))

    assert deployed.deploy("url").stdout == f"{deployed.function.url}\n"
    output = deployed.deploy("logs").stdout
    assert "INFO\trequest to sms-relay\t200" in output
    assert "another-function" not in output
