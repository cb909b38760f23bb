"""A world in which everything that can go wrong with answers does: a chat, a gateway, a phone and a ledger.

Time is virtual. An instance that is killed never gets to another word; what it had asked for goes on.
"""

import asyncio
import contextvars
import dataclasses
import io
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Mapping
from typing import Any

from forwarders.base import TransientFailure
from forwarders.replies import Ignored, Pressed, Replies, Said, Shown
from relay.config import Config, Settings
from relay.config.routes import Routing
from relay.events.parsing import event_from
from relay.gateway import Gateway, Reply, Result, Sms
from relay.ledger import Note
from relay.ledger.memory import MemoryLedger
from relay.ledger.tiered import TieredLedger
from relay.logs import Log
from relay.replies import Replies as Answers
from relay.replies.store import Answerable

USER, PHONE, MUM = 4711, "phone-of-anna", "+4915112345678"
_instance: contextvars.ContextVar["Instance | None"] = contextvars.ContextVar("instance", default=None)


class World:
    """One chat with one reply after another. `chance` says how often each trouble happens."""

    def __init__(self, seed: int, trouble: float) -> None:
        self.random = random.Random(seed)
        self.trouble = trouble
        self.loop = asyncio.get_running_loop()
        self.server = MemoryLedger(self.clock)
        self.chat = Chat(self)
        self.gateway = Server(self)
        self.instances = [Instance(self)]
        self.kills = 0
        self.loop.set_task_factory(_factory)

    def clock(self) -> float:
        return 1_800_000_000.0 + self.loop.time()

    def happens(self, factor: float = 1.0) -> bool:
        return self.random.random() < self.trouble * factor

    async def pause(self, most: float) -> None:
        await asyncio.sleep(self.random.uniform(0, most))

    def instance(self) -> "Instance":
        """Return one that is running; some are killed, and others started."""
        if self.happens(0.3) and len(self.instances) < 3:
            self.instances.append(Instance(self))
        return self.random.choice(self.instances)

    def kill_one(self) -> None:
        self.kills += 1
        victim = self.random.choice(self.instances)
        self.instances.remove(victim)
        victim.kill()
        if not self.instances:
            self.instances.append(Instance(self))

    async def reply(self, text: str, *, confirms: bool) -> None:
        """Let a person answer, and press Send, or Cancel, or nothing."""
        number = self.chat.number()
        said = Said(f"c:{number}", USER, f"c:{number}", self.clock(), text, "c:1", is_to_us=True)
        await self.chat.deliver(said)
        for _ in range(self.random.randint(1, 2)):
            await self.pause(20)
            bubble = self.chat.bubble(text)
            label = "Send" if confirms else "Cancel"
            if bubble and label in dict(bubble[1].buttons):
                if confirms:
                    self.chat.confirmed.add(text)
                await self._press(*bubble, label)
        if confirms:
            await self._insist(text)

    async def _insist(self, text: str) -> None:
        """Let the person try again as long as the chat offers it, or give up."""
        for _ in range(3):
            await self.pause(120)
            bubble = self.chat.bubble(text)
            if bubble and "Try again" in dict(bubble[1].buttons) and self.random.random() < 0.8:
                await self._press(*bubble, "Try again")

    async def _press(self, ref: str, shown: Shown, label: str) -> None:
        button = dict(shown.buttons)[label]
        await self.chat.deliver(Pressed(f"q{self.chat.number()}", USER, ref, button))


def _factory(
    loop: asyncio.AbstractEventLoop,
    coro: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    *,
    context: contextvars.Context | None = None,
) -> asyncio.Future[Any]:
    """Make a task of the instance in whose context it is made."""
    task = asyncio.Task(coro, loop=loop, context=context)
    if context is None and (instance := _instance.get()):
        instance.tasks.add(task)
    return task


class Instance:
    """One process of the function."""

    def __init__(self, world: World) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self.is_dead = False
        ledger = TieredLedger(MemoryLedger(world.clock), Reach(world, self), lambda _problem: None)
        settings = Settings(api_keys="k" * 20, ledger_secret="a secret of this test")
        config = Config(settings, {}, Routing())
        reach = {"chat": Window(world, self)}
        log = Log("ERROR", structured=True, stream=lambda: world.chat.log)
        gateway = Line(world, self)
        self.replies = Answers(config, reach, gateway, ledger, log=log, clock=world.clock)

    async def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run a request here; it is cut off if the instance is killed."""
        token = _instance.set(self)
        try:
            task = asyncio.create_task(work())
        finally:
            _instance.reset(token)
        await asyncio.wait({task})
        return None if task.cancelled() else task.result()

    def kill(self) -> None:
        self.is_dead = True
        for task in self.tasks:
            task.cancel()

    async def reach(self, most: float) -> None:
        """Take some time; the dead go no further."""
        await asyncio.sleep(most)
        if self.is_dead:
            await asyncio.get_running_loop().create_future()


class Reach:
    """The shared ledger as one instance reaches it: slow, away, or with an answer that is lost."""

    durable = True

    def __init__(self, world: World, instance: Instance) -> None:
        self._world, self._instance = world, instance

    async def update_note(
        self, name: str, change: Callable[[Note | None], Note | None], patience: float | None = None
    ) -> None:
        del patience
        world = self._world
        await self._instance.reach(world.random.uniform(0, 0.1))
        if world.happens(0.5):
            await self._instance.reach(2)
        await world.server.update_note(name, change)
        await self._instance.reach(2 if world.happens(0.5) else world.random.uniform(0, 0.1))

    async def aclose(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


class Chat:
    """What people see, and the service that repeats what is not answered by 2xx."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last = 100
        self.log = io.StringIO()
        self.bubbles: dict[str, Shown] = {}
        self.confirmed: set[str] = set()
        self.posts = 0

    def number(self) -> int:
        self._last += 1
        return self._last

    def bubble(self, text: str) -> tuple[str, Shown] | None:
        """Return the latest message about a text."""
        found = [(ref, each) for ref, each in self.bubbles.items() if each.text == text]
        return found[-1] if found else None

    async def deliver(self, update: Said | Pressed) -> None:
        """Post an update until it is answered by 2xx, as Telegram does: after 1, 2, 4 … 60 seconds."""
        world, delay = self._world, 1.0
        while True:
            self.posts += 1
            if await self._post(update) == 200 and not world.happens(0.3):  # the answer may be lost
                return
            await asyncio.sleep(delay)
            delay = min(60.0, delay * 2)

    async def _post(self, update: Said | Pressed) -> int:
        instance = self._world.instance()
        deadline = self._world.loop.time() + 4

        async def work() -> int:
            Window.update.set(update)
            status, _, _ = await instance.replies.answer(("chat",), b"", deadline)
            return status

        return await instance.run(work) or 0


class Window:
    """The chat as one instance reaches it."""

    options = Replies.model_validate({"from": [USER], "per_hour": 1000})
    update: contextvars.ContextVar[Said | Pressed] = contextvars.ContextVar("update")

    def __init__(self, world: World, instance: Instance) -> None:
        self._world, self._instance = world, instance

    def is_genuine(self, _headers: Mapping[str, str], _secret: bytes) -> bool:
        return True

    def is_of(self, _ref: str) -> bool:
        return True

    async def is_called(self, _name: str) -> bool:
        return True

    def read_update(self, _body: bytes) -> Said | Pressed | Ignored:
        return self.update.get()

    async def show(self, shown: Shown, _answers: str) -> str:
        ref = f"c:{self._world.chat.number()}"
        await self._call(lambda: self._world.chat.bubbles.__setitem__(ref, shown))
        return ref

    async def change(self, ref: str, shown: Shown) -> bool:
        await self._call(lambda: self._world.chat.bubbles.__setitem__(ref, shown))
        return True

    async def _call(self, act: Callable[[], None]) -> None:
        world = self._world
        await self._instance.reach(world.random.uniform(0, 0.4))
        if world.happens():
            raise TransientFailure("the chat is away")
        act()
        await self._instance.reach(world.random.uniform(0, 0.4))
        if world.happens(0.5):
            raise TransientFailure("the answer was lost")

    async def acknowledge(self, _pressed: Pressed, _words: str = "") -> None:
        await self._instance.reach(0.1)


class Server:
    """The gateway, which takes an id once for each phone, and the phone, which reports until it is heard."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sent: Counter[str] = Counter()
        self.accepted: set[str] = set()
        self.ends: dict[str, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def accept(self, sms: Sms) -> None:
        if sms.id in self.accepted:
            return
        self.accepted.add(sms.id)
        task = asyncio.create_task(self._send(sms), context=contextvars.Context())
        self.tasks.add(task)

    async def _send(self, sms: Sms) -> None:
        world = self._world
        await world.pause(5)
        self.sent[sms.text] += 1
        fails = world.happens(0.5)
        reports = ["sms:failed"] if fails else ["sms:sent", "sms:delivered"]
        self.ends[sms.text] = "not sent" if fails else "delivered ✓"
        world.random.shuffle(reports)
        await asyncio.gather(*(self._report(sms, kind) for kind in reports))

    async def _report(self, sms: Sms, kind: str) -> None:
        """Post a report until it is answered by 2xx, as the phone does."""
        world, delay = self._world, 10.0
        await world.pause(20)
        raw = {"id": f"{sms.id}{kind}", "event": kind, "deviceId": PHONE, "payload": {"messageId": sms.id}}
        repeats = world.random.choice((1, 1, 2))
        while repeats:
            instance = world.instance()
            deadline = world.loop.time() + 4

            async def work(instance: Instance = instance, deadline: float = deadline) -> Any:
                return await instance.replies.take(event_from(raw), deadline)

            delivery = await instance.run(work)
            if delivery and not delivery.open:
                repeats -= 1
            await asyncio.sleep(delay)
            delay = min(3600.0, delay * 2)


class Line(Gateway):
    """The gateway as one instance reaches it."""

    def __init__(self, world: World, instance: Instance) -> None:
        self._world, self._instance = world, instance

    async def knows(self, sms_id: str, _seconds: float) -> bool | None:
        await self._instance.reach(0.2)
        return None if self._world.happens() else sms_id in self._world.gateway.accepted

    async def send(self, sms: Sms, seconds: float) -> Reply:
        world = self._world
        await self._instance.reach(world.random.uniform(0, 1))
        if world.happens(0.5):
            return Reply(Result.REFUSED, "it does not want to")
        if world.happens(0.5):
            return Reply(Result.UNKNOWN, "it is away")
        world.gateway.accept(sms)
        if world.happens():
            await self._instance.reach(seconds)
            return Reply(Result.UNKNOWN, "its answer was lost")
        await self._instance.reach(world.random.uniform(0, 6))
        return Reply(Result.ACCEPTED)


@dataclasses.dataclass
class Figures:
    """What happened in a run."""

    confirmed: int = 0
    sent: int = 0
    posts: int = 0
    kills: int = 0
    doubles: int = 0
    unconfirmed: int = 0
    unsaid: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    bugs: str = ""


async def run(seed: int, replies: int, trouble: float) -> Figures:
    """Let a person answer so many times, with troubles and kills, then wait until all has come to its end."""
    world = World(seed, trouble)
    await world.instances[0].replies._store.remember("c:1", Answerable(MUM, PHONE, 1))

    async def kill() -> None:
        while trouble:
            await asyncio.sleep(world.random.expovariate(1 / 20))
            world.kill_one()

    killing = asyncio.create_task(kill())
    texts = [f"text {number}" for number in range(replies)]
    intends = {each: world.random.random() < 0.8 for each in texts}
    await asyncio.gather(*(_start(world, each, confirms=intends[each]) for each in texts))
    killing.cancel()
    world.trouble = 0.0
    while world.gateway.tasks:
        done, world.gateway.tasks = world.gateway.tasks, set()
        await asyncio.wait(done)
    await _settle(world)
    return _judge(world, texts)


async def _start(world: World, text: str, *, confirms: bool) -> None:
    await world.pause(600)
    await world.reply(text, confirms=confirms)


async def _settle(world: World) -> None:
    """Let time pass, with the pings of a phone, until nothing is left to be said."""
    for number in range(30):
        raw = {"id": f"ping{number}", "event": "system:ping", "deviceId": PHONE, "payload": {}}

        async def work(raw: dict[str, Any] = raw) -> None:
            replies = world.instances[0].replies
            await replies.take(event_from(raw), world.loop.time() + 4)
            await replies.drain()

        await world.instances[0].run(work)
        await asyncio.sleep(301)


def _judge(world: World, texts: list[str]) -> Figures:
    figures = Figures(
        len(world.chat.confirmed), sum(world.gateway.sent.values()), world.chat.posts, world.kills
    )
    figures.doubles = sum(count > 1 for count in world.gateway.sent.values())
    figures.unconfirmed = len(world.gateway.sent.keys() - world.chat.confirmed)
    figures.bugs = world.chat.log.getvalue()
    for text in texts:
        bubble = world.chat.bubble(text)
        state = bubble[1].state if bubble else ""
        if not _is_right(world, text, state, bubble[1] if bubble else None):
            figures.unsaid.append((text, state))
    return figures


def _is_right(world: World, text: str, state: str, shown: Shown | None) -> bool:
    """Return whether the chat says what became of a text."""
    if world.gateway.sent[text]:
        return state.startswith(world.gateway.ends[text])
    if shown is None:
        return False
    return bool(shown.buttons) or state.startswith("not sent")
