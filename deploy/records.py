"""What the Firestore database holds: its collections, and how many records the relay has there.

gcloud cannot list them, so Firestore's own interface is asked:
https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.documents
"""

import json
import os
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from deploy.deployment import Deployment
from deploy.failures import CommandFailed
from deploy.post import request
from deploy.project import COLLECTION, DATABASE


@dataclass(frozen=True)
class Contents:
    """What is known of a database; what is None is not known."""

    records: int | None = None
    others: tuple[str, ...] | None = None

    def describe(self) -> str:
        """Return a sentence for the operator."""
        count = "an unknown number of" if self.records is None else str(self.records)
        if self.others is None:
            rest = "What else it holds is not known."
        elif self.others:
            rest = f"Other collections in it are not the relay's: {', '.join(self.others)}."
        else:
            rest = "It holds nothing else."
        return f"The database {DATABASE} holds {count} records of the relay, with what is undelivered. {rest}"


def look_inside(deployment: Deployment) -> Contents:
    """Return what the database holds, as far as Google says."""
    try:
        token = deployment.google.read("auth", "print-access-token").strip()
    except CommandFailed:
        return Contents()
    listed = _ask(deployment, token, "listCollectionIds", {"pageSize": 300})
    others = None if listed is None else tuple(sorted({*listed.get("collectionIds", [])} - {COLLECTION}))
    count = {"alias": "n", "count": {}}
    query = {
        "structuredQuery": {"from": [{"collectionId": COLLECTION}]},
        "aggregations": [count],
    }
    counted = _ask(deployment, token, "runAggregationQuery", {"structuredAggregationQuery": query})
    records = None if not counted else int(counted[0]["result"]["aggregateFields"]["n"]["integerValue"])
    return Contents(records, others)


def _ask(deployment: Deployment, token: str, method: str, body: dict[str, Any]) -> Any:
    """Return Firestore's answer, or None if it refuses."""
    endpoint = os.environ.get(
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_FIRESTORE", "https://firestore.googleapis.com/"
    )
    url = f"{endpoint}v1/projects/{deployment.project}/databases/{DATABASE}/documents:{method}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = deployment.work / "firestore.json"
    status = request(url, answer, headers, json.dumps(body))
    try:
        return json.loads(answer.read_text()) if status == HTTPStatus.OK else None
    except ValueError:  # a proxy's page
        return None
