"""`python -m relay`: the door to the operator's commands, which the function does not need."""

import sys

INSTALL = (
    "this Python does not have the packages that the commands need. "
    "Run ./sms-relay instead: it installs them in .venv and uses them"
)


def _run() -> None:
    from relay_cli.main import run  # noqa: PLC0415  (it needs packages that may be missing)

    run()


try:
    _run()
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] in {"relay", "relay_cli", "forwarders"}:
        raise
    sys.exit(f"Error: {INSTALL}")
