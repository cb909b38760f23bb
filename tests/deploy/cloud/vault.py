"""Secret Manager."""

from datetime import UTC, datetime, timedelta

from tests.deploy.cloud.project import bind
from tests.deploy.cloud.state import Call, ProjectState, Refused, Resource, command, one


def versions_of(state: ProjectState, name: str) -> list[Resource]:
    if name not in state["secrets"]:
        raise Refused(f"NOT_FOUND: {name}")
    versions: list[Resource] = state["secrets"][name]["versions"]
    return versions


def version_of(state: ProjectState, call: Call) -> Resource:
    return one(versions_of(state, call.flags["--secret"]), call.words[0])


@command("secrets list", reads=True)
def secrets(state: ProjectState, _: Call) -> list[Resource]:
    prefix = f"projects/{state['number']}/secrets"
    return [{"name": f"{prefix}/{name}", "labels": each["labels"]} for name, each in state["secrets"].items()]


@command("secrets create")
def make_secret(state: ProjectState, call: Call) -> None:
    (name,) = call.words
    if name in state["secrets"]:
        raise Refused(f"ALREADY_EXISTS: {name}")
    assert call.flags["--replication-policy"] == "user-managed"
    state["secrets"][name] = {
        "labels": call.label("--labels"),
        "locations": call.flags["--locations"],
        "policy": {"bindings": []},
        "versions": [],
    }


@command("secrets delete")
def drop_secret(state: ProjectState, call: Call) -> None:
    versions_of(state, call.words[0])
    del state["secrets"][call.words[0]]
    state["deleted"].append(call.words[0])


@command("secrets get-iam-policy", reads=True)
def secret_policy(state: ProjectState, call: Call) -> Resource:
    versions_of(state, call.words[0])
    return dict(state["secrets"][call.words[0]]["policy"])


@command("secrets add-iam-policy-binding")
def grant_secret(state: ProjectState, call: Call) -> None:
    versions_of(state, call.words[0])
    bind(state, state["secrets"][call.words[0]]["policy"], call)


@command("secrets versions list", reads=True)
def versions(state: ProjectState, call: Call) -> list[Resource]:
    found = reversed(versions_of(state, call.words[0]))
    return [{name: value for name, value in each.items() if name != "data"} for each in found]


@command("secrets versions describe", reads=True)
def version(state: ProjectState, call: Call) -> Resource:
    return {"createTime": version_of(state, call)["createTime"]}


@command("secrets versions access", reads=True)
def access(state: ProjectState, call: Call) -> str:
    version = version_of(state, call)
    if version["state"] != "ENABLED":
        raise Refused("FAILED_PRECONDITION: the version is destroyed")
    data: str = version["data"]
    return data


@command("secrets versions add")
def add_version(state: ProjectState, call: Call) -> None:
    assert call.flags["--data-file"] == "-"
    found = versions_of(state, call.words[0])
    name = f"projects/{state['number']}/secrets/{call.words[0]}/versions/{len(found) + 1}"
    now = datetime.now(UTC).isoformat()
    found.append({"name": name, "state": "ENABLED", "createTime": now, "data": call.given})


@command("secrets versions destroy")
def destroy_version(state: ProjectState, call: Call) -> None:
    version = version_of(state, call)
    used = f"{call.flags['--secret']}:{call.words[0]}"
    if any(used in each["secrets"].values() for each in state["functions"]):
        raise Refused(f"{used} is in use: new instances could not start")
    version["state"] = "DESTROYED"


def make_older(state: ProjectState, name: str, hours: float) -> None:
    """Make the newest version of a secret so many hours older."""
    newest = state["secrets"][name]["versions"][-1]
    made = datetime.fromisoformat(newest["createTime"]) - timedelta(hours=hours)
    newest["createTime"] = made.isoformat()
