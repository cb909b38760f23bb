"""Phones that post, wait five seconds, repeat, crash, and emit the same SMS twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from tests.simulation.world import World

SILENCE = 5.0
"""Seconds after which a phone hangs up."""


@dataclass(eq=False)
class Emission:
    """One request of a phone's queue, with one event or a batch of them."""

    body: bytes
    left: int
    wait: float
    due: float
    events: int = 1
    answers: list[int] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the phone has seen a 2xx."""
        return 200 in self.answers


Network = Callable[[bytes, Callable[[int], None]], None]
"""Carries a body to the function; the answer's status comes back, or 0 if the connection broke."""


class Phone:
    """One worker that sends one event after another, as the app does."""

    def __init__(self, world: World, name: str, network: Network) -> None:
        self.emissions: list[Emission] = []
        self._world = world
        self._name = name
        self._network = network
        self._busy = False
        self._retries = world.random.choice((3, 8, 15))
        self._base = world.random.choice((1.0, 5.0, 10.0))

    def emit(self, number: int, at: float) -> None:
        """Receive an SMS at a moment; now and then the app tells of it twice, or of several in a batch.

        A second emission has another id, and perhaps another registration, which dates it up to a second
        later.
        """
        chance = self._world.random.random()
        self._world.after(at, partial(self._queue, number, "a", 0.0))
        if chance < 0.05:
            self._world.after(at, partial(self._queue, number, "a" if chance < 0.02 else "b", chance * 20))
        elif chance < 0.07:
            self._world.after(at, partial(self._queue_batch, number, self._world.random.randrange(1, 30)))

    def _queue(self, number: int, registration: str, later: float) -> None:
        later = later if registration == "b" else 0.0
        self._add("sms:received", self._message(f"{number}", later), registration)

    def _queue_batch(self, number: int, count: int) -> None:
        messages = [self._message(f"{number} of a batch, {index}", 0.0) for index in range(count)]
        self._add("sms:batch:received", {"messages": messages}, "a", count)

    def _message(self, text: str, later: float) -> dict[str, str]:
        received = datetime.fromtimestamp(self._world() + later, UTC).isoformat()
        return {"sender": "MyBank", "message": f"{self._name} {text}", "receivedAt": received}

    def _add(self, event_type: str, payload: object, registration: str, events: int = 1) -> None:
        event = {"id": f"{self._name}-{len(self.emissions)}", "event": event_type, "payload": payload}
        body = json.dumps(event | {"deviceId": self._name, "webhookId": registration}).encode()
        self.emissions.append(Emission(body, self._retries, self._base, self._world.now, events))
        self._work()

    def _work(self) -> None:
        """Send the next event that is due, if none is under way."""
        due = [each for each in self.emissions if each.due <= self._world.now]
        if self._busy or not due:
            return
        self._busy = True
        self._send(min(due, key=lambda each: each.due))

    def _send(self, emission: Emission) -> None:
        open_ = True

        def answer(status: int) -> None:
            nonlocal open_
            if open_:
                open_ = False
                self._answered(emission, status)

        self._network(emission.body, answer)
        self._world.after(SILENCE, lambda: answer(0))

    def _answered(self, emission: Emission, status: int) -> None:
        self._busy = False
        emission.answers.append(status)
        crashed = self._world.random.random() < 0.01
        if (status == 200 and not crashed) or emission.left == 0:
            emission.due = float("inf")
        else:
            emission.left -= 1
            emission.due = self._world.now + emission.wait
            emission.wait *= 2
            self._world.after(emission.due - self._world.now, self._work)
        self._work()
