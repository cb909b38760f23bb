# shellcheck shell=bash
# The settings in .env: read, never run; remembered; asked for; sorted into secret and open ones.

readonly ASSIGNMENT='^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*=[[:space:]]*(.*)$'

assignments() { # the lines of .env that set something
  [[ -e .env ]] || return 0
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ $ASSIGNMENT ]]; then printf '%s=%s\n' "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"; fi
  done <.env
}

setting() { # NAME: its value, or nothing
  local line value=
  while IFS= read -r line; do
    if [[ ${line%%=*} == "$1" ]]; then value=$(unquoted "${line#*=}"); fi
  done < <(assignments)
  printf '%s' "$value"
}

unquoted() { # VALUE as written: without its quotes, or without the comment behind it
  local value=${1%$'\r'} mark=${1:0:1}
  case $mark in
    "'" | '"')
      value=${value#"$mark"}
      printf '%s' "${value%%"$mark"*}"
      ;;
    '#') ;;
    *)
      value=${value%%[[:space:]]#*}
      printf '%s' "${value%"${value##*[![:space:]]}"}"
      ;;
  esac
}

remember() { # NAME, VALUE: write it to .env, which only its owner can read
  note "$1 is written to .env"
  [[ -z $DRY_RUN ]] || return 0
  [[ $2 != *\'* ]] || fail "$1 cannot hold a single quote." "Choose another value."
  local new
  new=$(umask 077 && mktemp .env.XXXXXX)
  if [[ -e .env ]]; then grep -Ev "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=" .env >"$new" || true; fi
  printf '%s=%s\n' "$1" "$(quoted "$2")" >>"$new"
  mv "$new" .env
}

names() { assignments | cut -d= -f1 | sort -u; }

kind() { # NAME: secret, open, or local: of no use to the function
  case $1 in
    DEPLOY_* | SMSGATE_* | LEDGER_URL | PORT | HOST | K_* | FUNCTION_* | GOOGLE_* | FIRESTORE_* | CLOUDSDK_*)
      printf 'local'
      ;;
    TELEGRAM_CHAT_ID | TELEGRAM_THREAD_ID | TELEGRAM_API_URL | SLACK_CHANNEL | SLACK_API_URL | \
      SMTP_USER | EMAIL_FROM | EMAIL_TO | SIGNATURE_MAX_AGE | MAX_BODY_BYTES | RESPONSE_DEADLINE | \
      LOG_LEVEL | DUPLICATES | CONFIG_FILE)
      printf 'open'
      ;;
    *) printf 'secret' ;; # whatever is not known to be harmless
  esac
}

names_of() { # KIND: the names in .env of that kind which have a value
  local name
  for name in $(names); do
    if [[ $(kind "$name") == "$1" && -n $(setting "$name") ]]; then say "$name"; fi
  done
}

secret_names() { # the two keys of our own come first, in a dry run even before they are made
  say API_KEY LEDGER_SECRET
  names_of secret | grep -Evx 'API_KEY|LEDGER_SECRET' || true
}

random_key() { "$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(32))'; }

have_key() { setting "$1"; }

make_key() { # NAME
  note "43 random characters, safe in a URL"
  local value=
  [[ -n $DRY_RUN ]] || value=$(random_key)
  remember "$1" "$value"
}

ask_for_settings() { # what .env does not say, on a terminal
  interactive || return 0
  ask_for_destinations
  [[ $(names) != *SIGNING_KEYS* ]] || return 0
  say "" "The phone signs what it posts with a key that never leaves it, unlike the URL." \
    "It stands in the app under Settings, Webhooks, Signing Key."
  remember SIGNING_KEYS "$(ask_secretly "Signing key (empty: go without)")"
}

ask_for_destinations() {
  local known='^(TELEGRAM_BOT_TOKEN|SLACK_WEBHOOK_URL|SLACK_BOT_TOKEN|SMTP_URL)$'
  if [[ -e config.toml ]] || names_of secret | grep -Eq "$known"; then return; fi
  say "" "Where shall messages go? Leave empty what you do not want; docs/operations.md shows where to get each."
  ask_for TELEGRAM_BOT_TOKEN "Telegram: the bot's token from @BotFather" TELEGRAM_CHAT_ID "Telegram: the chat's id"
  ask_for SLACK_WEBHOOK_URL "Slack: the URL of the incoming webhook"
  ask_for SMTP_URL "Email: smtps://user:password@host:465" EMAIL_TO "Email: to whom"
}

ask_for() { # SECRET NAME, QUESTION, then pairs of open ones asked for if it was given
  local value
  value=$(ask_secretly "$2")
  [[ -n $value ]] || return 0
  remember "$1" "$value"
  shift 2
  while (($# > 0)); do
    remember "$1" "$(ask "$2")"
    shift 2
  done
}
