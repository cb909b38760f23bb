"""The function itself: how it runs, who may call it, its address, and a test."""

from typing import Any

from deploy import public, vault
from deploy.deployment import Deployment
from deploy.failures import Stopped
from deploy.relays import basename, list_functions, region_of
from deploy.source import CONCURRENCY, MEMORY_MIB, collect_source, fingerprint
from deploy.terminal import say

RUNTIME = "python313"
BYTECODE_DATE = 315532800
"""Any date: without one each cold start compiles our modules, because files get another time in the image."""
TIMEOUT = "3600s"
"""The longest that Google allows; the relay itself answers within seconds. The server takes it as the time
after which a worker that was not heard of is replaced, with all that it holds in memory. An idle instance is
frozen, so with a shorter time the next request would cost what was still under way."""
_PENDING = "DEPLOYING"
_WAITS = 40
"""How often a function that is being deployed is looked at again."""


def max_instances(deployment: Deployment) -> int:
    """Return how many instances may run: a ledger in memory is not shared between them."""
    return 3 if deployment.uses_firestore else 1


def put_function(deployment: Deployment) -> None:
    """Deploy it, let everybody reach it, and clean up what the old version needed."""
    collect = "The files of the function are collected, and no others"
    deployment.plan.act(
        collect, "Is there space in the temporary folder?", lambda: collect_source(deployment), reads=True
    )
    deployment.plan.step(
        "The function runs with these files and settings (a new version takes two to three minutes)",
        "The lines above name the reason; the build's log says more.",
        lambda: _is_current(deployment),
        lambda: _deploy(deployment),
    )
    public.open_to_all(deployment)
    public.boost_start(deployment)
    vault.clean_up(deployment)


def _flags(deployment: Deployment) -> list[str]:
    source, settings = str(deployment.work / "source"), str(deployment.work / "settings.yaml")
    if deployment.is_dry:
        source, settings = ".", "settings.yaml"
    parent = f"projects/{deployment.project}"
    return [
        *("--gen2", f"--region={deployment.region}", f"--runtime={RUNTIME}", "--entry-point=forward"),
        *(f"--source={source}", "--trigger-http"),
        *("--cpu=1", f"--memory={MEMORY_MIB}Mi", f"--concurrency={CONCURRENCY}"),
        *(
            f"--min-instances={deployment.value('MIN_INSTANCES')}",
            f"--max-instances={max_instances(deployment)}",
        ),
        f"--timeout={TIMEOUT}",
        f"--service-account={deployment.runner}",
        f"--build-service-account={parent}/serviceAccounts/{deployment.builder}",
        f"--docker-repository={parent}/locations/{deployment.region}/repositories/{deployment.name}",
        f"--env-vars-file={settings}",
        f"--set-secrets={vault.references(deployment)}",
        f"--set-build-env-vars=SOURCE_DATE_EPOCH={BYTECODE_DATE}",
    ]


def _is_current(deployment: Deployment) -> bool:
    """Return whether the function runs exactly so; one that is being deployed is waited for."""
    function = _wait_until_settled(deployment)
    expected = {"source": fingerprint(deployment.work, _flags(deployment)), "sms_relay": deployment.name}
    labels = function.get("labels", {})
    return function.get("state") == "ACTIVE" and expected == {name: labels.get(name) for name in expected}


def _wait_until_settled(deployment: Deployment) -> dict[str, Any]:
    for _ in range(_WAITS):
        function = _find(deployment)
        if function.get("state") != _PENDING:
            return function
        say("  An earlier deployment of it is still under way: looking again in 15 seconds.")
        deployment.google.pause(15)
    raise Stopped(
        "An earlier deployment of the function does not end.", "Wait some minutes, and run this again."
    )


def _find(deployment: Deployment) -> dict[str, Any]:
    wanted = (deployment.region, deployment.name)
    found = [each for each in list_functions(deployment) if (region_of(each), basename(each)) == wanted]
    return found[0] if found else {}


def _deploy(deployment: Deployment) -> None:
    flags = _flags(deployment)
    source = "first" if deployment.is_dry else fingerprint(deployment.work, flags)
    deployment.google.change(
        *("functions", "deploy", deployment.name, *flags),
        *(f"--update-labels={deployment.label},source={source}", "--format=none"),
        visible=True,
        with_rights=True,
    )


def find_url(deployment: Deployment) -> str:
    """Return its address, without the key."""
    if deployment.is_dry:
        return "https://THE-FUNCTION"
    words = ("functions", "describe", deployment.name, f"--region={deployment.region}")
    return str(deployment.google.look(*words)["serviceConfig"]["uri"])
