"""Runs a command until its own input ends, then ends all that the command started.

So nothing is left behind by a test run, however it ends: gcloud starts a Java in a group of its own.
"""

import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run the command line that follows, with no input; return its exit status."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)

    def end() -> None:
        sys.stdin.read()
        os.killpg(process.pid, signal.SIGKILL)

    threading.Thread(target=end, daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
