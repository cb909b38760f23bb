"""The status as one page: no script, nothing from elsewhere, light and dark, wide and narrow."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from jinja2 import Environment

from relay.moments import format_duration
from relay.watch import wording
from relay.watch.hours import HOURS, Count
from relay.watch.loops import LoopStatus
from relay.watch.status import DestinationStatus, PhoneStatus, Status

HEIGHT = 32
"""How high a plot is, in the units of its own; it is as wide as there are hours."""

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --back: #ffffff;
  --card: #f6f8fa; --good: #1a7f37; --bad: #cf222e; --none: #d8dee4 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d;
  --back: #0d1117; --card: #151b23; --good: #3fb950; --bad: #f85149; --none: #2a313a } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--back); color: var(--text);
  font: 1rem/1.45 system-ui, sans-serif }
h1 { font-size: 1.4rem; margin: 0 0 .25rem }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere }
p { margin: 0; color: var(--soft) }
.list { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)) }
article { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .75rem;
  min-width: 0 }
.head { display: flex; justify-content: space-between; gap: .5rem; align-items: baseline }
.state { font-weight: 600; text-align: right }
.good { color: var(--good) }
.bad { color: var(--bad) }
.soft { color: var(--soft) }
svg { display: block; width: 100%; height: 2rem; margin-top: .5rem; background: var(--none);
  border-radius: .2rem }
.fill-good { fill: var(--good) }
.fill-bad { fill: var(--bad) }
.day { stroke: var(--back); stroke-width: .6 }
.scale { display: flex; justify-content: space-between; font-size: .75rem; color: var(--soft) }
"""
HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ "All is well" if well else "Something is wrong" }}</title>
<link rel="icon" href="data:,">
<style>{{ style | safe }}</style>
</head>
<body>
<h1 class="{{ 'good' if well else 'bad' }}">{{ "All is well" if well else "Something is wrong" }}</h1>
<p>{{ at }}. <span{% if late %} class="bad"{% endif %}>The latest tick was {{ ticked }}.</span></p>
<h2>Phones</h2>
{% if not phones %}<p>No phone has been heard yet.</p>{% endif %}
<div class="list">
{% for phone in phones %}<article>
<div class="head"><h3>{{ phone.name }}</h3><span class="state {{ phone.tone }}">{{ phone.state }}</span></div>
<p>{{ phone.heard }}<br>{{ phone.message }}<br>{{ phone.details }}</p>
{{ plot(phone.plot, phone.label) }}
</article>
{% endfor %}</div>
{% if loops %}<h2>Tests</h2>
<div class="list">
{% for each in loops %}<article>
<div class="head"><h3>{{ each.name }}</h3><span class="state {{ each.tone }}">{{ each.state }}</span></div>
<p>{{ each.details }}</p>
</article>
{% endfor %}</div>
{% endif %}<h2>Destinations</h2>
<div class="list">
{% for each in destinations %}<article>
<div class="head"><h3>{{ each.name }}</h3><span class="state {{ each.tone }}">{{ each.state }}</span></div>
<p>{{ each.details }}</p>
{{ plot(each.plot, each.label) }}
</article>
{% endfor %}</div>
</body>
</html>
"""
_PLOT = """{% macro plot(bars, label) %}<svg viewBox="0 0 {{ hours }} {{ height }}" preserveAspectRatio="none"
 role="img" aria-label="{{ label }}">
{%- for bar in bars %}<rect x="{{ bar.x }}" y="{{ bar.y }}" width="{{ bar.width }}" height="{{ bar.height }}"
 class="fill-{{ bar.tone }}"/>{% endfor %}
{%- for day in days %}<line x1="{{ day }}" x2="{{ day }}" y1="0" y2="{{ height }}" class="day"/>{% endfor -%}
</svg><div class="scale"><span>7 days ago</span><span>now</span></div>{% endmacro %}"""


class Bar(NamedTuple):
    """A rectangle of a plot."""

    x: int
    y: float
    width: int
    height: float
    tone: str


def render(status: Status, zone: tzinfo) -> str:
    """Return the page, with times in a zone."""
    environment = Environment(autoescape=True)
    return environment.from_string(_PLOT + _TEMPLATE).render(
        style=STYLE,
        well=status.is_well,
        late=status.is_late,
        at=wording.at(status.at, zone),
        ticked=_ago(status.ticked, status.at),
        phones=[_phone(each, status.at) for each in status.phones],
        loops=[_loop(each, status.at) for each in status.loops],
        destinations=[_destination(each, status.at, zone) for each in status.destinations],
        hours=HOURS,
        height=HEIGHT,
        days=list(_midnights(status.at, zone)),
    )


def _phone(phone: PhoneStatus, now: float) -> Mapping[str, Any]:
    charging = {True: "charging", False: "not charging", None: ""}[phone.charging]
    level = "" if phone.level is None else f"battery {phone.level} %"
    sims = wording.times(phone.sims, "SIM") if phone.sims else ""
    state = ", ".join(phone.problems) or ("well" if phone.is_watched else "has not pinged")
    heard = sum(phone.hours)
    return {
        "name": phone.name,
        "tone": "bad" if phone.problems else "good" if phone.is_watched else "soft",
        "state": state,
        "heard": f"Heard {_ago(phone.heard, now)}",
        "message": f"Last SMS {_ago(phone.message, now)}",
        "details": ", ".join(filter(None, (level, charging, phone.network, sims))) or "no details",
        "plot": list(_heard_bars(phone.hours)),
        "label": f"Heard in {heard} of {HOURS} hours",
    }


def _destination(destination: DestinationStatus, now: float, zone: tzinfo) -> Mapping[str, Any]:
    since, waiting = destination.failing_since, destination.waiting
    delivered = sum(each.delivered for each in destination.hours)
    failed = sum(each.failed for each in destination.hours)
    counts = f"In 7 days {delivered} delivered, {failed} not at once; {waiting} waiting"
    return {
        "name": destination.name,
        "tone": "bad" if since else "good",
        "state": f"fails since {wording.clock(since, now, zone)}" if since else "works",
        "details": counts,
        "plot": list(_count_bars(destination.hours)),
        "label": counts,
    }


def _loop(loop: LoopStatus, now: float) -> Mapping[str, Any]:
    state = loop.problem or (
        "under way" if loop.is_under_way else "works" if loop.returned else "no test yet"
    )
    return {
        "name": loop.name,
        "tone": "bad" if loop.problem else "good" if loop.returned else "soft",
        "state": state,
        "details": wording.round_trip(loop.returned, loop.seconds, now),
    }


def _ago(moment: float, now: float) -> str:
    return f"{format_duration(max(0.0, now - moment))} ago" if moment else "never"


def _heard_bars(hours: Sequence[bool]) -> Iterator[Bar]:
    """Yield a bar for each run of hours in which a phone was heard."""
    start = 0
    for index in range(1, len(hours) + 1):
        if index == len(hours) or hours[index] != hours[start]:
            if hours[start]:
                yield Bar(start, 0, index - start, HEIGHT, "good")
            start = index


def _count_bars(hours: Sequence[Count]) -> Iterator[Bar]:
    """Yield the bars of the hours: what failed stands on what was delivered."""
    most = max((sum(each) for each in hours), default=0)
    for index, each in enumerate(hours):
        delivered, failed = (round(HEIGHT * count / most, 2) if most else 0.0 for count in each)
        if delivered:
            yield Bar(index, HEIGHT - delivered, 1, delivered, "good")
        if failed:
            yield Bar(index, HEIGHT - delivered - failed, 1, failed, "bad")


def _midnights(now: float, zone: tzinfo) -> Iterator[int]:
    """Yield the hours of a plot at which a day begins; a zone may have a day of 23 or 25 hours."""
    first = int(now // 3600) - HOURS + 1
    for index in range(1, HOURS):
        if datetime.fromtimestamp((first + index) * 3600, UTC).astimezone(zone).hour == 0:
            yield index
