"""What all parts of a run share: the relay that is meant, its settings, and the programs."""

import os
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from deploy.google import Google, Mode
from deploy.options import Options
from deploy.plan import Plan
from deploy.settings import Settings

DEFAULTS = {"NAME": "sms-relay", "LEDGER": "firestore", "MIN_INSTANCES": "0", "SILENCE": "6"}
ENV = Path(".env")


@dataclass
class Deployment:
    """One relay. `work` is a folder that is removed at the end."""

    options: Options
    work: Path
    project: str = ""
    name: str = ""
    region: str = ""
    found: dict[str, str] = field(default_factory=dict)
    """Options of the relay that runs, for what this folder does not know."""
    removed: set[str] = field(default_factory=set)
    """The secrets that the operator wants deleted."""
    are_secrets_unknown: bool = False
    """Whether Secret Manager was not enabled when the deployed secrets were looked for."""
    is_name_taken: bool = False
    """Whether a function of this name was not created here."""
    is_adopted: bool = False
    """Whether the relay runs already, and this folder has not deployed it before."""

    @cached_property
    def mode(self) -> Mode:
        """Whether things are changed, shown or looked at."""
        if self.options.has("--dry-run"):
            return Mode.DRY_RUN
        return Mode.DOCTOR if self.options.command == "doctor" else Mode.REAL

    @cached_property
    def settings(self) -> Settings:
        """The lines of `.env`."""
        return Settings(ENV, frozen=self.mode is not Mode.REAL)

    @cached_property
    def plan(self) -> Plan:
        """The steps."""
        return Plan(self.mode)

    @cached_property
    def google(self) -> Google:
        """gcloud, for this project and without questions."""
        more = {
            "CLOUDSDK_CORE_PROJECT": self.project,
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            # Whatever this gcloud is set to: without its warnings, regions that do not answer look empty.
            "CLOUDSDK_CORE_VERBOSITY": "warning",
            "CLOUDSDK_CORE_USER_OUTPUT_ENABLED": "true",
        }
        return Google(self.mode, os.environ | more, expects=self.options.command in {"deploy", "rotate-key"})

    @cached_property
    def is_dry(self) -> bool:
        """Whether nothing is run."""
        return self.mode is Mode.DRY_RUN

    @cached_property
    def is_interactive(self) -> bool:
        """Whether there is somebody to ask."""
        return sys.stdin.isatty() and not self.options.has("--yes") and self.mode is Mode.REAL

    @property
    def label(self) -> str:
        """The label of every resource that can have one."""
        return f"sms_relay={self.name}"

    def value(self, option: str) -> str:
        """Return an option: as given, else as remembered, else as it runs, else the default."""
        known = self.options.values.get(option) or self.settings.value(f"DEPLOY_{option}")
        return known or self.found.get(option) or DEFAULTS.get(option, "")

    def email(self, account: str) -> str:
        """Return the address of a service account."""
        return f"{account}@{self.project}.iam.gserviceaccount.com"

    @property
    def runner(self) -> str:
        """The account that the function runs as."""
        return self.email(f"{self.name}-run")

    @property
    def builder(self) -> str:
        """The account that builds it."""
        return self.email(f"{self.name}-build")

    @property
    def uses_firestore(self) -> bool:
        """Whether the ledger is in Firestore."""
        return self.value("LEDGER") == "firestore"

    def remember(self, name: str, value: str) -> None:
        """Write a setting to `.env`."""
        self.plan.note(f"{name} is written to .env")
        self.settings.remember(name, value)
