from pathlib import Path

import pytest

from forwarders import REGISTRY
from relay.config import import_forwarder, load
from relay.config.destinations import CommonOptions
from relay.config.settings import Settings
from relay.config.variables import KNOWN
from relay.rendering import Renderer
from relay.routing import Router
from relay_cli.dotenv import read
from relay_cli.expectations import find_unmet
from tests.reference import TABLE, filled, names

SET = {
    "API_KEY": "0123456789abcdef",
    "TELEGRAM_BOT_TOKEN": "123456789:AAF4Kq0mYv9sX2bT7cLr1nWd8eJp3gHu5iZ",
    "SLACK_BOT_TOKEN": "xoxb-2345678901-abcdefghijkl",
    "SMTP_URL": "smtps://user:password@mail.example.org",
}


def test_the_tables_say_what_the_code_says(root: Path) -> None:
    page = (root / "docs" / "configuration.md").read_text()

    assert filled(page) == page, "run python -m tests.reference"


def test_every_table_is_there(root: Path) -> None:
    page = (root / "docs" / "configuration.md").read_text()

    assert {found[2] for found in TABLE.finditer(page)} == set(names())
    assert all(f"### {kind}\n" in page for kind in REGISTRY)


@pytest.mark.parametrize("kind", REGISTRY)
def test_every_option_is_explained(kind: str) -> None:
    for name, field in import_forwarder(kind).Options.model_fields.items():
        assert field.description, name
        assert field.examples, name
        assert name not in CommonOptions.model_fields, f"{name} has a meaning for every destination"


@pytest.mark.parametrize("model", [Settings, CommonOptions])
def test_every_setting_is_explained(model: type[Settings | CommonOptions]) -> None:
    for name, field in model.model_fields.items():
        assert field.exclude or (field.description and field.examples), name


def test_the_example_file_loads(root: Path) -> None:
    config = load(SET | {"CONFIG_FILE": "config.example.toml"}, root)

    assert set(config.destinations) == {"me", "family", "work", "mail"}
    assert config.warnings == ()


def test_what_the_example_file_expects_comes_true(root: Path) -> None:
    config = load(SET | {"CONFIG_FILE": "config.example.toml"}, root)

    assert len(config.routing.expect) > 1
    assert list(find_unmet(config, Router(config), Renderer(config))) == []


def test_the_example_env_has_every_variable(root: Path, tmp_path: Path) -> None:
    lines = (root / ".env.example").read_text().splitlines()
    (tmp_path / ".env").write_text("\n".join(line.removeprefix("#") for line in lines if "=" in line))

    listed = set(read(tmp_path / ".env"))
    assert listed > KNOWN
    assert all(name.startswith("SMSGATE_") for name in listed - KNOWN)


def test_the_example_env_sets_nothing(root: Path) -> None:
    assert read(root / ".env.example") == {}
