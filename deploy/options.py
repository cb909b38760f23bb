"""The command line: what was asked for, and whether it makes sense."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.failures import Stopped

USAGE = """\
Deploy the function to Google Cloud, and manage it there.

  ./deploy.sh [OPTIONS]              deploy or update it; can be run again at any time
  ./deploy.sh doctor                 look at everything, change nothing, and say what is wrong
  ./deploy.sh url                    print its address, without the key
  ./deploy.sh logs                   print its latest log lines
  ./deploy.sh restore-env            write .env from what is deployed
  ./deploy.sh rotate-key             add a new API key beside the old one, and use it
  ./deploy.sh rotate-key --finish    remove the old one, 48 hours later
  ./deploy.sh rotate-key --compromised      remove the old one at once; says what may be lost
  ./deploy.sh destroy [--with-data]  remove what was created here; with --with-data the ledger's records too

Options, remembered in .env as DEPLOY_…:
  --project ID       the Google Cloud project [gcloud's own, or you are asked]
  --region NAME      where it runs [where it runs already, else us-central1]
  --name NAME        what it is called [sms-relay]
  --ledger KIND      firestore, or memory: at most one instance, and a restart forgets [firestore]
  --min-instances N  keep so many instances ready, 0 to 3; each about 13 dollars a month [0]
  --alerts EMAIL     have Google mail you when something needs you
  --silence HOURS    … or when the phone has been silent for so long, 1 to 23 [6]

  --watch            let the watch tick every five minutes, by Cloud Scheduler; --no-watch ends it

  --remove NAME      delete a secret that is deployed and that .env no longer names
  --whole-database   with destroy --with-data: delete the database even if it holds other collections
  --dry-run          print every command and run none; needs neither gcloud nor an account
  --yes              ask no questions

Examples:
  ./deploy.sh --dry-run
  ./deploy.sh --project my-sms-project --region europe-west1 --alerts me@example.org
"""
HELP = "./deploy.sh --help"
COMMANDS = ("deploy", "doctor", "url", "logs", "restore-env", "rotate-key", "destroy")
VALUES = {
    "--project": "PROJECT",
    "--region": "REGION",
    "--name": "NAME",
    "--ledger": "LEDGER",
    "--min-instances": "MIN_INSTANCES",
    "--alerts": "ALERTS",
    "--silence": "SILENCE",
}
"""The options with a value, and the end of the variable `DEPLOY_…` that remembers it."""
OWNERS = {
    "--finish": "rotate-key",
    "--compromised": "rotate-key",
    "--with-data": "destroy",
    "--whole-database": "destroy",
    "--remove": "deploy",
    "--watch": "deploy",
    "--no-watch": "deploy",
}
"""The options that belong to one command."""
_SWITCHES = (
    *("--finish", "--compromised", "--with-data", "--whole-database", "--watch", "--no-watch"),
    *("--dry-run", "--yes", "--help"),
)

_PATTERNS = {
    "PROJECT": (
        r"[a-z][a-z0-9-]{4,28}[a-z0-9]",
        "is not a valid project id.",
        "gcloud projects list shows yours.",
    ),
    "NAME": (
        r"[a-z][a-z0-9-]{2,22}[a-z0-9]",
        "is not a valid name.",
        "Use 4 to 24 lower-case letters, digits and hyphens.",
    ),
    "REGION": (r"[a-z]+-[a-z]+[0-9]+", "is not a valid region.", "gcloud functions regions list shows them."),
    "LEDGER": (
        r"firestore|memory",
        "is not a ledger that can be deployed.",
        "Give --ledger firestore or --ledger memory.",
    ),
    "MIN_INSTANCES": (r"[0-3]", "is not a number of instances.", "--min-instances takes 0 to 3."),
    "ALERTS": (
        r"[^@\s,]+@[^@\s,]+",
        "is not an email address.",
        "Give one, such as --alerts me@example.org.",
    ),
    "SILENCE": (r"[1-9]|1[0-9]|2[0-3]", "is not a number of hours for --silence.", "It takes 1 to 23 hours."),
}


@dataclass
class Options:
    """What the command line says; `values` by the names of `VALUES`."""

    command: str = ""
    values: dict[str, str] = field(default_factory=dict)
    switches: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    """The secrets named by `--remove`."""

    def has(self, switch: str) -> bool:
        """Return whether a switch such as `--yes` was given."""
        return switch in self.switches


def read_options(words: Sequence[str]) -> Options:
    """Read the command line.

    Raises:
        Stopped: it is not valid.
    """
    options, rest = Options(), list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--") and "=" in word:
            word, _, value = word.partition("=")
            rest.insert(0, value)
        _read_word(options, "--help" if word == "-h" else word, rest)
    options.command = options.command or "deploy"
    _refuse_misplaced(options)
    return options


def _read_word(options: Options, word: str, rest: list[str]) -> None:
    if word in COMMANDS:
        if options.command:
            raise Stopped(f"{options.command} or {word}? Give one command.", HELP)
        options.command = word
    elif word in _SWITCHES:
        options.switches.add(word)
    elif word in VALUES or word == "--remove":
        value = rest.pop(0) if rest else ""
        if not value:  # an empty variable of the shell must not mean another relay
            raise Stopped(f"{word} needs a value.", f"{HELP} shows one.")
        _read_value(options, word, value)
    else:
        raise Stopped(f"Unknown option or command: {word}", f"{HELP} lists them.")


def _read_value(options: Options, word: str, value: str) -> None:
    if word == "--remove":
        options.removed.add(value)
    else:
        options.values[VALUES[word]] = value


def _refuse_misplaced(options: Options) -> None:
    if {"--finish", "--compromised"} <= options.switches:
        raise Stopped("--finish or --compromised? Give one of them.", HELP)
    if {"--watch", "--no-watch"} <= options.switches:
        raise Stopped("--watch or --no-watch? Give one of them.", HELP)
    given = options.switches | ({"--remove"} if options.removed else set())
    for word, owner in OWNERS.items():
        if word in given and options.command != owner:
            raise Stopped(f"{word} belongs to {owner}.", HELP)


def check_value(name: str, value: str) -> None:
    """Check the value of an option, wherever it comes from.

    Raises:
        Stopped: it is not valid.
    """
    pattern, problem, advice = _PATTERNS[name]
    if not re.fullmatch(pattern, value):
        raise Stopped(f"{value} {problem}", advice)
