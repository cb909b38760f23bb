"""Every mistake in a configuration, and the line that the operator reads."""

from pathlib import Path

import pytest

from relay.config import ConfigurationError, load

KEY = {"API_KEY": "0123456789abcdef"}
EMAIL = {
    "SMTP_URL": "smtps://mail.example.org",
    "EMAIL_FROM": "phone@example.org",
    "EMAIL_TO": "me@example.org",
}
TOKEN = "123456789:AAF4Kq0mYv9sX2bT7cLr1nWd8eJp3gHu5iZ"
GOOGLE = {"K_SERVICE": "sms-relay"}
MEANING = (
    "The `apiKey` in a webhook's URL; several, separated by commas, while you change it. "
    "`openssl rand -hex 16` makes one."
)
KIND = "Its type, or `module:Class` for a forwarder of your own."
INSTALL = "install a_library_of_nobody"
SETTINGS = (
    "alerts, api_keys, duplicates, ledger_secret, ledger_url, log_level, max_body_bytes, memory_bytes, "
    "region, response_deadline, signature_max_age, signing_keys, status_key, tick_secret, timezone"
)
SET_IT = "set it, or remove it here"
BASE = "it must be a subclass of forwarders.base.Forwarder"
OPTIONS = "every forwarder must define its options"
FIRESTORE = "firestore:[//PROJECT[/DATABASE]][?collection=NAME]"
LITERAL = "write $${ for a literal ${"
OWN = '[destinations.a]\ntype = "tests.config.own:Own"\nword = "sesame"\n'


def refused(environ: dict[str, str], folder: Path, toml: str | bytes | None = None) -> str:
    if toml is not None:
        (folder / "config.toml").write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    with pytest.raises(ConfigurationError) as caught:
        load(environ, folder)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("memory", "size", "remedy"),
    [
        ("209715200", "16777216", "set at most 3112960, or give the function 264372224 bytes"),
        ("1073741824", "268435456", "set at most 219119616, or give the function 1271005184 bytes"),
        ("100000000", "1024", "give the function 197267456 bytes"),
    ],
)
def test_a_body_limit_that_does_not_fit_into_memory(
    memory: str, size: str, remedy: str, tmp_path: Path
) -> None:
    line = refused(KEY | {"MEMORY_BYTES": memory, "MAX_BODY_BYTES": size}, tmp_path)
    what = f"MAX_BODY_BYTES: bodies of {size} bytes do not fit into {memory} bytes of memory; {remedy}"
    assert line == f"{what} (set MEMORY_BYTES if it has another size than was detected)"


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {},
            "API_KEY: missing. " + MEANING + " Example: 9c4e…",
        ),
        ({"API_KEY": " "}, "API_KEY: is empty; set it, or remove it"),
        (
            {"API_KEY": "0123456789abcdef,"},
            "API_KEY: a key is empty; set a long random one, or several separated by commas",
        ),
        ({"SIGNING_KEYS": ""}, "SIGNING_KEYS: is empty; set it, or remove it"),
        ({"SIGNATURE_MAX_AGE": "5m"}, "SIGNATURE_MAX_AGE: must be a number. Example: 300"),
        ({"SIGNATURE_MAX_AGE": "nan"}, "SIGNATURE_MAX_AGE: must be a finite number. Example: 300"),
        ({"SIGNATURE_MAX_AGE": "0"}, "SIGNATURE_MAX_AGE: must be greater than 0. Example: 300"),
        ({"MAX_BODY_BYTES": "16 MB"}, "MAX_BODY_BYTES: must be a whole number. Example: 16777216"),
        ({"MEMORY_BYTES": "1Gi"}, "MEMORY_BYTES: must be a whole number. Example: 1073741824"),
        ({"MEMORY_BYTES": "-1"}, "MEMORY_BYTES: must be greater than or equal to 1024. Example: 1073741824"),
        ({"MAX_BODY_BYTES": "0"}, "MAX_BODY_BYTES: must be greater than or equal to 1024. Example: 16777216"),
        *(
            (
                {"RESPONSE_DEADLINE": seconds},
                "RESPONSE_DEADLINE: must be above 1.5 and below 5 seconds: the phone hangs up after 5",
            )
            for seconds in ("0", "1.5", "5", "60")
        ),
        ({"RESPONSE_DEADLINE": "inf"}, "RESPONSE_DEADLINE: must be a finite number. Example: 4"),
        *(
            (
                {"LEDGER_URL": url},
                "LEDGER_URL: is not a ledger URL; use memory:, sqlite:///FILE or " + FIRESTORE,
            )
            for url in (
                "redis://h",
                "memory",
                "sqlite:ledger",
                "sqlite://",
                "sqlite:///",
                "sqlite:///:memory:",
                "firestore://",
                "firestore:?collection=a/b",
            )
        ),
        (
            GOOGLE | EMAIL | {"LEDGER_URL": "sqlite:///ledger"},
            "LEDGER_URL: on Google Cloud a file is lost with its instance; use firestore:",
        ),
        ({"LEDGER_SECRET": " "}, "LEDGER_SECRET: is empty; set it, or remove it"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'. Example: INFO"),
        ({"DUPLICATES": "text"}, "DUPLICATES: must be 'content' or 'id'. Example: content"),
        ({"TIMEZONE": "Mars/Base"}, 'TIMEZONE: no such time zone; write it like "Europe/Berlin" or "UTC"'),
        ({"PHONE_REGION": "USA"}, "PHONE_REGION: must be a two-letter country code, such as US"),
        (EMAIL | {"ALERTS": "emial"}, 'ALERTS: no destination is called "emial"; did you mean "email"?'),
        ({"CONFIG_FILE": ""}, "CONFIG_FILE: is empty; set it, or remove it"),
        ({"CONFIG_FILE": "/nowhere/a.toml"}, "CONFIG_FILE: the file /nowhere/a.toml does not exist"),
        (
            GOOGLE,
            "destinations: none is configured; set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or another pair",
        ),
    ],
)
def test_variables(environ: dict[str, str], line: str, tmp_path: Path) -> None:
    environ = environ if line.startswith("API_KEY") else KEY | environ

    assert refused(environ, tmp_path) == line


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("[relay]\nlog_levl = 'INFO'\n", 'relay.log_levl: there is no such key; did you mean "log_level"?'),
        (
            "[relay]\non_google = true\n",
            "relay.on_google: there is no such key; Google Cloud sets K_SERVICE by itself",
        ),
        ("relay = 5\n", "relay: must be a table, [relay]"),
        (
            "[relay]\nmax_body_bytes = 1.5\n",
            "relay.max_body_bytes: must be a whole number. Example: 16777216",
        ),
        (
            "[relay]\nsigning_keys = [5]\n",
            "relay.signing_keys: must be keys in quotes, as a list or separated by commas",
        ),
        (
            "[relay]\nledger_secret = ''\n",
            "relay.ledger_secret: is empty; set a long random secret, or remove it",
        ),
        (
            "[relay]\nalerts = ['b']\n" + OWN,
            'relay.alerts: no destination is called "b"; there are: a',
        ),
        ("alerts = ['a']\n" + OWN, "alerts: belongs under [relay]"),
        ("[rely]\n" + OWN, 'rely: there is no such key; did you mean "relay"?'),
        ("destinations = []\n", "destinations: must be tables, like [destinations.family]"),
        ("destinations.a = 5\n", "destinations.a: must be a table, like [destinations.a]"),
        ("[destinations.'a b']\n", "destinations: a name must be 1 to 64 letters, digits, '_' or '-'"),
        (
            "[destinations.a]\nword = 'x'\n",
            "destinations.a.type: missing. " + KIND + " Example: telegram",
        ),
        (
            "[destinations.a]\ntype = 'telegrm'\n",
            'destinations.a.type: there is no destination type "telegrm"; did you mean "telegram"?',
        ),
        (
            "[destinations.a]\ntype = 'mine:Mine'\n",
            'destinations.a.type: the module "mine" cannot be imported; put it beside main.py',
        ),
        (
            "[destinations.a]\ntype = 'tests.config.needy:Needy'\n",
            'destinations.a.type: the library "a_library_of_nobody" is not installed; ' + INSTALL,
        ),
        (
            "[destinations.a]\ntype = 'tests.config.own:Won'\n",
            'destinations.a.type: the module "tests.config.own" has no "Won"',
        ),
        (
            "[destinations.a]\ntype = 'tests.config.own:NoForwarder'\n",
            'destinations.a.type: "tests.config.own:NoForwarder" is not a forwarder; ' + BASE,
        ),
        *(
            (
                f"[destinations.a]\ntype = '{kind}'\n",
                f'destinations.a.type: the module "{module}" cannot be imported: {error}',
            )
            for kind, module, error in (
                (":Own", "", "ValueError"),
                (".own:Own", ".own", "TypeError"),
                ("tests.config.broken:Own", "tests.config.broken", "ZeroDivisionError"),
            )
        ),
        (
            "[destinations.a]\ntype = 'forwarders.base:Forwarder'\n",
            'destinations.a.type: "forwarders.base:Forwarder" has no Options; ' + OPTIONS,
        ),
        (OWN + "required = 'maybe'\n", "destinations.a.required: must be true or false. Example: false"),
        (
            OWN + "content = 'some'\n",
            "destinations.a.content: must be 'full', 'code', 'masked' or 'none'. Example: code",
        ),
        (OWN + "requird = false\n", 'destinations.a.requird: there is no such key; did you mean "required"?'),
        (OWN + "dor = 5\n", 'destinations.a.dor: there is no such key; did you mean "door"?'),
        (OWN + "door = 'front'\n", "destinations.a.door: must be a whole number. Example: 7"),
        (OWN + "guests = 'ali'\n", 'destinations.a.guests: must be a list. Example: ["ali"]'),
        (
            OWN + "guests = ['ali', 5]\n",
            'destinations.a.guests[1]: must be a text in quotes. Example: ["ali"]',
        ),
        (OWN + "guests = ['thief']\n", "destinations.a.guests: friends only"),
        (OWN + "guests = ['nobody']\n", "destinations.a.guests: somebody only"),
        (
            OWN + "guests = ['ali', '${NO}']\n",
            "destinations.a.guests[1]: the variable NO is not set; " + SET_IT,
        ),
        (
            OWN.replace("word =", "wrd ="),
            'destinations.a.wrd: there is no such key; did you mean "word"?',
        ),
        (
            "[templates.short]\ntitel = 'x'\n",
            'templates.short.titel: there is no such key; did you mean "title"?',
        ),
        (
            "[relay]\non_gogle = true\n",
            "relay.on_gogle: there is no such key; there are: " + SETTINGS,
        ),
        (OWN + "guests = ['ali']\n", "destinations.a.door: missing; guests need a door"),
        (
            "[destinations.a]\ntype = 'tests.config.own:Own'\n",
            "destinations.a.word: missing. The word that opens the door. Example: sesame",
        ),
        (
            OWN + "template = 'shrt'\n[templates.short]\ntitle = 'x'\n",
            'destinations.a.template: no template is called "shrt"; did you mean "short"?',
        ),
        ("default = ['b']\n" + OWN, 'default[0]: no destination is called "b"; there are: a'),
        (OWN + "[[routes]]\nto = 'b'\n", 'routes[0].to: no destination is called "b"; there are: a'),
        (
            OWN + "[[routes]]\nto = ['a']\nfallback = ['nobody', 'a']\n",
            'routes[0].fallback[0]: no destination is called "nobody"; there are: a',
        ),
        (
            OWN + "[[routes]]\nto = 'a'\nsender = 'x'\n",
            'routes[0].sender: there is no such key; did you mean "senders"?',
        ),
        (
            OWN + "[[routes]]\nevents = 'sms:*'\n",
            'routes[0].to: missing. The destinations; an empty list drops the event. Example: ["family"]',
        ),
        (OWN + "[contacts]\n'+12025550143' = ''\n", "contacts: is empty."),
    ],
)
def test_files(toml: str, line: str, tmp_path: Path) -> None:
    assert refused(KEY, tmp_path, toml) == line


@pytest.mark.parametrize(
    "toml",
    [
        "[[routes]]\nto = ['${WORD}']\n",
        "[relay]\nalerts = ['${WORD}']\n",
        "[destinations.b]\ntype = '${WORD}'\n",
        "[destinations.b]\ntype = '${WORD}:Own'\n",
    ],
)
def test_a_secret_in_the_wrong_place_is_shown_as_its_variable(toml: str, tmp_path: Path) -> None:
    line = refused({**KEY, "WORD": "s3cr3t"}, tmp_path, OWN + toml)

    assert "s3cr3t" not in line
    assert "${WORD}" in line


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("[relay\n", "config.toml, line 1: the name of a table must end with ]"),
        ("[relay]\n\nkey\n", "config.toml, line 3: a key needs = and a value"),
        ("a = sesame\n", "config.toml, line 1: not a value; put text in quotes"),
        (
            "a = 5 sesame\n",
            "config.toml, line 1: a line has one key and one value; put text in quotes",
        ),
        ("a = 'sesame\n", "config.toml, line 1: a quote is still open"),
        ("a = 'sesame", "config.toml, line 1: a quote is still open"),
        ("a = '''sesame", "config.toml, line 1: a quote is still open"),
        ('a = "sesame', "config.toml, line 1: a quote is still open"),
        ('a = "C:\\sesame"\n', r"config.toml, line 1: write \\ for a backslash, or use single quotes"),
        ("a = ['sesame'\n", "config.toml, line 1: a bracket is still open"),
        ("a = {b = 'sesame'\n", "config.toml, line 1: a bracket is still open"),
        ("a = 1\na = 'sesame'\n", "config.toml, line 2: a key or a table is defined twice; keep one"),
        (OWN + OWN, "config.toml, line 4: a key or a table is defined twice; keep one"),
        ("a = {b = 1, b = 'sesame'}\n", "config.toml, line 1: a key is defined twice; keep one"),
        ('a = "a\tb\0"\n', "config.toml, line 1: a character is not allowed here; is a quote still open?"),
        ("= 'sesame'\n", "config.toml, line 1: not valid TOML; see https://toml.io"),
        ("a = " + "[" * 100_000, "config.toml: nested too deeply"),
        (b"a = '\xff'\n", "config.toml: not UTF-8; save the file as UTF-8"),
    ],
)
def test_files_that_are_not_toml(toml: str | bytes, line: str, tmp_path: Path) -> None:
    assert refused(KEY, tmp_path, toml) == line


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("${WORD}", "destinations.a.word: the variable WORD is not set; set it, or remove it here"),
        ("${EMPTY}", "destinations.a.word: the variable EMPTY is empty; set it, or remove it here"),
        *(
            (
                word,
                "destinations.a.word: ${ must be followed by a variable's name, in capitals, and }; "
                + LITERAL,
            )
            for word in ("${}", "${word}", "${WORD", "${12:34}", "$${WORD} ${")
        ),
    ],
)
def test_references(word: str, line: str, tmp_path: Path) -> None:
    toml = OWN.replace("sesame", word)

    assert refused(KEY | {"EMPTY": " "}, tmp_path, toml) == line


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert (
        refused(KEY | {"CONFIG_FILE": "."}, tmp_path) == f"{tmp_path.name}: cannot be read (Is a directory)"
    )


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()

    assert refused(KEY, tmp_path) == "config.toml: cannot be read (Is a directory)"


def test_a_variable_that_the_file_does_not_use(tmp_path: Path) -> None:
    unused = "# ${SMTP_URL}\nguests = ['$${SMTP_URL}', '${EMAIL_FROM} ${EMAIL_TO}']\ndoor = 5\n"
    line = refused(KEY | EMAIL, tmp_path, OWN + unused)

    assert line == (
        "SMTP_URL: is set, but config.toml does not use it; write ${SMTP_URL} there, or remove the variable"
    )


@pytest.mark.parametrize("kind", ["console", "forwarders.console:Console"])
def test_a_console_on_google_cloud(kind: str, tmp_path: Path) -> None:
    line = refused(KEY | GOOGLE, tmp_path, f"[destinations.log]\ntype = '{kind}'\n")

    assert line == (
        "destinations.log.type: on Google Cloud the console writes messages to the log; choose another type"
    )


def test_a_file_without_destinations_on_google_cloud(tmp_path: Path) -> None:
    assert refused(KEY | GOOGLE, tmp_path, "").startswith("destinations: none is configured")


@pytest.mark.parametrize("google", [{}, GOOGLE])
@pytest.mark.parametrize(
    ("half", "missing"),
    [
        ({"TELEGRAM_BOT_TOKEN": TOKEN}, "TELEGRAM_CHAT_ID"),
        ({"TELEGRAM_CHAT_ID": "123456789"}, "TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_THREAD_ID": "42", "TELEGRAM_BOT_TOKEN": TOKEN}, "TELEGRAM_CHAT_ID"),
        ({"SLACK_BOT_TOKEN": "xoxb-2345678901-abcdefghijkl"}, "SLACK_CHANNEL"),
        ({"SLACK_CHANNEL": "C0123456789"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_API_URL": "https://slack.example.org"}, "SLACK_WEBHOOK_URL"),
        ({"EMAIL_FROM": "phone@example.org", "EMAIL_TO": "me@example.org"}, "SMTP_URL"),
        ({"SMTP_URL": "smtps://mail.example.org", "EMAIL_FROM": "phone@example.org"}, "EMAIL_TO"),
        ({"SMTP_URL": "smtps://mail.example.org", "EMAIL_TO": "me@example.org"}, "EMAIL_FROM"),
        ({"SMTP_USER": "me"}, "SMTP_URL"),
    ],
)
def test_half_a_destination(
    half: dict[str, str], google: dict[str, str], missing: str, tmp_path: Path
) -> None:
    assert refused(KEY | half | google, tmp_path).startswith(f"{missing}: ")


INVISIBLE = [
    "\u0085",
    "\u00a0",
    "\u200b",
    "\u2007",
    "\u202f",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u200d",
    "\u202c",
    "\u3000",
    "\u2028",
]
TELEGRAM = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": "1"}
SECRETS = {
    "API_KEY": ("0123456789abcdef", {}),
    "SIGNING_KEYS": ("Xb7dQ2pL", KEY),
    "LEDGER_SECRET": ("fedcba9876543210", KEY),
    "TELEGRAM_BOT_TOKEN": (TOKEN, KEY | TELEGRAM),
    "SLACK_WEBHOOK_URL": ("https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXX", KEY),
    "SLACK_BOT_TOKEN": ("xoxb-1234567890", KEY | {"SLACK_CHANNEL": "C0123456789"}),
    "SMTP_URL": ("smtps://me:abcdefgh@mail.example.org", KEY | EMAIL),
    "SMTP_PASSWORD": ("abcdefgh", KEY | EMAIL | {"SMTP_USER": "me"}),
    "DISCORD_WEBHOOK_URL": ("https://discord.com/api/webhooks/1234567890/XXXXXXXX", KEY),
    "NTFY_TOPIC": ("sms-3f9a1c77be02", KEY),
    "NTFY_TOKEN": ("tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2", KEY | {"NTFY_TOPIC": "sms"}),
    "WEBHOOK_SECRETS": (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
        KEY | {"WEBHOOK_URL": "https://a.example"},
    ),
    "APPRISE_URLS": ("json://localhost", KEY),
}


@pytest.mark.parametrize("variable", SECRETS)
@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_a_secret_with_an_invisible_character_is_refused_by_name(
    variable: str, character: str, tmp_path: Path
) -> None:
    secret, others = SECRETS[variable]
    middle = len(secret) // 2
    for pasted in (secret + character, character + secret, secret[:middle] + character + secret[middle:]):
        line = refused(others | {variable: pasted}, tmp_path)
        assert line.startswith(f"{variable}: ")
        assert f"(U+{ord(character):04X}), which nobody sees" in line
        assert secret[:middle] not in line


def test_a_key_of_several_with_an_invisible_character_is_told_by_its_number(tmp_path: Path) -> None:
    line = refused({"API_KEY": "0123456789abcdef,fedcba98\u00a0"}, tmp_path)
    assert line == (
        "API_KEY: key 2 contains a no-break space (U+00A0), which nobody sees: "
        "copy it again, or delete what is not part of it"
    )


def test_a_secret_in_the_file_with_an_invisible_character_is_refused_by_name(tmp_path: Path) -> None:
    toml = '[destinations.a]\ntype = "ntfy"\ntopic = "sms-3f9a\u200b"\n'
    assert refused(KEY, tmp_path, toml).startswith(
        "destinations.a.topic: it contains a zero width space (U+200B)"
    )
    assert refused({}, tmp_path, '[relay]\napi_keys = ["abc", "0123\u00a0456"]\n').startswith(
        "relay.api_keys: key 2 contains a no-break space"
    )


def test_blanks_of_ascii_around_a_secret_are_removed(tmp_path: Path) -> None:
    assert load({"API_KEY": " 0123456789abcdef\t\r\n"}, tmp_path).settings.api_keys == (b"0123456789abcdef",)
    assert load(KEY | {"LEDGER_SECRET": "a b\udc80é "}, tmp_path).settings.ledger_secret == b"a b\x80\xc3\xa9"


def test_mistakes_in_all_parts_of_a_file_are_reported_in_one_run(tmp_path: Path) -> None:
    toml = """
default = ["nobody"]
timezone = "UTC"
[relay]
log_level = "loud"
regoin = "DE"
[destinations.a]
type = "telegrm"
[destinations.b]
type = "tests.config.own:Own"
word = "${UNSET}"
guests = ["thief", "${ALSO_UNSET}"]
[destinations.c]
type = "tests.config.own:Own"
wrd = "sesame"
dor = 5
[[routes]]
to = ["a", "other"]
senders = []
sims = ["work"]
[[routes]]
"""
    (tmp_path / "config.toml").write_text(toml)
    with pytest.raises(ConfigurationError) as caught:
        load(KEY | {"SMTP_URL": "smtps://mail.example.org", "TIMEZONE": ""}, tmp_path)

    assert [each.partition(": ")[0] for each in caught.value.problems] == [
        "TIMEZONE",
        "destinations.b.word",
        "destinations.b.guests[1]",
        "SMTP_URL",
        "timezone",
        "destinations.a.type",
        "destinations.c.wrd",
        "destinations.c.dor",
        "relay.regoin",
        "relay.log_level",
        "routes[0].senders",
        "routes[0].to[1]",
        "routes[1].to",
        "default[0]",
    ]
    assert (
        str(caught.value)
        == "TIMEZONE: is empty; set it, or remove it (13 more; ./sms-relay check lists them)"
    )


def test_what_does_not_fit_together_is_reported_in_one_run_too(tmp_path: Path) -> None:
    toml = OWN + "[[routes]]\nto = 'a'\nsims = 'work'\ntemplate = 'x'\n[[expect]]\ndevice = 'b'\nto = 'a'\n"
    (tmp_path / "config.toml").write_text(toml)
    with pytest.raises(ConfigurationError) as caught:
        load(KEY, tmp_path)

    keys = [each.partition(": ")[0] for each in caught.value.problems]
    assert keys == ["routes[0].sims", "routes[0].template", "expect[0].device"]


def test_variables_are_reported_in_one_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({"SMTP_URL": "x", "NTFY_TOPIC": "a b", "ALERTS": "email,slak", "LOG_LEVEL": "loud"}, tmp_path)

    keys = [each.partition(": ")[0] for each in caught.value.problems]
    assert keys == ["EMAIL_TO", "NTFY_TOPIC", "API_KEY", "LOG_LEVEL", "ALERTS"]
