"""The images, and the function made of them."""

import json
import re

from tests.deploy.cloud.project import has
from tests.deploy.cloud.state import Call, ProjectState, Resource, command, drop, make, one, require
from tests.deploy.cloud.vault import versions_of

BUILDER = "roles/cloudbuild.builds.builder"
READER = "roles/secretmanager.secretAccessor"


@command("artifacts repositories list", reads=True)
def repositories(state: ProjectState, _: Call) -> list[Resource]:
    return [{"name": each["name"], "labels": each["labels"]} for each in state["repositories"]]


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
    return list(state["functions"])


@command("functions describe", reads=True)
def function(state: ProjectState, call: Call) -> list[Resource]:
    return [one(state["functions"], call.words[0])]


@command("functions deploy")
def deploy(state: ProjectState, call: Call) -> None:
    references = call.label("--set-secrets")
    check_deployment(state, call, references)
    name = f"projects/{state['project']}/locations/{call.flags['--region']}/functions/{call.words[0]}"
    state["functions"] = [each for each in state["functions"] if each["name"] != name]
    source = call.path("--source")
    made = {
        "name": name,
        "state": "ACTIVE",
        "labels": call.label("--update-labels"),
        "serviceConfig": {"uri": state["url"]},
        "secrets": references,
        "build": call.label("--set-build-env-vars"),
        "instances": int(call.flags["--max-instances"]),
        "settings": json.loads(call.file("--env-vars-file")),
        "files": sorted(str(each.relative_to(source)) for each in source.rglob("*") if each.is_file()),
        "requirements": (source / "requirements.txt").read_text(),
    }
    state["functions"].append(made)


def check_deployment(state: ProjectState, call: Call, references: dict[str, str]) -> None:
    """Refuse what Google would find missing, only minutes later."""
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
    drop(state, state["functions"], call.words[0])
