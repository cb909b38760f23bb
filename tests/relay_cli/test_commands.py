"""Each command does what its help says, against real services, with the exit status that scripts expect."""

import json
import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from relay.ledger.identity import Identity
from relay.ledger.record import Progress, Settlement
from relay.ledger.sqlite import SqliteLedger
from relay.model import DeliverySpec, DeliveryState, Dispatch
from relay_cli.main import COMMANDS, PROGRAM
from relay_cli.main import relay as relay_commands
from testkit.service import reply
from testkit.services.slack import HOOK, Slack
from testkit.services.telegram import CHAT, TOKEN, Telegram
from tests.relay_cli.conftest import API_KEY, Command

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"event": "sms:received", "id": "x", "payload": {"sender": "MyBank", "message": "kept words"}}'
CONFIG = """
[destinations.family]
type = "telegram"
bot_token = "${TELEGRAM_BOT_TOKEN}"
chat_id = "${TELEGRAM_CHAT_ID}"
api_url = "${TELEGRAM_API_URL}"

[destinations.log]
type = "console"

[[routes]]
senders = ["*-MYBANK"]
to = ["family"]

[[routes]]
events = ["sms:*"]
to = ["log"]

default = ["log"]
"""


def telegram(service: Telegram) -> dict[str, str]:
    return {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": CHAT, "TELEGRAM_API_URL": service.url}


def config(more: str = "") -> str:
    head, default, _ = CONFIG.partition("default = ")
    return f'{default}["log"]\n{head}{more}'


class TestHelp:
    async def test_the_list_shows_each_command(self, relay: Command) -> None:
        result = await relay("--help")
        assert result.status == 0
        assert all(f"  {name} " in result.out for name in COMMANDS)
        assert "..." not in result.out.partition("Commands:")[2]

    @pytest.mark.parametrize("columns", [60, 200])
    async def test_help_fits_the_terminal(self, relay: Command, columns: int) -> None:
        lines = (await relay("phone", "--help", columns=columns)).out.splitlines()
        widest = max(len(line) for line in lines if "./sms-relay " not in line)
        assert min(columns, 100) - 20 < widest <= min(columns, 100)

    @pytest.mark.parametrize("name", COMMANDS)
    async def test_each_shows_an_example(self, relay: Command, name: str) -> None:
        result = await relay(name, "--help")
        assert (result.status, f"\n  Example: ./sms-relay {name}" in result.out) == (0, True)


class TestMisuse:
    @pytest.mark.parametrize(
        ("words", "problem"),
        [
            (("undeliverd",), 'there is no command "undeliverd"; did you mean "undelivered"?'),
            (("frobnicate",), 'there is no command "frobnicate"; there are: canary, chats, check,'),
            (
                ("check", "--lve"),
                "no such option '--lve'. Did you mean '--live'? See ./sms-relay check --help",
            ),
            (("phone",), "missing argument 'URL'. See ./sms-relay phone --help"),
            (("ledger", "mov"), "no such command 'mov'. Did you mean 'move'? See ./sms-relay ledger --help"),
            (("--verbose",), "no such option '--verbose'."),
        ],
    )
    def test_what_is_typed_wrongly_is_one_line(self, words: tuple[str, ...], problem: str) -> None:
        result = CliRunner().invoke(relay_commands, words, prog_name=PROGRAM)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"Error: {problem}")
        assert len(result.stderr.splitlines()) == 1

    async def test_mistakes_of_the_configuration_have_their_lines(self, relay: Command) -> None:
        config = '[relay]\nlog_level = "loud"\n[destinations.a]\ntype = "consle"\n[[routes]]\nto = "b"\n'
        result = await relay("check", env={"TIMEZONE": "Mars"}, config=config)
        assert (result.status, result.out) == (1, "")
        assert [line[:7] + line.rpartition(" (")[2] for line in result.err.splitlines()] == [
            "Error: config.toml, line 4)",
            "Error: config.toml, line 2)",
            "Error: .env, line 2)",
            "Error: config.toml, line 6)",
        ]

    async def test_ten_mistakes_are_listed(self, relay: Command) -> None:
        routes = "".join(f'[[routes]]\nto = "nobody{n}"\n' for n in range(12))
        result = await relay("check", config=routes)
        assert len(result.err.splitlines()) == 11
        assert result.err.endswith("Error: 2 more\n")

    async def test_a_route_that_fails_later_has_its_line_too(self, relay: Command) -> None:
        route = '[[routes]]\nto = "console"\ntext = "("\n'
        template = '[templates.a]\nbody = "{{ x"\n'
        result = await relay("check", config=route + template)
        assert result.status == 1
        lines = result.out.splitlines()
        assert lines[-2].startswith("✗ routes[0].text[0]: not a valid RE2 pattern")
        assert lines[-2].endswith(" (config.toml, line 3)")
        assert lines[-1].startswith("✗ templates.a.body: ")
        assert lines[-1].endswith(" (config.toml, line 5)")


async def test_the_version_is_that_of_the_project(relay: Command, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    result = await relay("--version")
    assert (result.status, result.out) == (0, f"sms-relay {project['version']}\n")


def test_the_readme_names_each_command(root: Path) -> None:
    table = (root / "README.md").read_text().partition("## Commands")[2].partition("## ")[0]
    assert set(re.findall(r"(?m)`(\w+)`(?=,| \|)", table)) == set(COMMANDS)


class TestCheck:
    async def test_a_valid_configuration_is_reported_as_valid(self, relay: Command) -> None:
        async with Telegram() as bot:
            result = await relay("check", "--live", env=telegram(bot))
        assert result.status == 0
        assert "✓ telegram: reachable, credentials accepted" in result.out
        assert (
            "? ledger: sqlite:///.relay/ledger.db (`make run` uses it): it does not exist yet" in result.out
        )
        assert "SIGNING_KEYS is not set" in result.out
        assert bot.shown == []
        assert TOKEN not in result.out + result.err

    async def test_an_invalid_one_is_one_line_and_exit_1(self, relay: Command) -> None:
        result = await relay("check", env={"TELEGRAM_BOT_TOKEN": TOKEN})
        assert result.status == 1
        assert "TELEGRAM_CHAT_ID" in result.err
        assert len(result.err.splitlines()) == 1

    async def test_a_destination_that_rejects_us_is_exit_1(self, relay: Command) -> None:
        async with Telegram() as bot:
            result = await relay("check", "--live", env=telegram(bot) | {"TELEGRAM_CHAT_ID": "-1009"})
        assert result.status == 1
        assert "✗ telegram: " in result.out

    async def test_a_destination_that_cannot_be_reached_is_exit_1(self, relay: Command) -> None:
        async with Telegram() as bot:
            env = telegram(bot) | {"WEBHOOK_URL": bot.url, "WEBHOOK_SECRETS": SECRET}
        result = await relay("check", "--live", env=env)
        assert result.status == 1
        assert "\n✗ telegram: " in result.out
        assert "\n? webhook: a webhook cannot be checked without sending something\n" in result.out

    async def test_the_ledger_is_named_and_no_file_is_created(self, relay: Command, project: Path) -> None:
        named = await relay("check", "--live", env={"LEDGER_URL": "sqlite:///other.db"})
        assert "? ledger: sqlite:///other.db (LEDGER_URL names it): it does not exist yet" in named.out
        assert (named.status, (project / "other.db").exists(), (project / ".relay").exists()) == (
            0,
            False,
            False,
        )
        memory = await relay("check", "--live", env={"LEDGER_URL": "memory:"})
        assert "? ledger: memory: (LEDGER_URL names it)" in memory.out

    async def test_an_unavailable_ledger_is_exit_1(self, relay: Command, project: Path) -> None:
        ledger = SqliteLedger(project / "kept.db")
        await ledger.update_note("check", lambda _note: None)
        await ledger.aclose()
        with closing(sqlite3.connect(project / "kept.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with Telegram() as bot:
                env = telegram(bot) | {"LEDGER_URL": f"sqlite:///{project / 'kept.db'}"}
                result = await relay("check", "--live", env=env)
        assert result.status == 1
        assert "✗ ledger: " in result.out
        assert "another process holds it" in result.out

    async def test_an_expectation_that_fails_is_exit_1(self, relay: Command) -> None:
        expect = '\n[[expect]]\nsender = "VM-MYBANK"\nto = ["log"]\n'
        async with Telegram() as bot:
            result = await relay("check", env=telegram(bot), config=config(expect))
        assert result.status == 1
        assert "expect[0]: expected log, but routes[0] sends it to family" in result.out

    async def test_a_route_for_a_batch_is_a_warning(self, relay: Command, project: Path) -> None:
        (project / "config.toml").write_text(
            '[destinations.log]\ntype = "console"\n[[routes]]\nevents = "sms:batch:received"\nto = "log"\n'
        )
        said = await relay("check")
        assert (said.status, "routes[0]: sms:batch:received is split" in said.out) == (0, True)
        assert "write sms:received" in said.out

    async def test_a_route_that_can_never_match_is_a_warning(self, relay: Command) -> None:
        unreachable = '\n[[routes]]\nevents = ["sms:received"]\nto = ["family"]\n'
        async with Telegram() as bot:
            result = await relay("check", env=telegram(bot), config=config(unreachable))
        assert result.status == 0
        assert "! routes[2] can never match" in result.out


class TestExplain:
    async def test_it_shows_which_route_matches_and_why_the_others_do_not(self, relay: Command) -> None:
        async with Telegram() as bot:
            words = ("explain", "--sender", "Mum", "--text", "dinner?")
            result = await relay(*words, env=telegram(bot), config=config())
        assert result.status == 0
        assert "routes[0]: no; senders" in result.out
        assert "routes[1]: yes" in result.out
        assert "── log shows:\nSMS from Mum" in result.out
        assert bot.requests == []

    async def test_it_reads_a_file(self, relay: Command) -> None:
        result = await relay("explain", "samples/sms-received-code.json")
        assert "481516" in result.out

    async def test_an_invalid_date_is_refused(self, relay: Command) -> None:
        result = await relay("explain", "--at", "soon")
        assert (result.status, "2026-06-22 23:30" in result.err) == (1, True)

    async def test_a_phone_can_be_given_by_name_or_id(self, relay: Command) -> None:
        route = '[[routes]]\ndevices = "anna"\nto = []\n[devices.anna]\nids = "an-id-of-anna-0001"\n'
        for device, answer in (("anna", "yes"), ("an-id-of-anna-0001", "yes"), ("bob", "no; devices")):
            result = await relay("explain", "--device", device, config=route)
            assert f"routes[0]: {answer}" in result.out

    async def test_an_event_can_be_late(self, relay: Command) -> None:
        route = '[[routes]]\nmax_age = "2d"\nto = []\n'
        words = ("explain", "--at", "2026-06-22 23:30", "--age")
        old, young = [await relay(*words, age, config=route) for age in ("3d 1h", "36h")]
        assert "routes[0]: no; max_age: the event arrived 3 d 1 h late" in old.out
        assert "Arrived 3 d 1 h late" in old.out
        assert "routes[0]: yes" in young.out

    async def test_an_event_from_a_file_can_be_late_too(self, relay: Command) -> None:
        result = await relay("explain", "samples/sms-received-code.json", "--age", "1h")
        assert "Arrived 1 h late" in result.out

    async def test_a_date_without_a_zone_is_in_the_configured_zone_or_utc(self, relay: Command) -> None:
        words = ("explain", "--text", "x", "--at", "2026-06-22 23:30")
        route = '[[routes]]\ndays = "mon"\nhours = "21:30-21:31"\ntimezone = "UTC"\nto = []\n'
        berlin = await relay(*words, config=f'{route}[relay]\ntimezone = "Europe/Berlin"\n')
        unset = await relay(*words, config=route, zone="America/New_York")
        assert "routes[0]: yes" in berlin.out
        assert "hours, days: it was mon 23:30 (UTC)" in unset.out
        assert unset.out.endswith("Time: Mon 22 Jun 2026, 23:30\n")

    async def test_each_message_of_a_batch_is_shown(self, relay: Command) -> None:
        result = await relay("explain", "samples/sms-batch-received.json")
        first, second = result.out.split("message 2 of 2: sms:received\n")
        assert first.startswith("message 1 of 2: sms:received\nno route matches")
        assert ("The plumber is here" in first, "He has left again" in second) == (True, True)

    async def test_the_files_of_an_mms_are_shown(self, relay: Command) -> None:
        result = await relay("explain", "samples/mms-downloaded.json")
        assert re.search(r"^\[\w+\.\w+, [\d,]+ bytes\]$", result.out, re.MULTILINE)

    @pytest.mark.parametrize(
        ("words", "problem"),
        [
            (("--at", "0001-01-01"), "--at: the year must be from 1970 to 9998"),
            (("--at", "9999-12-31 23:59-05:00"), "--at: the year must be from 1970 to 9998"),
            (("--age", "soon"), "--age: not a duration from one second to 100 years"),
            (("--type", "sms:*"), "--type: an event has one type"),
            (("--type", "sms:recieved"), '--type: there is no event type "sms:recieved"; did you mean'),
        ],
    )
    async def test_an_invalid_option_is_refused_in_one_line(
        self, relay: Command, words: tuple[str, ...], problem: str
    ) -> None:
        result = await relay("explain", *words)
        assert (result.status, len(result.err.splitlines())) == (1, 1)
        assert problem in result.err


class TestSend:
    async def test_it_sends_to_each_destination(self, relay: Command) -> None:
        async with Telegram() as bot, Slack() as work:
            hook = {"SLACK_WEBHOOK_URL": f"{work.url}{HOOK}"}
            result = await relay("send", env=telegram(bot) | hook)
        assert result.status == 0
        assert "✓ telegram: accepted" in result.out
        assert "✓ slack: accepted" in result.out
        assert (len(bot.shown), len(work.posted)) == (1, 1)

    async def test_a_refusal_is_reported_and_exit_1(self, relay: Command) -> None:
        async with Telegram() as bot:
            bot.always = reply(403, {"ok": False, "description": "Forbidden: bot was blocked by the user"})
            result = await relay("send", "--to", "telegram", env=telegram(bot))
        assert result.status == 1
        assert "✗ telegram: " in result.out

    async def test_an_unknown_name_is_refused(self, relay: Command) -> None:
        result = await relay("send", "--to", "nobody")
        assert (result.status, "there are: console" in result.err) == (1, True)


class TestUndelivered:
    @pytest.fixture
    async def kept(self, project: Path) -> dict[str, str]:
        """Keep an open event, a refused one, and one whose instance died before it settled."""
        ledger = SqliteLedger(project / "kept.db")
        dispatch = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("telegram"),))
        failed = {"telegram": Progress(reason="chat not found")}
        refused = {"telegram": Progress(DeliveryState.REFUSED, reason="too odd")}
        for key, outcomes in (("a" * 64, failed), ("b" * 64, refused)):
            await ledger.claim(Identity(key), dispatch, "owner")
            await ledger.settle(key, Settlement("owner", dispatch, outcomes, BODY))
        await ledger.claim(Identity("c" * 64), dispatch, "died")
        await ledger.aclose()
        return {"LEDGER_URL": f"sqlite:///{project / 'kept.db'}"}

    async def test_it_lists_undelivered_events_without_their_text(
        self, relay: Command, kept: dict[str, str]
    ) -> None:
        async with Telegram() as bot:
            table = await relay("undelivered", env=kept | telegram(bot))
            rows = json.loads((await relay("undelivered", "--json", env=kept | telegram(bot))).out)
        assert "chat not found" in table.out
        assert "kept words" not in table.out
        assert [row["key"][0] for row in rows] == ["a", "b", "c"]
        assert rows[0]["owed"] == {"telegram": {"state": "open", "reason": "chat not found"}}

    async def test_a_replay_delivers_open_events(self, relay: Command, kept: dict[str, str]) -> None:
        async with Telegram() as bot:
            result = await relay("replay", env=kept | telegram(bot))
            assert "✓ aaaaaaaaaaaa telegram: delivered" in result.out
            assert "cccccccccccc: " in result.out
            assert [shown.text.count("kept words") for shown in bot.shown] == [1]
            rows = json.loads((await relay("undelivered", "--json", env=kept | telegram(bot))).out)
        assert [row["key"][0] for row in rows] == ["b", "c"]

    async def test_an_event_that_another_process_delivers_is_skipped(
        self, relay: Command, kept: dict[str, str]
    ) -> None:
        path = kept["LEDGER_URL"].removeprefix("sqlite:///")
        ledger = SqliteLedger(Path(path))
        [(key, record)] = [each for each in await ledger.unsettled() if each[0].startswith("a")]
        await ledger.claim(Identity(key), record.dispatch, "another")
        await ledger.aclose()
        async with Telegram() as bot:
            result = await relay("replay", "aaaa", env=kept | telegram(bot))
        assert (result.status, "another process is delivering it; skipped" in result.out) == (1, True)

    async def test_a_refused_event_is_tried_again_if_named(
        self, relay: Command, kept: dict[str, str]
    ) -> None:
        async with Telegram() as bot:
            result = await relay("replay", "bbbb", env=kept | telegram(bot))
        assert (result.status, "✓ bbbbbbbbbbbb telegram: delivered" in result.out) == (0, True)

    @pytest.fixture
    async def mixed(self, project: Path) -> dict[str, str]:
        """Keep an event that is open at one destination and refused by the other, and one only refused."""
        ledger = SqliteLedger(project / "mixed.db")
        dispatch = Dispatch(
            "sms:received", 1_790_000_000.0, (DeliverySpec("telegram"), DeliverySpec("slack"))
        )
        refused = Progress(DeliveryState.REFUSED, reason="too odd")
        states = {"a" * 64: Progress(reason="it is down"), "b" * 64: Progress(DeliveryState.DELIVERED)}
        for key, other in states.items():
            await ledger.claim(Identity(key), dispatch, "owner")
            outcomes = {"telegram": other, "slack": refused}
            await ledger.settle(key, Settlement("owner", dispatch, outcomes, BODY))
        await ledger.aclose()
        return {"LEDGER_URL": f"sqlite:///{project / 'mixed.db'}"}

    async def test_a_refused_event_is_tried_again_only_if_named(
        self, relay: Command, mixed: dict[str, str]
    ) -> None:
        async with Telegram() as bot, Slack() as work:
            env = mixed | telegram(bot) | {"SLACK_WEBHOOK_URL": f"{work.url}{HOOK}"}
            result = await relay("replay", env=env)
            assert (result.status, len(bot.shown), work.requests) == (1, 1, [])
            assert "✓ aaaaaaaaaaaa telegram: delivered" in result.out
            assert "✗ aaaaaaaaaaaa slack: refused too odd" in result.out
            assert "bbbbbbbbbbbb" not in result.out
            assert "Nothing to deliver." in (await relay("replay", env=env)).out
            named = await relay("replay", "aaaa", "bbbb", env=env)
            assert (named.status, len(bot.shown), len(work.posted)) == (0, 1, 2)

    async def test_an_unknown_key_is_refused(self, relay: Command, kept: dict[str, str]) -> None:
        async with Telegram() as bot:
            result = await relay("replay", "ffff", env=kept | telegram(bot))
        assert (result.status, "no undelivered event has that key" in result.err) == (1, True)

    @pytest.mark.parametrize("command", ["undelivered", "replay"])
    async def test_a_missing_ledger_is_reported_and_not_created(
        self, relay: Command, command: str, project: Path
    ) -> None:
        result = await relay(command, env={"LEDGER_URL": "sqlite:///other/kept.db"})
        assert (result.status, f"there is no ledger {project}/other/kept.db" in result.err) == (1, True)
        assert not (project / "other").exists()

    @pytest.mark.parametrize("command", ["undelivered", "replay"])
    async def test_a_ledger_in_memory_is_refused(self, relay: Command, command: str) -> None:
        result = await relay(command, env={"LEDGER_URL": "memory:"})
        assert (result.status, "LEDGER_URL is memory" in result.err) == (1, True)


class TestLedger:
    """Which ledger the commands look at without LEDGER_URL."""

    async def keep(self, project: Path, *outcomes: DeliveryState) -> None:
        ledger = SqliteLedger(project / ".relay" / "ledger.db")
        await ledger.update_note("check", lambda _note: {"a": 1})
        for number, state in enumerate(outcomes):
            dispatch = Dispatch("sms:received", 1_790_000_000.0, (DeliverySpec("console"),))
            await ledger.claim(Identity(f"{number:064}"), dispatch, "owner")
            progress = {"console": Progress(state, by=("owner",))}
            await ledger.settle(f"{number:064}", Settlement("owner", dispatch, progress, BODY))
        await ledger.aclose()

    @pytest.mark.parametrize("command", ["undelivered", "replay", "drop"])
    async def test_before_make_run_there_is_none(self, relay: Command, project: Path, command: str) -> None:
        result = await relay(command, *(["a", "--yes"] if command == "drop" else []))
        assert (result.status, result.out) == (1, "")
        assert f"there is no ledger {project}/.relay/ledger.db: `make run` creates it" in result.err
        assert not (project / ".relay").exists()

    async def test_after_make_run_it_is_that_one(self, relay: Command, project: Path) -> None:
        await self.keep(project, DeliveryState.OPEN, DeliveryState.DELIVERED)
        result = await relay("undelivered", "--json")
        assert result.err.startswith("Ledger: sqlite:///.relay/ledger.db (`make run` uses it)\n")
        [row] = json.loads(result.out)
        assert row["age_seconds"] == row["age"] > 0
        assert "console: delivered\n" in (await relay("replay")).out
        result = await relay("undelivered")
        assert (result.status, result.out) == (0, "✓ Everything was delivered.\n")

    async def test_an_empty_one_proves_nothing(self, relay: Command, project: Path) -> None:
        await self.keep(project)
        for command, printed in (("undelivered", "Nothing is recorded.\n"), ("replay", "")):
            result = await relay(command)
            assert (result.status, result.out) == (0, printed)
            assert "! This ledger holds no event, delivered or not." in result.err

    async def test_the_configuration_may_name_it(self, relay: Command, project: Path) -> None:
        await self.keep(project, DeliveryState.OPEN)
        result = await relay("undelivered", config='[relay]\nledger_url = "sqlite:///mine.db"\n')
        assert "Ledger: sqlite:///mine.db (LEDGER_URL names it)" in result.err
        assert (result.status, f"there is no ledger {project}/mine.db" in result.err) == (1, True)

    async def test_a_deployment_has_its_own(self, relay: Command, project: Path) -> None:
        await self.keep(project, DeliveryState.OPEN)
        deployed = {"DEPLOY_PROJECT": "my-project", "DEPLOY_LEDGER": "firestore"}
        result = await relay("undelivered", env=deployed)
        assert "Ledger: firestore://my-project (./deploy.sh deployed with it)" in result.err
        assert "put LEDGER_URL=sqlite:///.relay/ledger.db before this command" in result.err
        in_memory = await relay("undelivered", env=deployed | {"DEPLOY_LEDGER": "memory"})
        assert "Ledger: sqlite:///.relay/ledger.db" in in_memory.err


async def test_chats_lists_the_chats_that_wrote_to_the_bot(relay: Command) -> None:
    chat = {"id": -100, "type": "supergroup", "title": "Family"}
    message = {"chat": chat, "message_thread_id": 7, "is_topic_message": True}
    people = ({"id": 4711, "is_bot": False, "first_name": "Anna"}, {"id": 1087968824, "is_bot": True}, "?")
    async with Telegram() as bot:
        bot.webhook.allowed = ["message", "callback_query"]  # `replies on` has left them so
        bot.webhook.updates = [{"update_id": 1, "message": message | {"from": each}} for each in people] * 2
        result = await relay("chats", "--json", env=telegram(bot))
        place = {"chat_id": -100, "thread_id": 7, "kind": "supergroup", "name": "Family"}
        assert json.loads(result.out) == [
            place | {"user_id": 4711, "user": "Anna"},
            place | {"user_id": None, "user": None},
        ]
        assert bot.webhook.allowed == []
        bot.always = reply(401, {"ok": False})
        result = await relay("chats", env=telegram(bot))
    gone = await relay("chats", env=telegram(bot))
    assert (result.status, "@BotFather" in result.err) == (1, True)
    assert (gone.status, len(gone.err.splitlines())) == (1, 1)
    assert TOKEN not in result.err
    assert API_KEY not in result.err


async def test_chats_says_what_to_do_while_the_bot_posts_elsewhere(relay: Command) -> None:
    async with Telegram() as bot:
        bot.webhook.url = "https://relay.example/telegram"
        mine = await relay("chats", env=telegram(bot))
        words = "Conflict: terminated by other getUpdates request"
        bot.always = reply(409, {"ok": False, "description": words})
        other = await relay("chats", env=telegram(bot))
    assert (mine.status, len(mine.err.splitlines()), other.status) == (1, 1, 1)
    assert "./sms-relay replies off, write to the bot, run this, then ./sms-relay replies on URL" in mine.err
    assert "another program fetches this bot's messages: stop that" in other.err


async def test_the_table_of_chats_shows_complete_ids_and_no_markup(relay: Command) -> None:
    name = "[red]Family[/] of \x1b[31mAnna " + "and Otto " * 20
    chat = {"id": -1001234567890, "type": "supergroup", "title": name}
    updates = [{"update_id": 1, "message": {"chat": chat}}, {"update_id": 2, "message": {}}]
    async with Telegram() as bot:
        bot.always = reply(200, {"ok": True, "result": updates})
        result = await relay("chats", env=telegram(bot), columns=40)
    header, row = result.out.splitlines()
    assert header.split() == ["chat_id", "thread_id", "kind", "name", "user_id", "user"]
    assert row.split()[:4] == ["-1001234567890", "supergroup", "[red]Family[/]", "of"]
    assert row.count("Otto") == 20
    assert "\x1b" not in row
