import os
from pathlib import Path

import pytest

from forwarders import REGISTRY
from relay.config import Config, ConfigurationError, load
from relay.config.routes import Routing
from relay.config.variables import DESTINATIONS

KEY = {"API_KEY": "0123456789abcdef"}
EMAIL = {
    "SMTP_URL": "smtps://mail.example.org",
    "EMAIL_FROM": "phone@example.org",
    "EMAIL_TO": "me@example.org",
}
OWN = '[destinations.a]\ntype = "tests.config.own:Own"\nword = "sesame"\n'
URL_SAFE = "use letters, digits, '-', '.', '_' and '~'"
SECRET = "hunter2hunter2"


def from_file(folder: Path, toml: str, **environ: str) -> Config:
    (folder / "config.toml").write_text(toml)
    return load(KEY | environ, folder)


# Variables alone


def test_with_nothing_but_a_key_everything_goes_to_the_terminal(tmp_path: Path) -> None:
    config = load(KEY, tmp_path)

    assert [each.type for each in config.destinations.values()] == ["console"]
    assert config.settings.api_keys == (b"0123456789abcdef",)
    assert config.settings.ledger_url == "memory:"
    assert not config.settings.on_google
    assert config.routing == Routing()
    assert config.routing.expect == ()
    assert config.warnings == ()


def test_variables_configure_a_destination_named_after_its_type(tmp_path: Path) -> None:
    config = load(KEY | EMAIL | {"K_SERVICE": "sms-relay"}, tmp_path)

    destination = config.destinations["email"]
    assert list(config.destinations) == ["email"]
    assert (destination.name, destination.type, destination.required) == ("email", "email", True)
    assert config.settings.on_google
    assert config.settings.alerts == ("email",)


def test_the_variables_of_the_official_example_are_enough(tmp_path: Path) -> None:
    telegram = {
        "TELEGRAM_BOT_TOKEN": "123456789:AAF4Kq0mYv9sX2bT7cLr1nWd8eJp3gHu5iZ",
        "TELEGRAM_CHAT_ID": "-1001234567890",
    }

    assert list(load(KEY | telegram, tmp_path).destinations) == ["telegram"]
    assert list(load(KEY | telegram | EMAIL, tmp_path).destinations) == ["telegram", "email"]


def test_every_setting_has_a_variable(tmp_path: Path) -> None:
    settings = load(
        {
            "API_KEY": " new-0123456789ab , old-0123456789ab ",
            "SIGNING_KEYS": "Xb7dQ2pL,aW9zR4mK",
            "SIGNATURE_MAX_AGE": "60",
            "MAX_BODY_BYTES": "1048576",
            "RESPONSE_DEADLINE": "3.5",
            "LEDGER_URL": "sqlite:////var/ledger",
            "LEDGER_SECRET": "0123456789abcdef\n",
            "LOG_LEVEL": "debug",
            "DUPLICATES": "id",
            "TIMEZONE": "Europe/Berlin",
            "PHONE_REGION": "us",
            "ALERTS": "console",
        },
        tmp_path,
    ).settings

    assert settings.api_keys == (b"new-0123456789ab", b"old-0123456789ab")
    assert settings.signing_keys == (b"Xb7dQ2pL", b"aW9zR4mK")
    assert (settings.signature_max_age, settings.max_body_bytes, settings.response_deadline) == (
        60,
        2**20,
        3.5,
    )
    assert (settings.ledger_url, settings.ledger_secret) == ("sqlite:////var/ledger", b"0123456789abcdef")
    assert (settings.log_level, settings.duplicates) == ("DEBUG", "id")
    assert (settings.timezone, settings.region, settings.alerts) == ("Europe/Berlin", "US", ("console",))


def test_a_key_may_hold_any_bytes(tmp_path: Path) -> None:
    environ = {"API_KEY": os.fsdecode(b"0123456789abcdef\xff")}

    assert load(environ, tmp_path).settings.api_keys == (b"0123456789abcdef\xff",)


@pytest.mark.parametrize(
    "url",
    [
        "memory:",
        "sqlite:///ledger.db",
        "sqlite:////data/ledger.db",
        "firestore:",
        "firestore:?collection=sms",
        "firestore://my-project-1",
        "firestore://example.com:project/(default)?collection=sms_relay",
        "firestore://my-project-1/ledger",
    ],
)
def test_ledgers(url: str, tmp_path: Path) -> None:
    assert load(KEY | {"LEDGER_URL": url}, tmp_path).settings.ledger_url == url


def test_only_the_named_destinations_are_alerted(tmp_path: Path) -> None:
    both = KEY | EMAIL | {"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/abcdefghijklmnop"}

    assert load(both, tmp_path).settings.alerts == ("slack", "email")
    assert load(both | {"ALERTS": "email"}, tmp_path).settings.alerts == ("email",)
    assert load(both | {"ALERTS": "email, slack"}, tmp_path).settings.alerts == ("email", "slack")


def test_unrelated_variables_are_ignored(tmp_path: Path) -> None:
    assert (
        load(KEY | {"PATH": "", "PORT": "8080", "SMSGATE_URL": "x", "API_KEYS": "x"}, tmp_path).warnings == ()
    )


# A file


def test_a_file_configures_everything(tmp_path: Path) -> None:
    config = from_file(
        tmp_path,
        """
        default = ["family"]
        [relay]
        api_keys = ["overridden-by-the-variable"]
        signing_keys = ["one,with,commas", "two"]
        timezone = "Europe/Berlin"
        response_deadline = 3
        alerts = ["log"]
        [templates.short]
        title = "{{ sender }}"
        [destinations.family]
        type = "tests.config.own:Own"
        word = "${WORD}"
        guests = ["${WORD}", "$${WORD}", "$5 {}"]
        door = 7
        [destinations.log]
        type = "console"
        required = false
        content = "none"
        template = "short"
        [[routes]]
        events = ["system:ping"]
        to = ["log"]
        [[expect]]
        text = "hello"
        to = ["family"]
        """,
        WORD="sesame",
        RESPONSE_DEADLINE="4.5",
    )

    family, log = config.destinations["family"], config.destinations["log"]
    assert family.options.model_dump()["guests"] == ("sesame", "${WORD}", "$5 {}")
    assert (log.required, log.content, log.template) == (False, "none", config.routing.templates["short"])
    assert config.settings.api_keys == (b"0123456789abcdef",)
    assert config.settings.signing_keys == (b"one,with,commas", b"two")
    assert config.settings.response_deadline == 4.5
    assert config.settings.alerts == ("log",)
    assert (len(config.routing.routes), config.routing.default, len(config.routing.expect)) == (
        1,
        ("family",),
        1,
    )


def test_with_a_file_alerts_are_off_by_default(tmp_path: Path) -> None:
    assert from_file(tmp_path, OWN).settings.alerts == ()


def test_the_file_can_have_another_name_and_folder(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_bytes(b"\xef\xbb\xbf" + OWN.encode())

    for name in ("other.toml", str(tmp_path / "other.toml")):
        assert list(load(KEY | {"CONFIG_FILE": name}, tmp_path).destinations) == ["a"]


def test_a_boolean_option_may_be_a_variable(tmp_path: Path) -> None:
    toml = """
    [destinations.family]
    type = "telegram"
    bot_token = "${TELEGRAM_BOT_TOKEN}"
    chat_id = "${TELEGRAM_CHAT_ID}"
    thread_id = "${TELEGRAM_THREAD_ID}"
    protect_content = "${PROTECT}"
    required = "${REQUIRED}"
    """
    telegram = {
        "TELEGRAM_BOT_TOKEN": "123456789:AAF4Kq0mYv9sX2bT7cLr1nWd8eJp3gHu5iZ",
        "TELEGRAM_CHAT_ID": "-1001234567890",
        "TELEGRAM_THREAD_ID": "42",
    }

    family = from_file(tmp_path, toml, **telegram, PROTECT="true", REQUIRED="false").destinations["family"]

    options = family.options.model_dump()
    assert (options["thread_id"], options["protect_content"], family.required) == (42, True, False)


def test_a_file_without_destinations_writes_to_the_terminal(tmp_path: Path) -> None:
    assert list(from_file(tmp_path, "").destinations) == ["console"]


def test_a_variable_may_be_used_under_any_name(tmp_path: Path) -> None:
    toml = OWN.replace("sesame", "${SMTP_URL}${EMAIL_FROM}${EMAIL_TO}")

    assert list(from_file(tmp_path, toml, **EMAIL).destinations) == ["a"]


def test_line_breaks_around_a_variable_are_removed(tmp_path: Path) -> None:
    config = from_file(tmp_path, OWN + "door = 1\nguests = ['${WORD}']\n", WORD=" two\nlines\r\n")

    assert config.destinations["a"].options.model_dump()["guests"] == (" two\nlines",)


def test_values_are_not_substituted_twice(tmp_path: Path) -> None:
    config = from_file(tmp_path, OWN + "door = 1\nguests = ['${WORD}']\n", WORD="${API_KEY} $${X}")

    assert config.destinations["a"].options.model_dump()["guests"] == ("${API_KEY} $${X}",)


# What is unwise


@pytest.mark.parametrize(
    ("environ", "warning"),
    [
        (
            {"API_KEY": "short"},
            "API_KEY: the key can be guessed: it has fewer than 16 characters; use a long random one",
        ),
        (
            {"API_KEY": "0123456789abcdef,short"},
            "API_KEY: key 2 can be guessed: it has fewer than 16 characters; use a long random one",
        ),
        *(
            (
                {"API_KEY": key},
                "API_KEY: the key must be percent-encoded in a URL; " + URL_SAFE,
            )
            for key in (
                "0123456789abcdef+",
                "0123456789abcdef 1",
                "0123456789abcdefé",
                "a%200123456789abcdef",
            )
        ),
        (
            {"LEDGER_URL": "firestore:"},
            "LEDGER_SECRET: not set; numbers and codes could be guessed from the ledger's keys",
        ),
        (
            {"LEDGER_URL": "firestore:", "LEDGER_SECRET": "short"},
            "LEDGER_SECRET: it can be guessed: it has fewer than 16 characters; use a long random one",
        ),
        ({"SIGNING_KEY": "x"}, "SIGNING_KEY: there is no such variable; did you mean SIGNING_KEYS?"),
        ({"EMAILTO": "x"}, "EMAILTO: there is no such variable; did you mean EMAIL_TO?"),
        ({"Time_Zone": "x"}, "Time_Zone: there is no such variable; did you mean TIMEZONE?"),
    ],
)
def test_warnings(environ: dict[str, str], warning: str, tmp_path: Path) -> None:
    assert load(KEY | environ, tmp_path).warnings == (warning,)


# Secrets


def test_a_configuration_prints_no_secret(tmp_path: Path) -> None:
    environ = dict.fromkeys(("API_KEY", "SIGNING_KEYS", "LEDGER_SECRET", "WORD"), SECRET)
    config = from_file(tmp_path, OWN.replace("sesame", "${WORD}"), **environ)

    assert SECRET not in repr(config)
    assert SECRET not in str(config.settings)


@pytest.mark.parametrize("wrong", [f"{SECRET} é\x7f", f"ftp://u:{SECRET}@h:x/", f"{SECRET}\n{SECRET}"])
@pytest.mark.parametrize("variable", sorted(DESTINATIONS))
def test_no_error_quotes_a_variable(variable: str, wrong: str, tmp_path: Path) -> None:
    kind, _ = DESTINATIONS[variable]
    line = problem_of(KEY | {variable: wrong}, tmp_path)
    whole = problem_of(KEY | {**dict.fromkeys(REGISTRY[kind].variables, wrong)}, tmp_path)

    assert SECRET not in line
    assert SECRET not in whole
    assert "\n" not in line


@pytest.mark.parametrize("value", ['{ a = "hunter2hunter2" }', '[["hunter2hunter2"]]', '"hunter2hunter2 é"'])
@pytest.mark.parametrize("variable", sorted(DESTINATIONS))
def test_no_error_quotes_the_file(variable: str, value: str, tmp_path: Path) -> None:
    kind, option = DESTINATIONS[variable]
    (tmp_path / "config.toml").write_text(f'[destinations.x]\ntype = "{kind}"\n{option} = {value}\n')

    assert SECRET not in problem_of(KEY, tmp_path)


def problem_of(environ: dict[str, str], folder: Path) -> str:
    try:
        return "".join(load(environ, folder).warnings)
    except ConfigurationError as error:
        return str(error)
