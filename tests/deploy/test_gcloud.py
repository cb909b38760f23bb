"""Every command line is checked by the real gcloud, without an account or a network."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.deploy.clone import ROOT, Clone
from tests.deploy.cloud import Line
from tests.deploy.cloud.vault import make_older

Check = Callable[[Iterable[Line]], list[str]]


@pytest.fixture(scope="module")
def check(need: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Give a function that reports what the real gcloud rejects in each line."""
    environ = os.environ | {"CLOUDSDK_CONFIG": str(tmp_path_factory.mktemp("gcloud"))}
    info = [need("gcloud"), "info", "--format=value(basic.python_location,installation.sdk_root)"]
    python, sdk = subprocess.check_output(info, text=True, env=environ).split()

    command = [python, str(Path(__file__).with_name("real_gcloud.py")), sdk]
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as real:
        asked, answers = real.stdin, real.stdout
        assert asked
        assert answers

        def findings(lines: Iterable[Line]) -> list[str]:
            asked.write(f"{json.dumps([line._asdict() for line in lines])}\n")
            asked.flush()
            found: list[str] = json.loads(answers.readline())
            return found

        yield findings


def recorded(clone: Clone) -> list[Line]:
    return [line for line in clone.cloud.lines if line.argv[0] != "relay"]


def parse_line(text: str) -> Line:
    return Line(shlex.split(text), reads=False, files={})


@pytest.fixture(scope="module")
def everything(first: Clone, tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """Return all gcloud commands from the first deployment to the removal."""
    clone = first.copy(tmp_path_factory.mktemp("life"))
    clone.deploy()
    clone.deploy("rotate-key")
    make_older(clone.state, "sms-relay-API_KEY", hours=49)
    clone.deploy("rotate-key", "--finish")
    clone.write(".env", re.sub("SIGNING_KEYS=.*\n", "", clone.env))
    clone.state["metrics"][0]["filter"] = "an older one"
    clone.write(".env", f"{clone.env}WATCH=telegram\n")
    clone.deploy(
        "--watch", "--silence=3", "--alerts=you@example.org", "--remove=SIGNING_KEYS", "--min-instances=1"
    )
    clone.write(".env", f"{clone.env}TICK_SECRET=another-secret-of-this-test\n")
    clone.deploy()
    clone.write(".env", "")
    clone.deploy("doctor", "--project=test-project")
    clone.deploy("restore-env", "--project=test-project")
    clone.deploy("url")
    clone.deploy("logs")
    clone.deploy("destroy", "--yes", "--with-data", "--whole-database")
    clone.state["forbidden"] = {"iam.allowedPolicyMemberDomains"}
    clone.deploy()
    clone.state["run"]["us-central1/sms-relay"]["boost"] = ""
    clone.deploy()
    clone.deploy("destroy", "--yes", "--with-data")
    return recorded(first) + recorded(clone)


def test_it_accepts_every_command_line_and_prints_what_the_fake_prints(
    check: Check, everything: list[Line]
) -> None:
    found = check(everything)

    wrong = [f"{line.text}\n{finding}" for line, finding in zip(everything, found, strict=True) if finding]
    assert wrong == []


def test_the_commands_cover_the_whole_life_of_a_deployment(everything: list[Line]) -> None:
    names = {" ".join(word for word in line.argv if not word.startswith("-")) for line in everything}

    for command in (
        *("bulk-delete", "databases delete", "policies update", "versions destroy", "logging read"),
        *("jobs create http", "jobs update http", "jobs delete"),
        *("metrics update", "services update", "secrets delete", "storage cp", "repositories list"),
    ):
        assert [name for name in names if command in name], command


@pytest.mark.parametrize("words", ["", "rotate-key", "rotate-key --finish", "destroy --with-data"])
def test_it_accepts_what_the_dry_run_shows(check: Check, first: Clone, words: str) -> None:
    watch = () if words else ("--watch",)
    output = first.deploy("--dry-run", "--alerts=me@example.org", *watch, *words.split()).stdout
    whole = output.replace(" \\\n         ", " ").replace("--env-vars-file=settings.yaml", "")
    whole = whole.replace("--flags-file=header.json", "")

    shown = [parse_line(each) for each in re.findall(r"^     gcloud (.+)$", whole, re.MULTILINE)]

    assert shown
    assert [each for each in check(shown) if each] == []


def test_it_accepts_the_commands_in_the_documents(check: Check) -> None:
    texts = [path.read_text() for path in (ROOT / "docs").glob("*.md")]
    output = [
        each for text in texts for each in re.findall(r"(?:^ *|`|\| )gcloud ([^`|\n]+)", text, re.MULTILINE)
    ]

    assert len(output) > 10
    assert [each for each in check([parse_line(each) for each in output]) if each] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "functions deploy sms-relay --gen3",
        "functions deploy sms-relay --gen2 --concurrency=2000",
        "functions deploy sms-relay --memory=lots --set-secrets=A=a:1 --cpu=1",
        "functions deploy sms-relay --memory=512Mi --cpu=1 --set-secrets=A=a:newest",
        "secrets version add sms-relay-API_KEY --data-file=-",
        "projects add-iam-policy-binding test-project --role=roles/owner",
        "logging sinks update _Default --add-exclusion=naam=x",
        "firestore fields ttls update expires --collection-group=relay",
    ],
)
def test_it_rejects_a_wrong_command(check: Check, wrong: str) -> None:
    (found,) = check([parse_line(wrong)])

    assert found


def test_it_rejects_a_wrong_key_in_a_policy_and_a_wrong_answer(check: Check) -> None:
    policy = Line(
        ["alpha", "monitoring", "policies", "create", "--policy-from-file=x"],
        reads=False,
        files={"--policy-from-file": '{"displayName": "x", "conditons": []}'},
    )
    answer = Line(
        ["secrets", "list", "--format=value(name.basename())"],
        reads=True,
        files={},
        resources=[{"name": "projects/1/secrets/a"}],
        answer="projects/1/secrets/a\n",
    )

    assert ["conditons" in check([policy])[0], "it prints 'a\\n'" in check([answer])[0]] == [True, True]
