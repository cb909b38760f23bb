"""What `check` warns of: a configuration that is valid, and not what its author meant."""

from pathlib import Path

import pytest

from relay_cli.misroutes import find_misroutes, find_odd_variables
from tests.configured import configured
from tests.relay_cli.conftest import Command

ROUTE = 'default = "log"\n[[routes]]\nto = "log"\n'


def warnings(text: str, relay: str = "", **environ: str) -> list[str]:
    return list(find_misroutes(configured(text, relay=relay), environ))


@pytest.mark.parametrize(
    ("region", "hint"),
    [("UK", 'did you mean "GB"?'), ("el", 'did you mean "GR"?'), ("XX", "see https://www.iso")],
)
def test_an_unknown_region(region: str, hint: str) -> None:
    [line] = warnings("", f'region = "{region}"')
    assert line.startswith(f'relay.region: no country has the code "{region.upper()}", so no national number')
    assert hint in line
    assert warnings("", f'region = "{region}"', PHONE_REGION=region)[0].startswith("PHONE_REGION: ")
    assert warnings("", 'region = "gb"') == []


def test_a_pattern_with_a_backspace() -> None:
    [one, other] = warnings(ROUTE + 'text = ["x", "\\bcode\\b"]\nnot_text = "a\\fx"\n')
    assert one.startswith(r"routes[0].text: in double quotes \b is a control character")
    assert "write the pattern in single quotes" in one
    assert other.startswith(r"routes[0].not_text: in double quotes \f is")
    assert warnings(ROUTE + "text = '\\bcode\\b'\nnot_text = \"a\\tb\\n\"\n") == []


@pytest.mark.parametrize(
    ("sender", "meant"),
    [
        ("Mun", "Mum"),
        ("my bnak", "My bank"),
        ("MUM", None),
        ("*Mun", None),
        ("MYBANK", None),
        ("12345", None),
    ],
)
def test_a_sender_that_is_almost_a_contact(sender: str, meant: str | None) -> None:
    contacts = '[contacts]\n"+12025550143" = "Mum"\n"*-MYBANK" = "My bank"\nMYBANK = "Bank"\n'
    found = warnings(f"{ROUTE}recipients = ['{sender}']\n{contacts}")
    line = f'routes[0].recipients: no contact is called "{sender}"; did you mean "{meant}"?'
    assert found == ([line] if meant else [])


def test_a_name_that_phones_write_where_they_know_nobody() -> None:
    contacts = '[contacts]\n"+12025550143" = "Mum"\n"Unknown address" = "Hidden"\n'
    found = warnings(f'{ROUTE}senders = ["Unknown", "Mum", "-2"]\n{contacts}')
    assert [line.partition(" is what")[0] for line in found] == [
        "contacts: entry 2",
        'routes[0].senders: "Unknown"',
        'routes[0].senders: "-2"',
    ]


def test_a_national_number_without_a_region() -> None:
    contacts = '[contacts]\n"+12025550143" = "Mum"\n"030 123456" = "Dad"\n"110" = "police"\n'
    text = f'{ROUTE}senders = ["0651 555 1212"]\n{contacts}'
    [contact, sender] = warnings(text)
    assert contact.startswith("contacts: entry 2 has no country code, and no region is set")
    assert sender.startswith("routes[0].senders: a number has no country code, and no region is set")
    assert "123456" not in contact
    assert warnings(text, 'region = "DE"') == []


def test_contacts_written_the_wrong_way_round() -> None:
    [line] = warnings('[contacts]\n"+12025550143" = "Mum"\n"Dad" = "+1 202 555 0199"\n')
    assert line.startswith("contacts: entry 2 is the wrong way round: the number comes first")


@pytest.fixture
def env(tmp_path: Path) -> Path:
    (tmp_path / "example").write_text("# a comment\n#API_KEY=\n#SMSGATE_PASSWORD=\n#PORT=8080\n")
    (tmp_path / "config.toml").write_text('token = "${MY_TELEGRAM_BOT_TOKEN}"\n')
    return tmp_path / ".env"


def odd(env: Path, *reported: str) -> list[str]:
    return list(find_odd_variables(env, env.with_name("config.toml"), env.with_name("example"), reported))


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("TELEGRAM_BOT_TOKN=1", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_TOKEN=1", "TELEGRAM_BOT_TOKEN"),
        ("SMSGATE_PASWORD=1", "SMSGATE_PASSWORD"),
        ("MY_TELEGRAM_BOT_TOKEN=1", None),
        ("DEPLOY_LEDGER_URL=1", None),
        ("PORT=1", None),
        ("SOMETHING_ELSE=1", None),
    ],
)
def test_a_variable_that_is_almost_one_of_ours(env: Path, line: str, meant: str | None) -> None:
    env.write_text(f"API_KEY=x\n{line}\n")
    name = line.partition("=")[0]
    assert odd(env) == ([f"{name}: there is no such variable; did you mean {meant}?"] if meant else [])
    assert odd(env, name) == []


def test_a_variable_that_is_set_twice(env: Path) -> None:
    env.write_text("API_KEY=x\nPORT=1\nexport API_KEY=y\n")
    assert odd(env) == [".env, line 1: API_KEY is set again in line 3, and only that one counts"]
    env.unlink()
    assert odd(env) == []


@pytest.mark.anyio
async def test_check_prints_them_with_their_lines(relay: Command) -> None:
    config = '[relay]\nregion = "UK"\n[[routes]]\nto = "console"\ntext = "\\bx"\n'
    result = await relay(
        "check", env={"NTFY_TOPICS": "x", "TELEGRAM_CHATID": "y", "SLACK_CHANEL": "z"}, config=config
    )
    assert result.status == 0
    warned = [line for line in result.out.splitlines() if line.startswith("! ")]
    assert [line.rpartition(" (")[2] for line in warned[:-1]] == [
        ".env, line 2)",
        ".env, line 3)",
        "config.toml, line 2)",
        "config.toml, line 5)",
        ".env, line 4)",
    ]
    assert "SIGNING_KEYS" in warned[-1]
