"""The project itself: who asks, services, accounts, rights, the database."""

import re

from tests.deploy.cloud.state import Call, ProjectState, Refused, Resource, command, drop, forbid, make, one


@command("auth list", reads=True)
def auth_list(state: ProjectState, _: Call) -> list[Resource]:
    return [{"account": state["account"], "status": "ACTIVE"}] if state["account"] else []


@command("auth print-access-token", reads=True)
def token(_: ProjectState, __: Call) -> str:
    return "owner\n"


@command("config get project", reads=True)
def config_get(state: ProjectState, _: Call) -> str:
    return f"{state['project']}\n"


@command("projects describe", reads=True)
def project(state: ProjectState, call: Call) -> Resource:
    if call.words != [state["project"]]:
        raise Refused("PERMISSION_DENIED: the project does not exist, or you may not see it")
    return {"projectId": state["project"], "projectNumber": state["number"]}


@command("services list", reads=True)
def services(state: ProjectState, _: Call) -> list[Resource]:
    return [{"name": f"projects/{state['number']}/services/{each}"} for each in state["services"]]


@command("services enable")
def enable(state: ProjectState, call: Call) -> None:
    state["services"] = sorted({*state["services"], *call.words})


# Accounts and rights.


@command("iam service-accounts list", reads=True)
def accounts(state: ProjectState, _: Call) -> list[Resource]:
    return list(state["accounts"])


@command("iam service-accounts create")
def make_account(state: ProjectState, call: Call) -> None:
    policy = "iam.managed.disableServiceAccountCreation"
    forbid(state, policy, f"FAILED_PRECONDITION: Operation denied by org policy: [constraints/{policy}].")
    (name,) = call.words
    if not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", name):
        raise Refused("INVALID_ARGUMENT: the name of an account has 6 to 30 characters")
    email = f"{name}@{state['project']}.iam.gserviceaccount.com"
    make(state["accounts"], {"name": email, "email": email})


@command("iam service-accounts delete")
def drop_account(state: ProjectState, call: Call) -> None:
    drop(state, state["accounts"], call.words[0])


@command("projects get-iam-policy", reads=True)
def policy(state: ProjectState, _: Call) -> Resource:
    return dict(state["policy"])


@command("projects add-iam-policy-binding")
def grant(state: ProjectState, call: Call) -> None:
    bind(state, state["policy"], call)


@command("projects remove-iam-policy-binding")
def revoke(state: ProjectState, call: Call) -> None:
    bindings = state["policy"]["bindings"]
    mine = {"role": call.flags["--role"], "members": [call.flags["--member"]]}
    found = [each for each in bindings if {"role": each["role"], "members": each["members"]} == mine]
    if not found:
        raise Refused("NOT_FOUND: there is no such binding")
    bindings.remove(found[0])


def bind(state: ProjectState, policy: Resource, call: Call) -> None:
    member, role = call.flags["--member"], call.flags["--role"]
    if member.removeprefix("serviceAccount:") not in [each["email"] for each in state["accounts"]]:
        raise Refused("INVALID_ARGUMENT: the account does not exist")
    conditional = any("condition" in each for each in policy["bindings"])
    if conditional and "--condition" not in call.flags:
        raise Refused("a policy with conditions wants --condition in every binding")
    binding: Resource = {"role": role, "members": [member]}
    condition = call.flags.get("--condition", "None")
    policy["bindings"].append(binding if condition == "None" else binding | {"condition": condition})


def has(policy: Resource, role: str, email: str) -> bool:
    wanted = (role, f"serviceAccount:{email}")
    return any((each["role"], member) == wanted for each in policy["bindings"] for member in each["members"])


# The database.


def database_name(state: ProjectState, call: Call) -> str:
    return f"projects/{state['project']}/databases/{call.flags['--database']}"


@command("firestore databases list", reads=True)
def databases(state: ProjectState, _: Call) -> list[Resource]:
    return list(state["databases"])


@command("firestore databases create")
def make_database(state: ProjectState, call: Call) -> None:
    where = f"'{call.flags['--location']}' violates constraint 'constraints/gcp.resourceLocations'"
    forbid(state, "gcp.resourceLocations", f"FAILED_PRECONDITION: {where}")
    make(state["databases"], {"name": database_name(state, call), "type": call.flags["--type"]})


@command("firestore databases delete")
def drop_database(state: ProjectState, call: Call) -> None:
    drop(state, state["databases"], database_name(state, call))


@command("firestore bulk-delete")
def bulk_delete(state: ProjectState, call: Call) -> None:
    one(state["databases"], database_name(state, call))
    state["deleted"].append(call.flags["--collection-ids"])


@command("firestore fields ttls list", reads=True)
def ttls(state: ProjectState, _: Call) -> list[Resource]:
    return list(state["ttl"])


@command("firestore fields ttls update")
def make_ttl(state: ProjectState, call: Call) -> None:
    whole = one(state["databases"], database_name(state, call))["name"]
    name = f"{whole}/collectionGroups/{call.flags['--collection-group']}/fields/{call.words[0]}"
    make(state["ttl"], {"name": name, "ttlConfig": {"state": "CREATING"}})
