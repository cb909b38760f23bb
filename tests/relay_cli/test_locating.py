"""The line of a mistake, in files as people write them."""

import tomllib
from pathlib import Path

import pytest

from relay_cli.locating import line_of, locate

TOML = '''\
# routes = 1
default = ["a"]
contacts = { "+12025550143" = "Mum" }

[relay]   # settings
"log_level" = "loud"
timezone= """
[relay]
alerts = 5
"""

[destinations . me]
type = "telegram"
chat_id = [
  "a = b",
]
options.deep = 1

[[routes]]
to = "me"

[devices."Anna's phone"]
ids = 'x'

[[routes]]
senders = [
  "Mum",
  "Dad",
]
content = { me = "code" }
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("default", 2),
        ("default[0]", 2),
        ("contacts", 3),
        ("relay.log_level", 6),
        ("relay.timezone", 7),
        ("relay.alerts", 5),
        ("destinations.me", 12),
        ("destinations.me.chat_id[0]", 14),
        ("destinations.me.options.deep", 17),
        ("destinations.me.token", 12),
        ("routes[0].to", 20),
        ("routes[1].senders[1]", 26),
        ("routes[1].to", 25),
        ("routes[1].content.me", 30),
        ("routes[2].to", None),
        ("templates.short", None),
    ],
)
def test_the_line_of_a_key_or_of_its_table(key: str, line: int | None, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(TOML)
    assert tomllib.loads(TOML)

    assert line_of(tmp_path / "config.toml", key) == line


def test_a_problem_is_shown_with_its_line(tmp_path: Path) -> None:
    config, env = tmp_path / "config.toml", tmp_path / ".env"
    config.write_text(TOML)
    env.write_text("# API_KEY=\nAPI_KEY=\nexport LOG_LEVEL = loud\n")

    assert locate("routes[1] can never match", config, env).endswith(" (config.toml, line 25)")
    assert locate("LOG_LEVEL: must be INFO", config, env).endswith(" (.env, line 3)")
    assert locate("API_KEY: is empty", config, env).endswith(" (.env, line 2)")
    for unknown in ("TIMEZONE: no such time zone", "config.toml, line 3: a quote is still open", "nothing"):
        assert locate(unknown, config, env) == unknown
    assert locate("relay.timezone: x", tmp_path / "missing.toml", env) == "relay.timezone: x"
