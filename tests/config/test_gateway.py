"""What answers by SMS need of a configuration, and how it is said if something is missing or wrong."""

from pathlib import Path

import pytest

from relay.config import ConfigurationError, load

VARIABLES = {
    "API_KEY": "0123456789abcdef",
    "LEDGER_SECRET": "a-secret-of-this-test",
    "TELEGRAM_BOT_TOKEN": "123456789:AAF-telegram_token_that_is_secret_01",
    "TELEGRAM_CHAT_ID": "-1001234567890",
    "TELEGRAM_REPLIES": "4711, 4712",
    "SMSGATE_USER": "ABCDEF",
    "SMSGATE_PASSWORD": "pass word:1",
}
ON_GOOGLE = {"K_SERVICE": "sms-relay", "LEDGER_URL": "firestore:"}
CHAT = """
[destinations.family]
type = "telegram"
bot_token = "${TELEGRAM_BOT_TOKEN}"
chat_id = "${TELEGRAM_CHAT_ID}"
"""


def problems(variables: dict[str, str], folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as error:
        load(variables, folder)
    return error.value.problems


def in_file(folder: Path, replies: str, more: str = "") -> dict[str, str]:
    (folder / "config.toml").write_text(f"{CHAT}{replies}\n{more}")
    return {name: value for name, value in VARIABLES.items() if name != "TELEGRAM_REPLIES"}


def test_variables_are_enough(tmp_path: Path) -> None:
    gateway = load(VARIABLES, tmp_path).gateway
    assert gateway
    assert (gateway.user, gateway.password.get_secret_value()) == ("ABCDEF", "pass word:1")
    assert gateway.url == "https://api.sms-gate.app/3rdparty/v1"
    assert "word" not in repr(gateway).replace("password", "")


def test_where_nothing_is_answered_nothing_is_needed(tmp_path: Path) -> None:
    variables = {name: value for name, value in VARIABLES.items() if name != "TELEGRAM_REPLIES"}
    assert load(variables | {"SMSGATE_URL": "nonsense", "SMSGATE_PASSWORD": ""}, tmp_path).gateway is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("SMSGATE_USER", "SMSGATE_USER: not set, and destinations.telegram.replies needs it"),
        ("SMSGATE_PASSWORD", "SMSGATE_PASSWORD: not set, and destinations.telegram.replies needs it"),
        (
            "LEDGER_SECRET",
            "LEDGER_SECRET: not set, and destinations.telegram.replies needs it: openssl rand -hex 16",
        ),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, name: str, problem: str) -> None:
    rest = {each: value for each, value in VARIABLES.items() if each != name}
    assert problems(rest, tmp_path) == (problem,)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SMSGATE_URL", "ftp://example.org", "must begin with https://"),
        ("SMSGATE_URL", "http://example.org/3rdparty/v1", "must begin with https://"),
        ("SMSGATE_URL", "https://anna:secret@example.org", "without a login"),
        ("SMSGATE_URL", "https://example.org/?a=secret", "without ?"),
        ("SMSGATE_URL", "https://[::", "is not the address"),
        ("SMSGATE_USER", "a:b", "without a colon"),
        ("SMSGATE_USER", "a\u200bb", "without a colon"),
        ("SMSGATE_PASSWORD", "a\u200bb", "which nobody sees"),
        ("TELEGRAM_REPLIES", "anna", "the numbers of the users"),
        ("TELEGRAM_REPLIES", "-4711", "the numbers of the users"),
        ("TELEGRAM_REPLIES", "4711,", "the numbers of the users"),
        ("TELEGRAM_CHAT_ID", "@family", "needs the chat's number"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, value: str, words: str) -> None:
    [problem] = problems(VARIABLES | {name: value}, tmp_path)
    assert problem.startswith((name, "TELEGRAM_REPLIES"))
    assert words in problem
    assert "secret@" not in problem
    assert "a=secret" not in problem


@pytest.mark.parametrize(
    "url",
    ["http://192.168.1.10:8080", "http://phone:8080", "http://10.0.0.1", "https://phone.local/3rdparty/v1"],
)
def test_a_phone_at_home_is_out_of_reach_of_google(tmp_path: Path, url: str) -> None:
    variables = VARIABLES | {"SMSGATE_URL": url}
    assert load(variables, tmp_path).gateway
    [problem] = problems(variables | ON_GOOGLE, tmp_path)
    assert problem.startswith("SMSGATE_URL: ")
    assert "which Google Cloud does not reach" in problem


def test_on_google_all_instances_share_a_ledger(tmp_path: Path) -> None:
    assert load(VARIABLES | ON_GOOGLE, tmp_path).gateway
    [problem] = problems(VARIABLES | ON_GOOGLE | {"LEDGER_URL": "memory:"}, tmp_path)
    assert problem.startswith("LEDGER_URL: destinations.telegram.replies needs one that all instances share")


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ("replies = []", "the numbers of the users"),
        ("replies = true", "the numbers of the users"),
        ('replies = ["anna"]', "the numbers of the users"),
        ("replies = [4711.5]", "the numbers of the users"),
        ("replies = {}", "from"),
        ("replies = { from = [4711], per_hour = 0 }", "per_hour"),
        ("replies = { from = [4711], per_hour = 100000 }", "per_hour"),
        ('replies = { from = [4711], confirm = "no" }', "confirm"),
        ("replies = { from = [4711], every = 1 }", "every"),
        ("replies = { from = [4711], new = true }", "replies.new: name the phone that is to send"),
    ],
)
def test_a_wrong_table_is_refused_with_its_key(tmp_path: Path, replies: str, words: str) -> None:
    [problem] = problems(in_file(tmp_path, replies), tmp_path)
    assert problem.startswith("destinations.family.replies")
    assert words in problem


def test_the_table_of_the_file_is_overridden_by_variables(tmp_path: Path) -> None:
    table = '[gateway]\nurl = "https://sms.example.org/3rdparty/v1"\nuser = "other"\npassword = "x"\n'
    gateway = load(in_file(tmp_path, "replies = 4711", table), tmp_path).gateway
    assert gateway
    assert (gateway.url, gateway.user) == ("https://sms.example.org/3rdparty/v1", "ABCDEF")


@pytest.mark.parametrize("table", ["gateway = 7", '[gateway]\nhost = "x"', "[gateway]\nurl = 7"])
def test_a_wrong_gateway_is_refused(tmp_path: Path, table: str) -> None:
    (tmp_path / "config.toml").write_text(f"{table}\n{CHAT}replies = 4711" if "=" in table[:9] else "")
    variables = in_file(tmp_path, "replies = 4711", table) if table.startswith("[") else VARIABLES
    variables = {name: value for name, value in variables.items() if name != "TELEGRAM_REPLIES"}
    [problem] = problems(variables, tmp_path)
    assert problem.startswith("gateway")


def test_nothing_of_the_gateway_is_loaded_without_answers(tmp_path: Path) -> None:
    """tests/test_modules.py says what a start loads; this says that a table alone changes nothing."""
    table = '[gateway]\nuser = "a"\npassword = "b"\n'
    assert load(in_file(tmp_path, "", table), tmp_path).gateway is None
