"""Who has no canary loads nothing of it."""

import subprocess
import sys
from pathlib import Path

from tests.canary.parts import canary, phones

CODE = """
import sys
from pathlib import Path
from relay.app import build_app
from relay.config import load
from relay.logs import Log

keys = {"API_KEY": "0123456789abcdef", "LEDGER_SECRET": "a-secret-of-this-test"}
login = {"SMSGATE_USER": "anna", "SMSGATE_PASSWORD": "a-password"}
build_app(load(keys | login, Path(sys.argv[1])), Log(structured=False))
PARTS = ("relay.canary", "relay.gateway", "relay.config.canary")
print(*(name for name in sys.modules if name.startswith(PARTS)))
"""


def loaded(folder: Path, toml: str) -> str:
    (folder / "config.toml").write_text(
        f'[watch]\nto = "log"\n{toml}\n[destinations.log]\ntype = "console"\n'
    )
    command = [sys.executable, "-c", CODE, str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def test_without_a_canary_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    assert loaded(tmp_path, phones("anna")) == ""
    assert "relay.canary.judge" in loaded(tmp_path, phones("anna") + canary("anna"))
