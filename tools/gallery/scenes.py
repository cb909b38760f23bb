"""The events of the gallery: what the phone posts, and when."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

PHONE = "ffffffffceb0b1db0000018e937c815b"
MUM, NOA, SHOP = "+12025550143", "+12025550188", "+12025550119"
DAY = datetime.fromisoformat("2026-06-22T00:00:00+02:00")
"""A Monday, in the reader's zone."""
VIEW = Path(__file__).with_name("view.png")


@dataclass(frozen=True, slots=True)
class Scene:
    """One event; `name` is the caption, `at` is the time in minutes of the day."""

    name: str
    event: str
    at: int
    payload: Mapping[str, Any]
    late: int = 0
    """Minutes that it is delayed."""
    without_mail: bool = False
    """Whether the mail server accepts nothing meanwhile."""

    @property
    def body(self) -> bytes:
        """The request's body as the phone sends it."""
        envelope = {"id": f"scene-{self.at}", "event": self.event, "deviceId": PHONE, "webhookId": "gallery"}
        return json.dumps({**envelope, "payload": self.payload}).encode()

    @property
    def first_seen_at(self) -> datetime:
        """When it reaches the function."""
        return DAY + timedelta(minutes=self.at + self.late, seconds=2)


def _at(minutes: int) -> str:
    return (DAY + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


def _sms(name: str, at: int, sender: str, text: str, *, sim: int = 1, **more: Any) -> Scene:
    payload = {"sender": sender, "message": text, "simNumber": sim, "receivedAt": _at(at)}
    return Scene(name, "sms:received", at, payload, **more)


def _mms(name: str, event: str, at: int, **more: Any) -> Scene:
    payload = {"sender": MUM, "subject": "Lake", "simNumber": 1, "receivedAt": _at(at), **more}
    return Scene(name, event, at, payload)


def _ping(name: str, at: int) -> Scene:
    checks = {
        "battery:level": {"observedValue": 12, "status": "warn"},
        "battery:charging": {"observedValue": 0, "status": "pass"},
        "connection:status": {"observedValue": 1, "status": "pass"},
    }
    return Scene(name, "system:ping", at, {"health": {"status": "warn", "checks": checks}})


def _failed(name: str, at: int) -> Scene:
    reason = "Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)"
    payload = {"recipient": NOA, "simNumber": 1, "failedAt": _at(at), "reason": reason}
    return Scene(name, "sms:failed", at, payload)


def _unknown_type(name: str, at: int) -> Scene:
    payload = {"caller": SHOP, "rings": 4, "missedAt": _at(at)}
    return Scene(name, "call:missed", at, payload)


def scenes() -> tuple[Scene, ...]:
    """Return the scenes in their order."""
    data = VIEW.read_bytes()
    picture = {"name": "lake.png", "contentType": "image/png", "size": len(data)}
    attached = [{**picture, "data": b64encode(data).decode()}]
    return (
        _sms("A one-time code", 497, "VM-MYBANK", "481 516 is your code. It expires in 10 minutes."),
        _sms("Markup, emoji, two scripts: as typed", 545, NOA, PARTY),
        _mms("An MMS is announced, without a sound", "mms:received", 610, size=31_000),
        _mms("The MMS", "mms:downloaded", 611, body="The view from here", attachments=attached),
        _sms("A template of your own", 680, "Parcels", "Your parcel is at the door & waiting <3"),
        _failed("An SMS that was not sent", 715),
        _ping("The phone's battery", 780),
        _sms("Late: the phone was off", 802, MUM, "Shall I keep some soup for you?", late=218),
        Scene("Somebody calls", "call:ringing", 1085, {"phoneNumber": NOA}),
        _unknown_type("An event of a type not known yet", 1100),
        _sms("The mail server was down", 1150, SHOP, INVOICE, sim=2, without_mail=True),
    )


PARTY = "Party at <b>8</b>? Bring *snacks* & _drinks_ 🎉🌻\nשלום, נתראה מחר בערב!"  # noqa: RUF001  (Hebrew on purpose)
INVOICE = "The invoice is ready: https://shop.example/?id=7&view=full"
