"""`[watch]` and the variable WATCH: what is accepted, and what an operator reads about a mistake."""

import math
from pathlib import Path

import pytest

from relay.config import Config, ConfigurationError, load

KEY = {"API_KEY": "0123456789abcdef"}
NO_DURATION = (
    'not a duration from one second to 100 years; write it like "90s", "15m", "36h", "2d" or "1h30m"'
)
LOG = '[destinations.log]\ntype = "console"\n'


def from_file(folder: Path, toml: str, **environ: str) -> Config:
    (folder / "config.toml").write_text(toml + LOG)
    return load(KEY | environ, folder)


def refused(folder: Path, toml: str, **environ: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        from_file(folder, toml, **environ)
    return str(caught.value)


def test_nothing_is_watched_by_default(tmp_path: Path) -> None:
    assert load(KEY, tmp_path).watch is None
    assert from_file(tmp_path, "").watch is None


def test_the_variable_alone(tmp_path: Path) -> None:
    watch = load(KEY | {"WATCH": "console"}, tmp_path).watch

    assert watch is not None
    assert watch.to == ("console",)
    assert (watch.silence, watch.unplugged, watch.no_sms) == (3 * 3600, 18 * 3600, 7 * 86400)
    assert (watch.battery, watch.quiet, watch.heartbeat) == (15, None, None)


def test_the_variable_wins_over_the_file(tmp_path: Path) -> None:
    toml = '[watch]\nto = "log"\nsilence = "1h"\n[destinations.other]\ntype = "console"\n'
    watch = from_file(tmp_path, toml, WATCH="log, other").watch

    assert watch is not None
    assert (watch.to, watch.silence) == (("log", "other"), 3600)


def test_a_phone_has_limits_of_its_own(tmp_path: Path) -> None:
    toml = '[watch]\nto = "log"\n[devices.anna]\nids = "a"\nsilence = "90s"\nno_sms = false\nbattery = 30\n'
    config = from_file(tmp_path, toml)

    assert config.watch is not None
    anna = config.watch.of(config.routing.devices["anna"])
    assert (anna.silence, anna.unplugged, anna.no_sms, anna.battery) == (90, 18 * 3600, math.inf, 30)
    assert config.watch.of(None) == config.watch


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("watch = 1\n", "watch: must be a table, [watch]"),
        (
            "[watch]\n",
            'watch.to: missing. The destinations that get the messages of the watch. Example: ["family"]',
        ),
        ("[watch]\nto = []\n", "watch.to: is empty: nobody would learn of anything; name a destination"),
        (
            '[watch]\nto = "family"\n',
            'watch.to: no destination is called "family"; there are: log',
        ),
        (
            '[watch]\nto = "log"\nsilent = "3h"\n',
            'watch.silent: there is no such key; did you mean "silence"?',
        ),
        (
            '[watch]\nto = "log"\nsilence = "soon"\n',
            f"watch.silence: {NO_DURATION}",
        ),
        (
            '[watch]\nto = "log"\nunplugged = true\n',
            f"watch.unplugged: {NO_DURATION}",
        ),
        (
            '[watch]\nto = "log"\nbattery = 101\n',
            "watch.battery: must be less than or equal to 100. Example: 15",
        ),
        ('[watch]\nto = "log"\nbattery = "15"\n', "watch.battery: must be a whole number. Example: 15"),
        (
            '[watch]\nto = "log"\nquiet = "at night"\n',
            'watch.quiet: not a time range; write it like "22:00-07:00"',
        ),
        (
            '[watch]\nto = "log"\nquiet = "22:00-07:00"\n',
            "watch.quiet: set TIMEZONE too, or it is not known whose night is meant",
        ),
        (
            '[watch]\nto = "log"\nheartbeat = "hc-ping.com/1"\n',
            "watch.heartbeat: is not the address of a monitor, such as https://hc-ping.com/…",
        ),
        ('[devices.anna]\nids = "a"\nno_sms = "3d"\n', "devices.anna.no_sms: has no effect without [watch]"),
        (
            '[watch]\nto = "log"\n[devices.anna]\nids = "a"\nbattery = -1\n',
            "devices.anna.battery: must be greater than or equal to 0. Example: 30",
        ),
    ],
)
def test_a_mistake_in_the_file(toml: str, line: str, tmp_path: Path) -> None:
    assert refused(tmp_path, toml) == line


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"WATCH": "telegram"}, 'WATCH: no destination is called "telegram"; there are: log'),
        ({"WATCH": " "}, "WATCH: is empty; set it, or remove it"),
        (
            {"TICK_SECRET": "short"},
            "TICK_SECRET: has fewer than 16 characters and can be guessed; use a long random one",
        ),
        (
            {"STATUS_KEY": "short"},
            "STATUS_KEY: has fewer than 16 characters and can be guessed; use a long random one",
        ),
    ],
)
def test_a_mistake_in_a_variable(environ: dict[str, str], line: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "", **environ) == line


def test_a_secret_without_a_watch_is_useless(tmp_path: Path) -> None:
    secrets = {"TICK_SECRET": "t" * 16, "STATUS_KEY": "s" * 16}

    assert load(KEY | secrets, tmp_path).warnings == (
        "TICK_SECRET: has no effect without [watch] or WATCH",
        "STATUS_KEY: has no effect without [watch] or WATCH",
    )
    assert load(KEY | secrets | {"WATCH": "console"}, tmp_path).warnings == ()


def test_no_secret_is_shown(tmp_path: Path) -> None:
    secret, address = "tick-0123456789abcdef", "https://monitor.example.org/0123456789"
    config = from_file(
        tmp_path,
        f'[watch]\nto = "log"\nheartbeat = "{address}"\n',
        TICK_SECRET=secret,
        STATUS_KEY=secret,
    )

    assert secret not in repr(config)
    assert address not in repr(config)
