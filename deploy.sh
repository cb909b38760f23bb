#!/usr/bin/env bash
# Deploys the function to Google Cloud, and manages it there. ./deploy.sh --help says how.
# This part only finds a Python; deploy/ does the work, and needs nothing but that.
set -euo pipefail
CDPATH="" cd "$(dirname "${BASH_SOURCE[0]}")"

unset PYTHONSAFEPATH # with it, Python does not find what is in this folder

is_usable() { "$1" -I -S -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() { # prints the first one that is new enough, or nothing
  local each
  for each in ${PYTHON:+"$PYTHON"} .venv/bin/python python3 python; do
    if is_usable "$each"; then
      printf '%s' "$each"
      return
    fi
  done
  tools/find_python.sh 3.13 3.12 3.11 || true # also where only pyenv has one
}

python=$(find_python)
if [[ -z $python ]]; then
  echo "✗ Python 3.11 or newer is not installed." >&2
  echo "  Get it: https://www.python.org/downloads, or name one: PYTHON=/path/to/python3 ./deploy.sh" >&2
  exit 1
fi
exec "$python" -m deploy "$@"
