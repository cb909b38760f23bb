"""What a template may use of an event."""

from typing import Any

from relay.rendering.report import Report
from relay.rendering.words import Words


def of_all(report: Report, words: Words) -> dict[str, Any]:
    """Return everything that may be seen; what the phone did not tell is empty."""
    payload, names = report.event.payload, report.names
    return {
        **_of_any(report, words),
        "sender": report.person(payload.sender),
        "recipient": report.person(payload.recipient),
        "text": words.text,
        "fields": list(words.fields),
        "subject": report.line(payload.subject or ""),
        "reason": report.line(payload.reason or ""),
        "attachments": [report.line(each.name or "") for each in payload.attachments],
        "phone": names.phone(report.event) or "",
        "sim": names.sim(report.event) or "",
        "time": report.time,
    }


def of_code(report: Report, words: Words) -> dict[str, Any]:
    """Return the same names for somebody who may see a code and nothing else."""
    nothing = dict.fromkeys(of_all(report, words), "")
    return {**nothing, "fields": [], "attachments": [], **_of_any(report, words)}


def _of_any(report: Report, words: Words) -> dict[str, Any]:
    return {
        "type": report.event.type,
        "title": words.title,
        "code": "" if report.masked else report.code or "",
        "late": report.late,
    }
