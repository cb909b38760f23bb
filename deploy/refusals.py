"""What Google's refusals mean: what passes by itself, what an organisation forbids, who is logged in."""

import re

_PASSING = (
    (r"SERVICE_DISABLED|has not been used in project|accessNotConfigured", "a service was only just enabled"),
    (r"[Ss]ervice ?account \S+ does not exist|Unknown service account", "an account was only just created"),
    (r"[Cc]annot find metric|metric that matches", "a metric was only just created"),
    (
        r"concurrent policy changes|already in progress|unable to queue the operation|ABORTED",
        "something else is under way",
    ),
)
"""What a new project says in its first minutes, when a fact is not known everywhere at Google yet.

Google names 2 minutes as usual and 7 as the most for rights, and 10 for metrics:
https://cloud.google.com/iam/docs/access-change-propagation
"""
_DENIED = (
    r"(?i)permission denied on secret|does not have \S+ access|denied\. you must grant|"
    r"permission \S+ denied|caller does not have permission"
)
_RIGHTS = (_DENIED, "a right was only just granted")
_LOGIN = re.compile(r"gcloud auth login|Reauthentication|invalid_grant")
_POLICY = re.compile(
    r"constraints/([\w.]+)|\b((?:iam|run|cloudfunctions|gcp|cloudbuild)\.(?:managed\.)?[a-z]\w+)\b"
)
PUBLIC = re.compile(r"permitted customer|allowedPolicyMember", re.IGNORECASE)
"""The organisation allows no rights for everybody (domain restricted sharing)."""

POLICIES = {
    "iam.allowedPolicyMemberDomains": "rights may go only to accounts of the organisation",
    "iam.managed.allowedPolicyMembers": "rights may go only to listed accounts, so not to everybody",
    "run.managed.requireInvokerIam": "Cloud Run has to check the caller's account, and the phone has none",
    "run.allowedIngress": "Cloud Run may not be reached from the internet; needed: all",
    "cloudfunctions.allowedIngressSettings": "functions may not be reached; needed: ALLOW_ALL",
    "cloudfunctions.requireVPCConnector": "a function needs a connector to a private network",
    "run.allowedVPCEgress": "Cloud Run has to send through a private network",
    "cloudfunctions.restrictAllowedGenerations": "functions of the 2nd generation are not allowed",
    "gcp.resourceLocations": "this region is not allowed; choose one that is, with --region",
    "gcp.restrictServiceUsage": "one of Google's services is not allowed",
    "iam.disableServiceAccountCreation": "service accounts may not be created",
    "iam.managed.disableServiceAccountCreation": "service accounts may not be created",
    "cloudbuild.allowedWorkerPools": "Cloud Build's own machines are not allowed",
    "run.allowedBinaryAuthorizationPolicies": "images have to be attested before they run",
}
"""The policies of an organisation that can forbid a step, and what they say."""


def find_delay(text: str, *, with_rights: bool) -> str:
    """Return why a command may work in some minutes, or nothing.

    A missing right counts only where it is one that was granted here, not one of the person who deploys.
    """
    if explain_policy(text):
        return ""
    possible = (*_PASSING, _RIGHTS) if with_rights else _PASSING
    return next((reason for pattern, reason in possible if re.search(pattern, text)), "")


def is_login_expired(text: str) -> bool:
    """Return whether gcloud asks for a new login."""
    return bool(_LOGIN.search(text))


def is_gcloud_old(text: str) -> bool:
    """Return whether gcloud does not know a command or a flag."""
    return bool(re.search(r"unrecognized arguments|Invalid choice", text))


def is_service_disabled(text: str) -> bool:
    """Return whether a service is not enabled, so that nothing of it can exist."""
    return bool(re.search(_PASSING[0][0], text))


def explain_policy(text: str) -> list[str]:
    """Return lines about the organisation's policy that forbids a step, or none."""
    named = [str(found[1] or found[2]) for found in _POLICY.finditer(text)]
    found = [name for name in dict.fromkeys(named) if name in POLICIES]
    if not found and PUBLIC.search(text):
        found = ["iam.allowedPolicyMemberDomains", "iam.managed.allowedPolicyMembers"]
    if not found and re.search(r"(?i)organi[sz]ation policy|orgpolicy", text):
        return [
            "A policy of your organisation forbids this; the lines above name it.",
            "Ask an administrator for an exception for this project.",
        ]
    lines = [f"The organisation's policy {name} forbids this: {POLICIES[name]}." for name in found]
    return [*lines, *_how_to_change(found)] if found else []


def _how_to_change(names: list[str]) -> list[str]:
    return [
        "Somebody with the role Organization Policy Administrator can make an exception for this project:",
        *(
            f"  https://console.cloud.google.com/iam-admin/orgpolicies/{name.replace('.', '-')}"
            for name in names
        ),
        "A project without an organisation, of a private Google account, has no such policies.",
    ]
