"""What the ledger in Firestore says when it is refused or misunderstood, and how it gets a token."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from forwarders.http import Http
from relay.ledger import LedgerUnavailable
from relay.ledger.firestore import FirestoreLedger
from relay.ledger.firestore.connection import RENEW
from relay.ledger.identity import Identity
from relay.model import DeliverySpec, Dispatch
from testkit.failing import until
from testkit.service import Act, Reply, Request, Service, Trouble, reply
from testkit.services.firestore import FirestoreFront, MetadataServer
from testkit.services.tls import certificate

pytestmark = pytest.mark.anyio

DEBT = Dispatch("sms:received", 1_800_000_000.0, (DeliverySpec("family"),))
SECRET = "+12025550143"

Verb = Callable[[FirestoreLedger], Awaitable[Any]]
VERBS: dict[str, Verb] = {
    "commit": lambda ledger: ledger.claim(Identity("5e"), DEBT, "owner"),
    "batchGet": lambda ledger: ledger.update_note("note", lambda _note: {"a": 1}),
    "runQuery": lambda ledger: ledger.unsettled(),
}


def failed(status: int, word: str, **more: Any) -> Reply:
    return reply(status, {"error": {"code": status, "message": SECRET, "status": word, **more}})


DISABLED = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
PORTAL = b"<!doctype html><title>Log in</title>" + SECRET.encode()
DOWN = "not available: it is down"
STRANGE = r"it is not Firestore that answered, with status \d+; is a proxy or a login page in between\?"
ANSWERS: dict[str, tuple[Act, str]] = {
    "wrong token": (failed(401, "UNAUTHENTICATED"), "is the clock of this machine correct"),
    "no role": (failed(403, "PERMISSION_DENIED"), "it needs the role roles/datastore.user"),
    "not enabled": (
        failed(403, "PERMISSION_DENIED", details=[DISABLED]),
        "run `gcloud services enable firestore.googleapis.com`",
    ),
    "too often": (failed(429, "RESOURCE_EXHAUSTED"), "the quota is used up"),
    "too often, says a front end": (Reply(429, PORTAL), "the quota is used up"),
    "too large": (failed(400, "INVALID_ARGUMENT"), "a document holds 1 MiB"),
    "a bug there": (failed(500, "INTERNAL"), "it failed with INTERNAL"),
    "down": (failed(503, "UNAVAILABLE"), DOWN),
    "down, says a front end": (Reply(502, PORTAL), DOWN),
    "slow": (failed(504, "DEADLINE_EXCEEDED"), "it did not answer in time"),
    "hangs": (Trouble.HANG, "it did not answer in time"),
    "unending": (Reply(200, b"[", length=9, unending=True), "it did not answer in time"),
    "cut off": (Reply(200, b'{"writeResults": [', length=99), "it cannot be reached: its answer was cut off"),
    "a login page": (Reply(200, PORTAL), STRANGE),
    "a refusing proxy": (Reply(403, PORTAL), STRANGE),
    "another way": (Reply(302, b"", {"Location": "http://192.0.2.1/"}), STRANGE),
    "nothing": (Reply(200, b""), STRANGE),
    "an error without a word": (reply(400, {"error": {"message": SECRET, "status": SECRET}}), STRANGE),
    "other JSON": (reply(200, [{"results": SECRET}, SECRET]), STRANGE),
}
MISSING = {
    "no database": (failed(404, "NOT_FOUND"), "the project has no such database"),
    "another mode": (failed(400, "FAILED_PRECONDITION"), "the database is in Datastore mode"),
}
"""What a write says also when its document has changed, so that only reading it tells."""


@pytest.fixture
async def front() -> AsyncIterator[FirestoreFront]:
    async with FirestoreFront() as front:
        yield front


@pytest.fixture
async def metadata(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MetadataServer]:
    """The metadata server of the machine that this process believes to be on."""
    async with MetadataServer() as server:
        monkeypatch.setenv("K_SERVICE", "relay")
        monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{server.port}")
        monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
        yield server


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ledger(front: FirestoreFront, clock: Clock) -> AsyncIterator[FirestoreLedger]:
    """A ledger whose service is the front."""
    http = Http()
    yield FirestoreLedger("relay", clock, project="tests", patience=20, http=http, service=front.url)
    await http.aclose()


@pytest.fixture
async def emulated(front: FirestoreFront, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FirestoreLedger]:
    """A ledger that takes the front for the emulator, and has a second."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{front.port}")
    ledger = FirestoreLedger(project="tests", patience=1)
    yield ledger
    await ledger.aclose()


async def said(verb: Verb, ledger: FirestoreLedger) -> str:
    """Return the one line that the ledger raises."""
    with pytest.raises(LedgerUnavailable) as raised:
        await verb(ledger)
    assert raised.value.__cause__ is None
    line = str(raised.value)
    assert line.startswith("the ledger in Firestore is not available: ")
    assert SECRET not in line
    return line


def tokens(service: Service) -> list[str]:
    return [each.headers["authorization"] for each in service.requests]


@pytest.mark.parametrize("what", ANSWERS)
async def test_every_answer_has_one_line_that_says_what_to_do(
    emulated: FirestoreLedger, front: FirestoreFront, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.ledger.firestore.LISTING", 1)
    front.always, line = ANSWERS[what]
    for verb in VERBS.values():
        assert re.search(line, await said(verb, emulated))


@pytest.mark.parametrize("what", MISSING)
async def test_a_database_that_is_missing_is_no_other_instance_that_was_faster(
    emulated: FirestoreLedger, front: FirestoreFront, what: str
) -> None:
    front.always, line = MISSING[what]
    for verb in VERBS.values():
        assert line in await said(verb, emulated)


@pytest.mark.parametrize("place", ["first", "last"])
async def test_a_list_that_ends_with_a_failure_is_none(
    emulated: FirestoreLedger, front: FirestoreFront, place: str
) -> None:
    before = [{"readTime": "2027-01-15T08:00:00Z"}] if place == "last" else []
    front.always = reply(200, [*before, {"error": {"status": "PERMISSION_DENIED"}}])
    assert "roles/datastore.user" in await said(VERBS["runQuery"], emulated)


async def test_nothing_is_sent_again_that_was_answered(
    emulated: FirestoreLedger, front: FirestoreFront
) -> None:
    front.always = failed(503, "UNAVAILABLE")
    await said(VERBS["commit"], emulated)
    assert len(front.requests) == 1


async def test_a_service_that_does_not_listen_is_named(
    emulated: FirestoreLedger, front: FirestoreFront
) -> None:
    await front.vanish()
    assert f"it cannot be reached: 127.0.0.1:{front.port} refused" in await said(VERBS["commit"], emulated)


@pytest.mark.usefixtures("metadata")
async def test_a_certificate_that_is_not_googles_is_no_firestore(tmp_path: Path) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate(tmp_path / "own.pem"))
    service = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    ledger = FirestoreLedger(project="tests", patience=20, service=service)
    async with server:
        assert "the certificate of localhost:" in await said(VERBS["commit"], ledger)
    await ledger.aclose()


async def test_a_project_that_is_not_known_is_asked_for(
    front: FirestoreFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{front.port}")
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    ledger = FirestoreLedger(patience=20)
    assert "no project is known; write firestore://PROJECT" in await said(VERBS["commit"], ledger)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "of-the-environment")
    await VERBS["commit"](ledger)
    assert front.requests[0].path == "/v1/projects/of-the-environment/databases/(default)/documents:commit"
    await ledger.aclose()


# Tokens


async def test_one_token_serves_all_until_it_is_about_to_end(
    ledger: FirestoreLedger, front: FirestoreFront, metadata: MetadataServer, clock: Clock
) -> None:
    await asyncio.gather(*(VERBS["commit"](ledger) for _ in range(5)))
    clock.now += metadata.lives - RENEW - 1
    await VERBS["commit"](ledger)
    assert tokens(front) == ["Bearer token-1"] * 6
    assert metadata.given == 1


async def test_a_token_is_renewed_before_it_ends_and_nobody_waits_for_it(
    ledger: FirestoreLedger, front: FirestoreFront, metadata: MetadataServer, clock: Clock
) -> None:
    await VERBS["commit"](ledger)
    clock.now += metadata.lives - RENEW + 1
    metadata.acts.append(Trouble.HANG)
    await VERBS["commit"](ledger)
    assert tokens(front) == ["Bearer token-1"] * 2
    await metadata.hang_up()
    while tokens(front)[-1] != "Bearer token-2":
        await VERBS["commit"](ledger)


async def test_a_token_that_has_ended_is_not_used(
    ledger: FirestoreLedger, front: FirestoreFront, metadata: MetadataServer, clock: Clock
) -> None:
    await VERBS["commit"](ledger)
    clock.now += metadata.lives
    await VERBS["commit"](ledger)
    assert tokens(front) == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.usefixtures("metadata")
async def test_a_token_that_is_refused_is_not_used_again(
    ledger: FirestoreLedger, front: FirestoreFront
) -> None:
    front.acts.append(failed(401, "UNAUTHENTICATED"))
    await said(VERBS["commit"], ledger)
    await VERBS["commit"](ledger)
    assert tokens(front) == ["Bearer token-1", "Bearer token-2"]


async def test_a_token_is_fetched_before_it_is_needed(
    ledger: FirestoreLedger, metadata: MetadataServer
) -> None:
    ledger.prepare()
    await until(lambda: metadata.given == 1)
    await VERBS["commit"](ledger)
    assert metadata.given == 1


async def test_a_token_that_comes_too_late_for_one_is_there_for_the_next(
    front: FirestoreFront, metadata: MetadataServer
) -> None:
    metadata.gate = asyncio.Event()
    http = Http()
    hurried = FirestoreLedger(project="tests", patience=0.1, http=http, service=front.url)
    assert "it did not answer in time" in await said(VERBS["commit"], hurried)
    metadata.gate.set()
    while not front.requests:
        with suppress(LedgerUnavailable):
            await VERBS["commit"](hurried)
    assert metadata.given == 1
    await http.aclose()


async def test_a_metadata_server_that_hangs_is_asked_again(
    front: FirestoreFront, metadata: MetadataServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.ledger.firestore.access.METADATA", 0.2)
    metadata.acts.append(Trouble.HANG)
    http = Http()
    hurried = FirestoreLedger(project="tests", patience=0.1, http=http, service=front.url)
    assert "it did not answer in time" in await said(VERBS["commit"], hurried)
    await until(lambda: len(metadata.requests) == 1)
    while not front.requests:
        with suppress(LedgerUnavailable):
            await VERBS["commit"](hurried)
    assert metadata.given == 1
    await http.aclose()


async def test_a_token_lives_from_when_it_was_asked_for(
    ledger: FirestoreLedger, front: FirestoreFront, metadata: MetadataServer, clock: Clock
) -> None:
    metadata.gate = asyncio.Event()
    ledger.prepare()
    await until(lambda: len(metadata.requests) == 1)
    clock.now += metadata.lives  # the instance was frozen
    metadata.gate.set()
    for _ in range(2):
        await VERBS["commit"](ledger)
    assert tokens(front) == ["Bearer token-2"] * 2


async def test_an_account_that_does_not_know_its_project_is_asked_again(
    front: FirestoreFront, metadata: MetadataServer
) -> None:
    ledger = FirestoreLedger(patience=20, service=front.url)
    metadata.acts += [reply(200, {"access_token": "token", "expires_in": 3600}), Reply(503, PORTAL)]
    assert "no project is known; write firestore://PROJECT" in await said(VERBS["commit"], ledger)
    await VERBS["commit"](ledger)
    assert front.requests[0].path.startswith("/v1/projects/project-of-the-account/databases/")
    await ledger.aclose()


@pytest.mark.usefixtures("metadata")
async def test_the_account_knows_its_project(front: FirestoreFront) -> None:
    ledger = FirestoreLedger(patience=20, service=front.url)
    await VERBS["commit"](ledger)
    assert front.requests[0].path.startswith("/v1/projects/project-of-the-account/databases/")
    await ledger.aclose()


NO_TOKENS: dict[str, tuple[Act, str]] = {
    "no account": (reply(404, None), "does the function have a service account?"),
    "a page": (Reply(200, PORTAL), "does the function have a service account?"),
    "no token": (reply(200, {"error": SECRET}), "does the function have a service account?"),
    "broken off": (Trouble.DROP_READ, "the metadata server gives no token: 127.0.0.1:"),
}


@pytest.mark.parametrize("what", NO_TOKENS)
async def test_a_metadata_server_that_gives_no_token_is_said_until_it_does(
    ledger: FirestoreLedger, metadata: MetadataServer, what: str
) -> None:
    act, line = NO_TOKENS[what]
    metadata.acts.append(act)
    assert line in await said(VERBS["commit"], ledger)
    await VERBS["commit"](ledger)


# The operator's own credentials


class Login(Service):
    """Google's server that gives tokens for a key."""

    async def respond(self, request: Request) -> Act:
        """Answer whoever asks."""
        assert request.form()["grant_type"].endswith("jwt-bearer")
        return reply(200, {"access_token": "of-the-key", "expires_in": 3600, "token_type": "Bearer"})


@pytest.fixture
async def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Login]:
    """The server whose key this process has."""
    key = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    async with Login() as server:
        file = tmp_path / "key.json"
        account = {
            "type": "service_account",
            "project_id": "project-of-the-key",
            "client_email": "relay@example.org",
            "private_key": key.decode(),
            "token_uri": server.url,
        }
        file.write_text(json.dumps(account))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
        yield server


async def test_a_key_file_counts_wherever_the_function_runs(
    front: FirestoreFront, metadata: MetadataServer, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "who-pays")
    ledger = FirestoreLedger(patience=20, service=front.url)
    for _ in range(2):
        await VERBS["commit"](ledger)
    assert front.requests[0].path.startswith("/v1/projects/project-of-the-key/databases/")
    assert tokens(front) == ["Bearer of-the-key"] * 2
    assert front.requests[0].headers["x-goog-user-project"] == "who-pays"
    assert (len(login.requests), metadata.given) == (1, 0)
    await ledger.aclose()


@pytest.mark.parametrize("trouble", [reply(400, {"error": "invalid_grant"}), reply(401, {"error": SECRET})])
async def test_a_key_that_is_refused_may_be_right_and_the_clock_wrong(
    ledger: FirestoreLedger, login: Login, trouble: Act
) -> None:
    login.acts.append(trouble)
    assert "is the clock of this machine correct? If it is, `gcloud auth" in await said(
        VERBS["commit"], ledger
    )
    await VERBS["commit"](ledger)


async def test_a_login_that_does_not_listen_is_said(ledger: FirestoreLedger, login: Login) -> None:
    await login.vanish()
    assert "Google's login cannot be reached; is this machine online?" in await said(VERBS["commit"], ledger)


@pytest.mark.usefixtures("login")
async def test_missing_credentials_are_said_until_they_are_there(
    ledger: FirestoreLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
        line = await said(VERBS["commit"], ledger)
    assert "no Google credentials; `gcloud auth application-default login` makes some" in line
    await VERBS["commit"](ledger)


async def test_credentials_that_cannot_be_read_are_said(
    ledger: FirestoreLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path))
    assert "the file with the Google credentials cannot be read" in await said(VERBS["commit"], ledger)


@pytest.mark.usefixtures("login")
async def test_a_library_that_is_not_installed_is_named(
    ledger: FirestoreLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.auth", None)
    assert "run `pip install -r requirements-operator.txt`" in await said(VERBS["commit"], ledger)
