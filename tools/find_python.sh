#!/usr/bin/env bash
# Prints the path of the first usable Python of the given versions, in their order: find_python.sh 3.13 3.11
# pyenv may have a version that its shims do not offer in this folder, so its own folder is searched too.
set -euo pipefail
shopt -s nullglob

is_usable() { # PYTHON VERSION
  "$1" -c 'import ensurepip, sys; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$2" 2>/dev/null
}

for version in "$@"; do
  for each in "python$version" python3 python "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/python; do
    if is_usable "$each" "$version"; then
      command -v "$each"
      exit
    fi
  done
done
exit 1
