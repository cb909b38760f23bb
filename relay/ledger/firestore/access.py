"""Who asks Firestore, and where: on Google the function's account, elsewhere the operator's own credentials.

https://docs.cloud.google.com/docs/authentication/application-default-credentials
"""

import asyncio
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from forwarders.base import Failure
from forwarders.http import Answer, Http
from relay.ledger.firestore.answers import OK, unavailable

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
METADATA = 5.0
"""Seconds that the metadata server may take: it is on the same machine, and later callers would wait, too."""
_LOGIN = "`gcloud auth application-default login` makes some"
_NO_PROJECT = "no project is known; write firestore://PROJECT"
_NOT_INSTALLED = "google-auth is not installed; run `pip install -r requirements-operator.txt`"
_NO_ACCOUNT = "the metadata server gives no token; does the function have a service account?"


@dataclass(frozen=True, slots=True)
class Access:
    """What a request carries to be let in, and until when that holds (Unix seconds)."""

    service: str
    project: str
    headers: Mapping[str, str] = field(repr=False)
    ends: float


async def find_access(http: Http, service: str, project: str | None, clock: Callable[[], float]) -> Access:
    """Return the access to a project; without one, to that of the account.

    Raises:
        LedgerUnavailable: there are no credentials, or they are not accepted.
    """
    environ = os.environ
    project = project or environ.get("GOOGLE_CLOUD_PROJECT") or environ.get("GCLOUD_PROJECT")
    if emulator := environ.get("FIRESTORE_EMULATOR_HOST"):
        return Access(f"http://{emulator}", _known(project), {"Authorization": "Bearer owner"}, math.inf)
    has_key = "GOOGLE_APPLICATION_CREDENTIALS" in environ
    if not has_key and environ.keys() & {"K_SERVICE", "GCE_METADATA_HOST"}:
        return await _from_metadata_server(http, service, project, clock)
    return await asyncio.to_thread(_from_google_auth, service, project)


def _known(project: str | None) -> str:
    if not project:
        raise unavailable(_NO_PROJECT)
    return project


async def _from_metadata_server(
    http: Http, service: str, project: str | None, clock: Callable[[], float]
) -> Access:
    """Ask for the token of the account as which this instance runs.

    https://docs.cloud.google.com/run/docs/container-contract#metadata-server
    """
    asked_at = clock()
    answer = await _metadata(http, "instance/service-accounts/default/token")
    found = answer.json()
    if answer.status != OK or not isinstance(found, dict) or "access_token" not in found:
        raise unavailable(_NO_ACCOUNT)
    headers = {"Authorization": f"Bearer {found['access_token']}"}
    ends = asked_at + float(found.get("expires_in", 0.0))
    if not project:
        named = await _metadata(http, "project/project-id")
        project = named.body.decode() if named.status == OK else None
    return Access(service, _known(project), headers, ends)


async def _metadata(http: Http, path: str) -> Answer:
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    url = f"http://{host}/computeMetadata/v1/{path}"
    try:
        async with asyncio.timeout(METADATA):
            return await http.request("GET", url, headers={"Metadata-Flavor": "Google"})
    except TimeoutError:
        raise unavailable("the metadata server does not answer") from None
    except Failure as failure:
        raise unavailable(f"the metadata server gives no token: {failure.reason}") from None


def _from_google_auth(service: str, project: str | None) -> Access:
    """Ask Google's own library, which knows every kind of credentials; only the operator's machine has it."""
    try:
        import google.auth as library  # noqa: PLC0415 - not installed where the function runs
        from google.auth import exceptions  # noqa: PLC0415 - as above
        from google.auth.transport.requests import Request  # noqa: PLC0415 - as above
    except ImportError:
        raise unavailable(_NOT_INSTALLED) from None
    try:
        credentials, own_project = library.default(scopes=[_SCOPE])
        credentials.refresh(Request())  # type: ignore[no-untyped-call]  # the library has no types
    except OSError:
        raise unavailable("the file with the Google credentials cannot be read; may this user?") from None
    except exceptions.DefaultCredentialsError:
        raise unavailable(f"no Google credentials; {_LOGIN}") from None
    except exceptions.TransportError:
        raise unavailable("Google's login cannot be reached; is this machine online?") from None
    except exceptions.GoogleAuthError:
        reason = "Google does not accept these credentials; is the clock of this machine correct?"
        raise unavailable(f"{reason} If it is, {_LOGIN}") from None
    headers: dict[str, str] = {}
    credentials.apply(headers)  # type: ignore[no-untyped-call]  # names the project that pays, too
    ends = credentials.expiry.replace(tzinfo=UTC).timestamp() if credentials.expiry else math.inf
    return Access(service, _known(project or own_project), headers, ends)
