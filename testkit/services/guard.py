"""Runs a command until its own input ends or it is told to end, then ends all that the command started.

So nothing is left behind by a test run, however it ends: gcloud starts a Java in a group of its own. A
Ctrl-C, and a time-out of the whole run, reach this process as well as the one that started it.
"""

import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run the command line that follows, with no input; return its exit status."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)

    def end(*_: object) -> None:
        os.killpg(process.pid, signal.SIGKILL)

    def end_with_input() -> None:
        sys.stdin.read()
        end()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    threading.Thread(target=end_with_input, daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
