"""`./deploy.sh`: deploys the function, and manages it."""

import os
import signal
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path

from deploy.commands import COMMANDS
from deploy.deployment import Deployment
from deploy.failures import CommandFailed, Stopped
from deploy.options import USAGE, read_options
from deploy.terminal import complain, say


def main() -> int:
    """Run what the command line asks for, and return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where the locale has no ✓
    try:
        options = read_options(sys.argv[1:])
        if options.has("--help"):
            say(USAGE.rstrip("\n"))
            return 0
        with tempfile.TemporaryDirectory() as work:
            return _run(Deployment(options, Path(work)))
    except BrokenPipeError:  # whoever read the output has ended, such as head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Stopped as problem:
        complain("", f"✗ {problem}", *(f"  {line}" for line in problem.advice))
    except OSError as problem:
        complain("", f"✗ {problem}", "  Is there space in the temporary folder?")
    return 1


def _run(deployment: Deployment) -> int:
    try:
        COMMANDS[deployment.options.command](deployment)
    except CommandFailed as failure:
        deployment.plan.report_stop(failure)
        return 1
    except BrokenPipeError:
        raise
    except OSError as problem:  # such as a full disk, a folder that cannot be written, a missing program
        deployment.plan.report_stop(CommandFailed(str(problem)))
        return 1
    except KeyboardInterrupt:
        deployment.plan.report_stop()
        return 130
    return 1 if deployment.plan.problems else 0


if __name__ == "__main__":
    sys.exit(main())
