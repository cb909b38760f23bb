"""The images, and the function made of them."""

import json
import re
import zipfile
from copy import deepcopy

from tests.deploy.cloud.project import has
from tests.deploy.cloud.state import Call, ProjectState, Resource, command, drop, forbid, make, one, require
from tests.deploy.cloud.vault import versions_of

BUILDER = "roles/cloudbuild.builds.builder"
READER = "roles/secretmanager.secretAccessor"


@command("artifacts repositories list", reads=True)
def repositories(state: ProjectState, call: Call) -> list[Resource]:
    where = call.flags["--location"]
    return [
        {"name": each["name"], "labels": each["labels"]}
        for each in state["repositories"]
        if where == "all" or f"/locations/{where}/" in each["name"]
    ]


@command("artifacts repositories create")
def make_repository(state: ProjectState, call: Call) -> None:
    name = f"projects/{state['project']}/locations/{call.flags['--location']}/repositories/{call.words[0]}"
    make(state["repositories"], {"name": name, "labels": call.label("--labels"), "cleanup": []})


@command("artifacts repositories delete")
def drop_repository(state: ProjectState, call: Call) -> None:
    drop(state, state["repositories"], call.words[0])


@command("artifacts repositories list-cleanup-policies", reads=True)
def cleanup(state: ProjectState, call: Call) -> list[Resource]:
    found: list[Resource] = one(state["repositories"], call.words[0])["cleanup"]
    return found


@command("artifacts repositories set-cleanup-policies")
def set_cleanup(state: ProjectState, call: Call) -> None:
    policies = json.loads(call.file("--policy"))
    one(state["repositories"], call.words[0])["cleanup"] = policies


# The function.


@command("meta list-files-for-upload", reads=True)
def files(_: ProjectState, call: Call) -> str:
    wanted = re.compile(r"(relay|forwarders)/(?!.*__pycache__).*|[^/.]+\.(py|toml)|requirements\.txt")
    found = sorted(str(each.relative_to(call.folder)) for each in call.folder.rglob("*") if each.is_file())
    return "".join(f"{each}\n" for each in found if wanted.fullmatch(each))


@command("functions list", reads=True)
def functions(state: ProjectState, _: Call) -> list[Resource]:
    """List all regions; a function that is being deployed is ready after some more looks."""
    shown = deepcopy(state["functions"])
    for each in state["functions"]:
        if each.get("state") == "DEPLOYING":
            each["looks"] -= 1
            each["state"] = "DEPLOYING" if each["looks"] else "ACTIVE"
    return list(shown)


@command("functions describe", reads=True)
def function(state: ProjectState, call: Call) -> Resource:
    return one(state["functions"], function_name(state, call))


def function_name(state: ProjectState, call: Call) -> str:
    return f"projects/{state['project']}/locations/{call.flags['--region']}/functions/{call.words[0]}"


@command("functions deploy")
def deploy(state: ProjectState, call: Call) -> None:
    references = call.label("--set-secrets")
    check_deployment(state, call, references)
    name = function_name(state, call)
    state["functions"] = [each for each in state["functions"] if each["name"] != name]
    source = call.path("--source")
    made = {
        "name": name,
        "state": "ACTIVE",
        "labels": call.label("--update-labels"),
        "serviceConfig": {
            "uri": state["url"],
            "environmentVariables": json.loads(call.file("--env-vars-file")),
            "minInstanceCount": int(call.flags["--min-instances"]),
            "maxInstanceCount": int(call.flags["--max-instances"]),
        },
        "buildConfig": {
            "source": {"storageSource": {"bucket": "gcf-v2-sources", "object": f"{len(state['zips'])}.zip"}}
        },
        "secrets": references,
        "build": call.label("--set-build-env-vars"),
        "files": sorted(str(each.relative_to(source)) for each in source.rglob("*") if each.is_file()),
        "requirements": (source / "requirements.txt").read_text(),
    }
    state["functions"].append(made)
    state["zips"].append({file: (source / file).read_bytes() for file in made["files"]})
    state["run"].setdefault(call.service, {"annotations": {}, "policy": {"bindings": []}, "boost": "true"})


def check_deployment(state: ProjectState, call: Call, references: dict[str, str]) -> None:
    """Refuse what Google would find missing, only minutes later."""
    policy = "run.allowedIngress"
    forbid(state, policy, f"The request has violated one or more Org Policies: constraints/{policy}")
    busy = [each for each in state["functions"] if each.get("state") == "DEPLOYING"]
    require(not busy, "unable to queue the operation")
    emails = [each["email"] for each in state["accounts"]]
    runner, builder = call.flags["--service-account"], call.flags["--build-service-account"].split("/")[-1]
    repositories = [each["name"] for each in state["repositories"]]
    for service in ("run", "cloudbuild", "artifactregistry"):
        require(f"{service}.googleapis.com" in state["services"], f"{service} is switched off")
    require(runner in emails, "the runtime account is missing")
    require(has(state["policy"], BUILDER, builder), "the build account may not build")
    require(call.flags["--docker-repository"] in repositories, "the repository is missing")
    for reference in references.values():
        name, _, number = reference.partition(":")
        require(one(versions_of(state, name), number)["state"] == "ENABLED", f"{reference} is not enabled")
        require(has(state["secrets"][name]["policy"], READER, runner), f"{reference} cannot be read")


@command("functions delete")
def drop_function(state: ProjectState, call: Call) -> None:
    drop(state, state["functions"], function_name(state, call))
    del state["run"][call.service]


@command("storage cp", reads=True)
def download(state: ProjectState, call: Call) -> str:
    source, target = call.words
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in state["zips"][int(source.rpartition("/")[2].removesuffix(".zip"))].items():
            archive.writestr(name, content)
    return ""


# The Cloud Run service behind it.


@command("run services describe", reads=True)
def service(state: ProjectState, call: Call) -> Resource:
    found = find_service(state, call)
    boost = {"run.googleapis.com/startup-cpu-boost": found["boost"]}
    return {
        "metadata": {"name": call.words[0], "annotations": found["annotations"]},
        "spec": {"template": {"metadata": {"annotations": boost}}},
    }


def find_service(state: ProjectState, call: Call) -> Resource:
    require(call.service in state["run"], f"NOT_FOUND: {call.service}")
    found: Resource = state["run"][call.service]
    return found


@command("run services get-iam-policy", reads=True)
def service_policy(state: ProjectState, call: Call) -> Resource:
    return dict(find_service(state, call)["policy"])


@command("run services add-iam-policy-binding")
def open_service(state: ProjectState, call: Call) -> None:
    assert (call.flags["--member"], call.flags["--role"]) == ("allUsers", "roles/run.invoker")
    forbid(
        state,
        "iam.allowedPolicyMemberDomains",
        "FAILED_PRECONDITION: One or more users named in the policy do not belong to a permitted customer,  "
        "perhaps due to an organization policy.",
    )
    find_service(state, call)["policy"]["bindings"].append(
        {"role": "roles/run.invoker", "members": ["allUsers"]}
    )


@command("run services update")
def update_service(state: ProjectState, call: Call) -> None:
    found = find_service(state, call)
    if "--cpu-boost" in call.flags:
        found["boost"] = "True"
    if "--no-invoker-iam-check" in call.flags:
        policy = "run.managed.requireInvokerIam"
        forbid(state, policy, f"FAILED_PRECONDITION: Operation denied by org policy: [constraints/{policy}].")
        found["annotations"]["run.googleapis.com/invoker-iam-disabled"] = "true"
