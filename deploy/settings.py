"""The settings in `.env`: read without running them, written, and which of them are secret."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.destinations import has_canary, has_replies
from deploy.failures import Stopped
from deploy.files import replace_file
from deploy.terminal import is_plain
from relay_cli.env_lines import InvalidLines, line_name, parse

LOCAL = re.compile(
    r"DEPLOY_.*|SMSGATE_.*|LEDGER_URL|MEMORY_BYTES|PORT|HOST|"
    r"K_.*|FUNCTION_.*|GOOGLE_.*|FIRESTORE_.*|CLOUDSDK_.*"
)
"""The variables that are not meant for the function."""
OPEN = frozenset(
    {
        "TELEGRAM_CHAT_ID",
        "TELEGRAM_THREAD_ID",
        "TELEGRAM_API_URL",
        "TELEGRAM_REPLIES",
        "SLACK_CHANNEL",
        "SLACK_API_URL",
        "SMTP_USER",
        "EMAIL_FROM",
        "EMAIL_TO",
        "SIGNATURE_MAX_AGE",
        "MAX_BODY_BYTES",
        "RESPONSE_DEADLINE",
        "LOG_LEVEL",
        "DUPLICATES",
        "TIMEZONE",
        "PHONE_REGION",
        "ALERTS",
        "WATCH",
        "CONFIG_FILE",
    }
)
"""The variables that are known to be no secrets."""
GATEWAY_OPEN = ("SMSGATE_URL", "SMSGATE_USER")
GATEWAY_HIDDEN = "SMSGATE_PASSWORD"
"""The gateway's login: for the commands, and for a function that asks it to send something."""
KEYS = ("API_KEY", "LEDGER_SECRET")
"""The secrets that are generated here. Only rotate-key changes a deployed one."""


def is_local(name: str) -> bool:
    """Return whether a variable is not meant for the function."""
    return bool(LOCAL.fullmatch(name))


def is_open(name: str) -> bool:
    """Return whether a variable is known to be no secret."""
    return name in OPEN


def is_secret(name: str) -> bool:
    """Return whether a variable is kept in Secret Manager: everything that is not known to be harmless."""
    return not is_local(name) and not is_open(name)


class Settings(Mapping[str, str]):
    """The lines of `.env`. Changes are not written if `frozen`."""

    def __init__(self, path: Path, *, frozen: bool = False) -> None:
        self._path = path
        self._frozen = frozen
        self._values = _read(path)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._values))

    def __len__(self) -> int:
        return len(self._values)

    @property
    def config_file(self) -> Path | None:
        """The configuration file, if it exists."""
        path = Path(self.value("CONFIG_FILE") or "config.toml")
        return path if path.exists() else None

    @property
    def can_be_answered(self) -> bool:
        """Whether a destination can be answered."""
        return has_replies(self, self.config_file)

    @property
    def uses_gateway(self) -> bool:
        """Whether the function itself asks the gateway to send something, and so needs the login."""
        return self.can_be_answered or has_canary(self.config_file)

    def value(self, name: str) -> str:
        """Return a value, or an empty text."""
        return self._values.get(name, "")

    def secrets(self) -> list[str]:
        """Return the names of the secrets, with the generated keys first, even before they exist."""
        more = {GATEWAY_HIDDEN} if self.uses_gateway else set()
        return [*KEYS, *(name for name in self if (is_secret(name) or name in more) and name not in KEYS)]

    def open(self) -> dict[str, str]:
        """Return the variables that the function gets as they are."""
        more = GATEWAY_OPEN if self.uses_gateway else ()
        return {name: self[name] for name in self if is_open(name) or name in more}

    def remember(self, name: str, value: str) -> None:
        """Write a line, so that only its owner can read it.

        Raises:
            Stopped: the value cannot be written in one line.
        """
        if self._frozen or self.value(name) == value:
            return
        if "\n" in value or "\r" in value:
            raise Stopped(
                f"The value of {name} has several lines.",
                "A line of .env cannot hold it. Write it there in one line.",
            )
        self._values[name] = value
        self._rewrite(name, f"{name}={_quote(value)}\n")

    def forget(self, name: str) -> None:
        """Remove a line."""
        if not self._frozen and self._values.pop(name, None) is not None:
            self._rewrite(name, "")

    def _rewrite(self, name: str, line: str) -> None:
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        lines = text.removesuffix("\n").split("\n") if text else []
        kept = [each for each in lines if line_name(each.removeprefix("\ufeff")) != name]
        replace_file(self._path, ("".join(f"{each}\n" for each in kept) + line).encode())


def _read(path: Path) -> dict[str, str]:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except InvalidLines as error:
        raise Stopped(f".env, {error.problems[0]}.") from None
    except (OSError, UnicodeDecodeError):
        raise Stopped(".env cannot be read as UTF-8 text.") from None


def _quote(value: str) -> str:
    if is_plain(value):
        return value
    return '"{}"'.format(re.sub(r'([\\"])', r"\\\1", value))
