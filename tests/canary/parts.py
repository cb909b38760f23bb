"""Canaries as operators write them, without a function."""

from pathlib import Path
from tempfile import TemporaryDirectory

from relay.canary.loop import Loop, build_loops
from relay.config import Config, load
from relay.watch.naming import Naming
from testkit.services.gateway import PASSWORD, USER

SECRET = b"a-secret-of-this-test"
NUMBERS = {
    name: f"+120255501{number:02}"
    for number, name in enumerate(("anna", "ben", "cleo", *(f"phone{each}" for each in range(20))))
}
KEYS = {
    "API_KEY": "0123456789abcdef",
    "LEDGER_SECRET": SECRET.decode(),
    "SMSGATE_USER": USER,
    "SMSGATE_PASSWORD": PASSWORD,
}


def phones(*names: str) -> str:
    """Return the configuration of phones whose ids are their names."""
    return "".join(
        f'[devices.{name}]\nids = "{name}"\nnumbers = {{ 1 = "{NUMBERS[name]}" }}\n' for name in names
    )


def canary(device: str, to: str = "", more: str = "") -> str:
    """Return the configuration of a test that a phone sends to itself, or to another phone."""
    return f'[[canary]]\ndevice = "{device}"\nto = "{NUMBERS[to or device]}"\n{more}\n'


canary.__test__ = False  # type: ignore[attr-defined]  # a helper


def configured(toml: str, zone: str = "UTC") -> Config:
    """Load a configuration with a watch."""
    with TemporaryDirectory() as folder:
        text = f'[watch]\nto = "log"\n{toml}\n[destinations.log]\ntype = "console"\n'
        Path(folder, "config.toml").write_text(text)
        return load(KEYS | {"TIMEZONE": zone}, Path(folder))


def loops(toml: str, zone: str = "UTC") -> tuple[Loop, ...]:
    return loops_of(configured(toml, zone))


def loops_of(config: Config) -> tuple[Loop, ...]:
    return build_loops(config, Naming(config.routing.phones, SECRET))
