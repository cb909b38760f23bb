#!/usr/bin/env bash
# Installs the relay as a service of this machine, or updates it: sudo ./selfhost/install.sh
# With --remove it is removed again; the ledger stays.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

readonly APP=/opt/sms-relay SETTINGS=/etc/sms-relay/env LEDGER=/var/lib/sms-relay
readonly UNITS=/etc/systemd/system COMMAND=/usr/local/bin/sms-relay
PYTHON=

fail() {
  printf 'Error: %s\n' "$*" >&2
  exit 1
}

check_machine() { # sets PYTHON
  local -a versions
  [[ $EUID == 0 ]] || fail "this needs root: sudo ./selfhost/install.sh"
  [[ -d /run/systemd/system ]] || fail "systemd does not run on this machine; docs/self-hosting.md has other ways"
  mapfile -t versions <.python-version
  PYTHON=$(tools/find_python.sh "${versions[@]}") ||
    fail "Python ${versions[-1]} or newer is needed. On Debian and Ubuntu: apt install python3 python3-venv"
  [[ -e .env ]] || fail "there is no .env with the settings; \`make run\` creates one"
}

copy_source() { # with the configuration, and forwarders of your own
  local file
  rm -rf "$APP.new"
  mkdir -p "$APP.new"
  cp -r relay relay_cli forwarders samples selfhost requirements*.txt pyproject.toml .env.example "$APP.new"
  for file in *.py config.toml; do
    [[ ! -e $file ]] || cp "$file" "$APP.new"
  done
}

install_packages() {
  local -a files=(-r requirements.txt -r requirements-operator.txt)
  if grep -qsi apprise .env config.toml; then files+=(-r requirements-apprise.txt); fi
  "$PYTHON" -m venv "$APP.new/.venv" || fail "this Python cannot create an environment: apt install python3-venv"
  "$APP.new/.venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-compile --no-deps \
    --require-hashes "${files[@]}"
  "$APP.new/.venv/bin/python" -m compileall -q --invalidation-mode unchecked-hash "$APP.new" || true
  chmod -R a+rX,go-w "$APP.new"
}

check_settings() { # as the service will see them
  (umask 077 && cp .env "$APP.new/.env")
  (cd "$APP.new" && env -i PATH="$PATH" .venv/bin/python -m relay check) ||
    fail "nothing was changed; correct what is said above, and run this again"
  install -d -m 700 "${SETTINGS%/*}"
  (cd "$APP.new" && umask 077 && .venv/bin/python -m selfhost.settings >"$SETTINGS.new") ||
    fail "nothing was changed; correct what is said above, and run this again"
  mv "$SETTINGS.new" "$SETTINGS"
  rm "$APP.new/.env"
}

replace() { # the former version; the service runs on with what it has loaded until it is restarted
  rm -rf "$APP.old"
  [[ ! -e $APP ]] || mv "$APP" "$APP.old"
  mv "$APP.new" "$APP"
  rm -rf "$APP.old"
  install -m 644 selfhost/sms-relay{,-tick}.service selfhost/sms-relay-tick.timer "$UNITS"
  install -m 755 selfhost/command "$COMMAND"
}

is_watched() { grep -qs '^ *WATCH=' .env || grep -qsE '^ *(\[watch\]|watch *[.=])' config.toml; }

start() {
  local ticks=disable
  if is_watched; then ticks=enable; fi
  systemctl daemon-reload
  systemctl "$ticks" --quiet --now sms-relay-tick.timer
  systemctl enable --quiet sms-relay
  systemctl restart sms-relay || true # what it says is of no use; the check below says more
  (cd "$APP" && .venv/bin/python -m selfhost.health) || {
    journalctl --unit sms-relay --lines 5 --no-pager --output cat >&2
    fail "the service does not answer; its last lines are above"
  }
}

remove() {
  systemctl disable --quiet --now sms-relay-tick.timer sms-relay || true
  rm -rf "$APP" "${SETTINGS%/*}" "$UNITS"/sms-relay{,-tick}.service "$UNITS/sms-relay-tick.timer" "$COMMAND"
  systemctl daemon-reload
  echo "Removed. The ledger is still in $LEDGER."
}

case ${1:-} in
  --remove)
    check_machine
    remove
    ;;
  '')
    check_machine
    echo "Installing in $APP, about half a minute …"
    copy_source
    install_packages
    check_settings
    replace
    start
    ;;
  *) fail "$1: there is no such option; the only one is --remove" ;;
esac
