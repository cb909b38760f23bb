"""`[[canary]]`: what is accepted, and what an operator reads about a mistake."""

from pathlib import Path

import pytest

from relay.config import Config, ConfigurationError, load
from relay.config.canary import phone_of

KEY = {"API_KEY": "0123456789abcdef", "LEDGER_SECRET": "a-secret-of-this-test"}
LOGIN = {"SMSGATE_USER": "ANNA", "SMSGATE_PASSWORD": "a-password"}
LOG = '[destinations.log]\ntype = "console"\n'
WATCH = '[watch]\nto = "log"\n'
ANNA = '[devices.anna]\nids = "a"\nnumbers = { 1 = "+1 (202) 555-0143", 2 = "+12025550144" }\n'
TEST = '[[canary]]\ndevice = "anna"\nto = "+12025550143"\n'


def from_file(folder: Path, toml: str, **environ: str) -> Config:
    (folder / "config.toml").write_text(toml + LOG)
    return load(KEY | LOGIN | environ, folder)


def refused(folder: Path, toml: str, **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        from_file(folder, toml, **environ)
    return caught.value.problems


def test_none_by_default(tmp_path: Path) -> None:
    assert from_file(tmp_path, "").canaries == ()
    assert from_file(tmp_path, WATCH).gateway is None


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    config = from_file(tmp_path, WATCH + ANNA + TEST)
    [canary] = config.canaries

    assert (canary.label, canary.to, canary.sim) == ("anna", "+12025550143", None)
    assert (canary.every, canary.within, canary.at) == (86400, 900, None)
    assert phone_of(canary.to, config.routing.devices) == "anna"
    assert config.gateway is not None


def test_all_keys(tmp_path: Path) -> None:
    more = 'sim = 2\nevery = "30d"\nwithin = "1h"\nat = "03:00-05:00"\nname = "prepaid"\n'
    [canary] = from_file(tmp_path, WATCH + ANNA + TEST + more, TIMEZONE="Europe/Berlin").canaries

    assert (canary.label, canary.sim, canary.at) == ("prepaid", 2, (180, 300))
    assert (canary.every, canary.within) == (30 * 86400, 3600)


def test_the_variable_switches_the_watch_on_too(tmp_path: Path) -> None:
    assert from_file(tmp_path, ANNA + TEST, WATCH="log").canaries


def test_several_cards_of_a_phone(tmp_path: Path) -> None:
    toml = WATCH + ANNA + TEST + "sim = 1\n" + TEST.replace("43", "44") + "sim = 2\n"

    assert [each.label for each in from_file(tmp_path, toml).canaries] == ["anna/1", "anna/2"]


def test_a_number_of_nobody_may_be_meant(tmp_path: Path) -> None:
    toml = WATCH + ANNA + TEST.replace("+12025550143", "+12025550999") + "foreign = true\n"

    assert len(from_file(tmp_path, toml).canaries) == 1


FROM_AN_HOUR = 'must be from "1h" to "60d": each test is an SMS, and a card seldom lives longer'
FROM_TWO_MINUTES = 'must be from "2m" to "12h": how long an SMS may be on its way'
NO_DURATION = (
    'not a duration from one second to 100 years; write it like "90s", "15m", "36h", "2d" or "1h30m"'
)
KEYS = "at, device, every, foreign, name, sim, to, within"
NO_NUMBER = "must be a number with + and the country code, such as +12025550143"


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ('every = "0s"', f"canary[0].every: {NO_DURATION}"),
        ("every = -1", f"canary[0].every: {NO_DURATION}"),
        ('every = "59m"', f"canary[0].every: {FROM_AN_HOUR}"),
        ('every = "61d"', f"canary[0].every: {FROM_AN_HOUR}"),
        ('every = "99999d"', f"canary[0].every: {NO_DURATION}"),
        ('within = "119s"', f"canary[0].within: {FROM_TWO_MINUTES}"),
        ('within = "13h"', f"canary[0].within: {FROM_TWO_MINUTES}"),
        (
            'every = "2h"\nwithin = "2h"',
            "canary[0].within: must be shorter than `every`: a test has to end before the next one",
        ),
        ("sim = 0", "canary[0].sim: must be greater than or equal to 1. Example: 1"),
        ("sim = 4", "canary[0].sim: must be less than or equal to 3. Example: 1"),
        ('at = "3-5"', 'canary[0].at: not a time range; write it like "22:00-07:00"'),
        (
            'at = "03:00-05:00"',
            "canary[0].at: set TIMEZONE too, or it is not known whose hours are meant",
        ),
        ('often = "1d"', f"canary[0].often: there is no such key; there are: {KEYS}"),
        ('foreign = "yes"', "canary[0].foreign: must be true or false. Example: true"),
    ],
)
def test_a_wrong_key(toml: str, line: str, tmp_path: Path) -> None:
    assert refused(tmp_path, WATCH + ANNA + TEST + toml + "\n") == (line,)


@pytest.mark.parametrize("number", ["12025550143", "+0", "anna", "", "+1202555014399999", "+1202555O143"])
def test_no_number(number: str, tmp_path: Path) -> None:
    toml = WATCH + ANNA + TEST.replace("+12025550143", number)

    assert refused(tmp_path, toml) == (f"canary[0].to: {NO_NUMBER}",)


def test_whole_days_with_hours(tmp_path: Path) -> None:
    toml = WATCH + ANNA + TEST + 'at = "03:00-05:00"\nevery = "36h"\n'

    assert refused(tmp_path, toml, TIMEZONE="UTC") == (
        'canary[0].every: must be whole days with `at`, such as "1d" or "7d"',
    )


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        (ANNA + TEST, "canary: needs [watch], whose tick sends the tests and reports them"),
        (
            WATCH + ANNA + TEST.replace('"anna"', '"ana"'),
            'canary[0].device: no phone in [devices] is called "ana"; did you mean "anna"?',
        ),
        (WATCH + TEST, 'canary[0].device: no phone in [devices] is called "anna"; there are none'),
        (WATCH + ANNA + TEST + TEST, "canary[1]: is the same test as canary[0]; keep one of them"),
        (
            WATCH + ANNA + TEST + TEST.replace("43", "44"),
            "canary[1].name: canary[0] has the same name; give each a `name` of its own",
        ),
        (f"canary = 1\n{WATCH}", "canary: must be a list of tables, [[canary]]"),
        (f"{WATCH}[canary]\nto = 1\n", "canary: must be a list of tables, [[canary]]"),
        (
            WATCH + ANNA.replace("44", "43"),
            "devices: numbers 1 and 2, counted across all phones, are the same; keep one of them",
        ),
        (WATCH + ANNA.replace("+12025550144", "0202"), f"devices.anna.numbers.2: {NO_NUMBER}"),
    ],
)
def test_what_does_not_fit(toml: str, line: str, tmp_path: Path) -> None:
    assert refused(tmp_path, toml)[0] == line


def test_a_number_of_no_phone_quotes_nothing(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, WATCH + ANNA + TEST.replace("0143", "0999"))

    assert problem.startswith("canary[0].to: no phone in [devices] has this number in its `numbers`")
    assert problem.endswith("set foreign = true")
    assert "0999" not in problem


def test_too_many(tmp_path: Path) -> None:
    tests = "".join(f'{TEST}name = "{number}"\nsim = {number % 3 + 1}\n' for number in range(51))

    assert refused(tmp_path, WATCH + ANNA + tests)[0] == "canary: there are 51 tests; at most 50 are possible"


@pytest.mark.parametrize("name", ["SMSGATE_USER", "SMSGATE_PASSWORD", "LEDGER_SECRET"])
def test_what_a_test_needs(name: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(WATCH + ANNA + TEST + LOG)
    environ = {key: each for key, each in (KEY | LOGIN).items() if key != name}
    with pytest.raises(ConfigurationError) as caught:
        load(environ, tmp_path)

    assert str(caught.value).startswith(f"{name}: not set, and canary[0] needs it")


def test_on_google_all_instances_have_to_know_of_it(tmp_path: Path) -> None:
    problems = refused(tmp_path, WATCH + ANNA + TEST, K_SERVICE="sms-relay", LEDGER_URL="memory:")

    assert "LEDGER_URL: canary[0] needs one that all instances share: firestore:, not memory:" in problems


def test_a_wrong_phone_is_one_mistake(tmp_path: Path) -> None:
    assert refused(tmp_path, f"{WATCH}[devices.anna]\nid = 'a'\n{TEST}") == (
        'devices.anna.id: there is no such key; did you mean "ids"?',
    )
