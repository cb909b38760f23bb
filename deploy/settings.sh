# shellcheck shell=bash
# The settings in .env: reading them without running them, writing them, asking for them, and which are secret.

read_settings() { # into a temporary file of NAME=value lines
  : >"$WORK/settings"
  [[ -e .env ]] || return 0
  if has_packages; then
    "$PYTHON" -m deploy.settings >"$WORK/settings"
  elif [[ -n $DRY_RUN ]]; then
    say "! .env is not read: that needs the packages of this project. Install them: make setup"
  else
    fail ".env cannot be read without the packages of this project." "Install them: make setup"
  fi
}

find_python() { # sets PYTHON: the one that was named, if it has the packages, else that of make setup
  PYTHON=$(command -v "${NAMED_PYTHON:-.venv/bin/python}") && has_packages || PYTHON=.venv/bin/python
}

has_packages() { "$PYTHON" -c 'import click, pydantic' 2>/dev/null; } # of this project

setting() { sed -n "s/^$1=//p" "$WORK/settings"; } # NAME: its value, or nothing

setting_names() { cut -d= -f1 "$WORK/settings" | sort; }

remember() { # NAME, VALUE: write it to .env, which only its owner can read
  note "$1 is written to .env"
  if [[ -n $DRY_RUN || $(setting "$1") == "$2" ]]; then return; fi
  set_line .env "$1" "$1=$(quote_setting "$2")"
  set_line "$WORK/settings" "$1" "$1=$2"
}

quote_setting() { # VALUE: as .env needs it
  if [[ $1 =~ $PLAIN ]]; then printf '%s' "$1"; else printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"; fi
}

forget() { # NAME
  if [[ -z $DRY_RUN && -n $(setting "$1") ]]; then
    set_line .env "$1"
    set_line "$WORK/settings" "$1"
  fi
}

set_line() { # FILE, NAME, LINE: replace the lines that set NAME by LINE, if one is given
  local file=$1 name=$2 new
  shift 2
  new=$(umask 077 && mktemp "$file.XXXXXX")
  if [[ -e $file ]]; then grep -Ev "^[[:space:]]*(export[[:space:]]+)?${name}[[:space:]]*=" "$file" >"$new" || true; fi
  (($# == 0)) || printf '%s\n' "$1" >>"$new"
  mv "$new" "$file"
}

config_file() { # the name of the configuration file, if it exists
  local file
  file=$(setting CONFIG_FILE)
  [[ ! -e ${file:=config.toml} ]] || say "$file"
}

is_local() { # NAME: not meant for the function
  case $1 in
    DEPLOY_* | SMSGATE_* | LEDGER_URL | MEMORY_BYTES | PORT | HOST | K_* | FUNCTION_* | GOOGLE_* | FIRESTORE_* | CLOUDSDK_*) ;;
    *) return 1 ;;
  esac
}

is_open() { # NAME: known to be no secret
  case $1 in
    TELEGRAM_CHAT_ID | TELEGRAM_THREAD_ID | TELEGRAM_API_URL | SLACK_CHANNEL | SLACK_API_URL | \
      SMTP_USER | EMAIL_FROM | EMAIL_TO | SIGNATURE_MAX_AGE | MAX_BODY_BYTES | RESPONSE_DEADLINE | \
      LOG_LEVEL | DUPLICATES | TIMEZONE | PHONE_REGION | ALERTS | CONFIG_FILE) ;;
    *) return 1 ;;
  esac
}

is_secret() { ! is_local "$1" && ! is_open "$1"; } # NAME: everything that is not known to be harmless

settings_that() { # PREDICATE: the names in .env for which it is true
  local name
  for name in $(setting_names); do
    if "$1" "$name"; then say "$name"; fi
  done
}

secret_names() { # the two generated keys come first, in a dry run even before they are created
  say API_KEY LEDGER_SECRET
  settings_that is_secret | grep -Evx 'API_KEY|LEDGER_SECRET' || true
}

random_key() { "$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(32))'; }

have_key() { setting "$1"; }

make_key() { # NAME
  local value=
  note "43 random characters, safe in a URL"
  [[ -n $DRY_RUN ]] || value=$(random_key)
  remember "$1" "$value"
}

ask_for_settings() { # that .env does not have, on a terminal
  if is_interactive; then
    ask_for_destinations
    ask_for_signing_key
  fi
}

ask_for_destinations() {
  local known='^(TELEGRAM_BOT_TOKEN|SLACK_WEBHOOK_URL|SLACK_BOT_TOKEN|SMTP_URL|DISCORD_WEBHOOK_URL|NTFY_TOPIC|WEBHOOK_URL|APPRISE_URLS)$'
  if [[ -n $(config_file) ]] || setting_names | grep -Eq "$known"; then return; fi
  say "" "Where should messages go? Leave empty what you do not use." \
    "docs/operations.md says where to get a bot's token, a webhook's URL or a mail server's password." ""
  ask_for TELEGRAM_BOT_TOKEN "Telegram: the bot's token" TELEGRAM_CHAT_ID "Telegram: the chat's id"
  ask_for SLACK_WEBHOOK_URL "Slack: the URL of the incoming webhook"
  ask_for SMTP_URL "Email: the server, smtps://user:password@host:465" \
    EMAIL_FROM "Email: the sender" EMAIL_TO "Email: the recipients"
}

ask_for_signing_key() {
  local key
  if setting_names | grep -Eqx 'SIGNING_KEYS|DEPLOY_UNSIGNED'; then return; fi
  say "" "The phone signs what it posts with a key that never leaves it, unlike the URL." \
    "The app shows it under Settings, Webhooks, Signing Key." ""
  key=$(ask_secretly "Signing key (empty: none)")
  if [[ -n $key ]]; then remember SIGNING_KEYS "$key"; else remember DEPLOY_UNSIGNED yes; fi
}

ask_for() { # SECRET NAME, QUESTION, then those of open settings, asked only if the secret was given
  local value
  value=$(ask_secretly "$2")
  [[ -n $value ]] || return 0
  remember "$1" "$value"
  shift 2
  while (($# > 0)); do
    value=$(ask "$2")
    remember "$1" "$value"
    shift 2
  done
}
