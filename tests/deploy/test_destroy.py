"""`destroy` removes everything that was created, the records only with --with-data."""

from urllib.request import Request, urlopen

import pytest

from tests.deploy.clone import Clone

REMAINING = {"policy": [{"role": "roles/owner", "members": ["user:owner@example.org"]}]}
RESOURCES = ("functions", "secrets", "repositories", "accounts", "channels", "policies", "metrics", "jobs")


def count_resources(clone: Clone) -> dict[str, int]:
    return {name: len(clone.state[name]) for name in RESOURCES}


def test_it_leaves_the_project_as_it_was(deployed: Clone) -> None:
    done = deployed.deploy("destroy", "--yes")

    assert done.returncode == 0, done.stderr
    assert count_resources(deployed) == dict.fromkeys(RESOURCES, 0)
    assert deployed.state["policy"]["bindings"] == REMAINING["policy"]
    assert deployed.state["sinks"]["_Default"]["exclusions"] == []
    assert "destroy --with-data" in done.stdout


def test_the_function_is_removed_before_its_key_may_be_logged_again(deployed: Clone) -> None:
    deployed.deploy("destroy", "--yes")

    changes = [" ".join(each.split()[:2]) for each in deployed.changes()]
    assert changes[0] == "functions delete"
    assert changes[-1] == "logging sinks"


def test_the_records_stay(deployed: Clone) -> None:
    deployed.deploy("destroy", "--yes")

    assert len(deployed.state["databases"]) == 1
    assert deployed.state["deleted"].count("relay") == 0


def test_with_data_the_database_goes_if_it_was_created_here_and_holds_nothing_else(
    deployed: Clone, emulator: str
) -> None:
    use(deployed, emulator, "made-here")
    add_document(emulator, "made-here", "relay")
    add_document(emulator, "made-here", "relay")

    done = deployed.deploy("destroy", "--yes", "--with-data")

    assert done.returncode == 0, done.stderr
    assert "holds 2 records of the relay, with what is undelivered. It holds nothing else." in done.stdout
    assert deployed.state["databases"] == []


@pytest.mark.parametrize(("words", "remaining"), [((), 1), (("--whole-database",), 0)])
def test_a_database_with_other_collections_is_named_and_goes_only_on_a_second_word(
    deployed: Clone, emulator: str, words: tuple[str, ...], remaining: int
) -> None:
    use(deployed, emulator, f"shared-{remaining}")
    add_document(emulator, f"shared-{remaining}", "relay")
    add_document(emulator, f"shared-{remaining}", "invoices")

    done = deployed.deploy("destroy", "--yes", "--with-data", *words)

    assert "holds 1 records" in done.stdout
    assert "Other collections in it are not the relay's: invoices." in done.stdout
    assert len(deployed.state["databases"]) == remaining
    assert (deployed.state["deleted"][-1] == "relay") == bool(remaining)


def test_of_a_database_whose_contents_are_not_known_only_the_records_go(deployed: Clone) -> None:
    done = deployed.deploy("destroy", "--yes", "--with-data")

    assert "an unknown number of records" in done.stdout
    assert len(deployed.state["databases"]) == 1
    assert deployed.state["deleted"][-1] == "relay"


def use(clone: Clone, emulator: str, project: str) -> None:
    """Let a clone look into the emulator, at another project for each test."""
    clone.exported["CLOUDSDK_API_ENDPOINT_OVERRIDES_FIRESTORE"] = f"http://{emulator}/"
    clone.state["project"] = project
    clone.write(".env", clone.env.replace("test-project", project))
    for kind in ("functions", "repositories", "databases"):
        for each in clone.state[kind]:
            each["name"] = each["name"].replace("test-project", project)


def add_document(emulator: str, project: str, collection: str) -> None:
    url = f"http://{emulator}/v1/projects/{project}/databases/(default)/documents/{collection}"
    headers = {"Authorization": "Bearer owner", "Content-Type": "application/json"}
    urlopen(Request(url, data=b"{}", headers=headers), timeout=30).close()


def test_a_database_that_another_relay_uses_is_not_changed(deployed: Clone) -> None:
    deployed.state["secrets"]["other-API_KEY"] = {"labels": {"sms_relay": "other"}}

    done = deployed.deploy("destroy", "--yes", "--with-data")

    assert "Another relay of this project uses the same database" in done.stdout
    assert len(deployed.state["databases"]) == 1
    assert deployed.state["deleted"].count("relay") == 0


def test_without_a_ledger_in_firestore_no_records_are_deleted(deployed: Clone) -> None:
    deployed.write(".env", deployed.env.replace("DEPLOY_MADE_DATABASE", "DEPLOY_NOTHING"))

    deployed.deploy("destroy", "--yes", "--with-data", "--ledger=memory")

    assert deployed.state["deleted"].count("relay") == 0


def test_resources_of_others_stay(deployed: Clone) -> None:
    deployed.state["secrets"]["sms-relay-of-others"] = {"labels": {}, "policy": {}, "versions": []}
    deployed.state["metrics"].append({"name": "sms-relay-of-others"})
    for kind in ("functions", "repositories"):
        deployed.state[kind][0]["labels"] = {"team": "shop"}

    deployed.deploy("destroy", "--yes")

    assert len(deployed.state["functions"]) == len(deployed.state["repositories"]) == 1

    assert [*deployed.state["secrets"]] == ["sms-relay-of-others"]
    assert len(deployed.state["metrics"]) == 1


def test_it_asks_first(deployed: Clone) -> None:
    done = deployed.deploy("destroy")

    assert done.returncode == 1
    assert "needs a confirmation" in done.stderr
    assert deployed.changes() == []


def test_a_second_run_changes_nothing(deployed: Clone) -> None:
    deployed.deploy("destroy", "--yes")
    deployed.cloud.lines.clear()

    done = deployed.deploy("destroy", "--yes")

    assert done.returncode == 0, done.stderr
    assert deployed.changes() == []


def test_after_a_failure_it_can_be_run_again(deployed: Clone) -> None:
    deployed.cloud.fails_once = lambda _line: True
    for _ in range(30):
        done = deployed.deploy("destroy", "--yes", "--with-data")
        if done.returncode == 0:
            break
        assert "Then run the same command again" in done.stderr

    assert count_resources(deployed) == dict.fromkeys(RESOURCES, 0)


@pytest.mark.parametrize("words", [("--with-data",), ()])
def test_it_can_be_deployed_again_afterwards(deployed: Clone, words: tuple[str, ...]) -> None:
    deployed.deploy("destroy", "--yes", *words)

    done = deployed.deploy("--project=test-project")

    assert done.returncode == 0, done.stderr
    assert deployed.function.types()[-1] == "sms:received"
