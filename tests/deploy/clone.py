"""A clone of this project with its own `.env`, and the Google Cloud project that it is deployed to."""

import os
import shutil
import signal
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

from testkit.services.telegram import TOKEN
from tests.deploy.cloud import Cloud
from tests.deploy.cloud.door import Door
from tests.deploy.cloud.state import ProjectState
from tests.deploy.function import Function

ROOT = Path(__file__).parents[2]
SIGNING_KEY = "s1gn-k3y-of-the-phone"
ENVIRONMENT = f"""
# what the operator has decided
TELEGRAM_BOT_TOKEN={TOKEN}
TELEGRAM_CHAT_ID="-1001234567890"  # the family
SIGNING_KEYS='{SIGNING_KEY}'
export TIMEZONE=Europe/Berlin   # for the times in messages
SMSGATE_USER=operator
SMSGATE_PASSWORD=only-the-operator-knows
"""


class Clone:
    """Its gcloud is answered by a fake cloud; several clones may share one server for it."""

    def __init__(self, folder: Path, door: Door, function: Function) -> None:
        self.folder = folder / "clone"
        self.temporary = folder / "tmp"
        self.door = door
        self.function = function
        self.cloud = Cloud()
        self.path = f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        self.exported: dict[str, str] = {}
        """Further variables of the operator's shell."""

    def set_up(self) -> None:
        """Create the files of the clone; the Google Cloud project is empty."""
        self.temporary.mkdir()
        self.cloud.state["url"] = self.function.url
        self.folder.mkdir()
        for part in ("deploy", "tools", "relay", "relay_cli", "forwarders"):
            (self.folder / part).symlink_to(ROOT / part)
        shutil.copy(ROOT / "deploy.sh", self.folder)
        for name in ("main.py", "requirements.txt", "requirements-apprise.txt"):
            self.write(name, f"# {name}\n")
        self.write(".env", ENVIRONMENT)
        self.program("gcloud", self.door.program())
        self.program("relay", self.door.program("relay"))
        self.program(
            "python",
            "#!/bin/bash\n"
            f'if [[ $2 == relay ]]; then shift 2; exec "{self.folder}/bin/relay" "$@"; fi\n'
            f'exec {sys.executable} "$@"\n',
        )

    def copy(self, folder: Path) -> "Clone":
        """Return a copy in another folder, with a copy of the project."""
        other = Clone(folder, self.door, self.function)
        shutil.copytree(self.folder, other.folder, symlinks=True)
        other.temporary.mkdir()
        other.cloud.state = deepcopy(self.state)
        text = (other.folder / "bin" / "python").read_text()
        other.program("python", text.replace(str(self.folder), str(other.folder)))
        return other

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def program(self, name: str, text: str) -> None:
        self.write(f"bin/{name}", text)
        (self.folder / "bin" / name).chmod(0o755)

    def environ(self) -> dict[str, str]:
        return {
            "PATH": self.path,
            "HOME": str(self.folder.parent),
            "TMPDIR": str(self.temporary),
            "PYTHON": str(self.folder / "bin" / "python"),
            "DEPLOY_PAUSE": "0",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_FIRESTORE": "http://127.0.0.1:1/",  # nobody answers there
            "LC_ALL": "C.UTF-8",
        } | self.exported

    def deploy(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run deploy.sh without a terminal."""
        self.door.cloud = self.cloud
        with subprocess.Popen(
            ["bash", "./deploy.sh", *words],
            cwd=self.folder,
            env=self.environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            self.cloud.interrupt = lambda: os.killpg(process.pid, signal.SIGINT)
            stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, stdout, stderr)

    def clear(self) -> None:
        """Become a new clone: only the cloud knows the relay."""
        for name in (".env", "config.toml"):
            (self.folder / name).unlink(missing_ok=True)
        self.cloud.lines.clear()

    def move(self, region: str) -> None:
        """Let the relay run in another region."""
        for kind in ("functions", "repositories"):
            for each in self.state[kind]:
                each["name"] = each["name"].replace("us-central1", region)
        self.state["run"] = {f"{region}/sms-relay": self.state["run"]["us-central1/sms-relay"]}

    @property
    def state(self) -> ProjectState:
        return self.cloud.state

    def changes(self) -> list[str]:
        """Return the commands that change something, without the check of the configuration."""
        lines = [" ".join(each.argv) for each in self.cloud.lines if not each.reads]
        return [each for each in lines if each != "relay check"]

    def line(self, prefix: str) -> list[str]:
        """Return the only command line that starts like this."""
        (found,) = [each.argv for each in self.cloud.lines if " ".join(each.argv).startswith(prefix)]
        return found

    def deployed(self) -> dict[str, Any]:
        """Return the only function of the project."""
        (function,) = self.state["functions"]
        return dict(function)

    @property
    def env(self) -> str:
        return (self.folder / ".env").read_text()

    def setting(self, name: str) -> str:
        found = [line.partition("=")[2] for line in self.env.splitlines() if line.startswith(f"{name}=")]
        return found[-1] if found else ""

    def value(self, name: str) -> str:
        """Return the newest value in Secret Manager."""
        version: dict[str, str] = self.state["secrets"][f"sms-relay-{name}"]["versions"][-1]
        return version["data"]
