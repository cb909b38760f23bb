# shellcheck shell=bash
# A new API key without a gap: the new one beside the old one, then, once the phone's queue is empty, alone.

readonly REST=48 # hours: the phone tries for about 45

rotate_key() {
  ready_for_changes
  local keys=OLD-KEY
  [[ -n $DRY_RUN ]] || keys=$(deployed_value API_KEY)
  [[ -n $keys ]] || fail "Nothing is deployed under the name $NAME." "Deploy first: ./deploy.sh"
  case $ROTATION in
    finish) finish_rotation "$keys" ;;
    compromised) replace_compromised ;;
    *) start_rotation "$keys" ;;
  esac
}

start_rotation() { # KEYS; one that was interrupted goes on
  local keys=$1
  if [[ $keys == *,* ]]; then
    say "API_KEY holds two keys already: this goes on with the newer one. The older one ends by --finish."
  else
    keys=$(another_key "$keys"),$keys
  fi
  put_key "$keys"
  register
  say "" "Both keys are valid now: what the phone queued before still comes with the old one." \
    "After $REST hours: ./deploy.sh rotate-key --finish"
}

finish_rotation() { # KEYS
  act "The old key is not needed any more" "Wait, or: ./deploy.sh rotate-key --compromised" judge_old_keys "$1"
  put_key "${1%%,*}"
  say "" "Only the new key is valid now."
}

replace_compromised() {
  confirm "The old key ends at once. What the phone has queued with it, and cannot deliver otherwise, is lost:
it is refused until the phone gives it up. New messages come through once the webhooks are registered anew." "$NAME"
  put_key "$(another_key "$(deployed API_KEY)")"
  register
}

another_key() { # KEYS: a new one that the log can tell from them
  local key=NEW-KEY old
  if [[ -z $DRY_RUN ]]; then
    key=$(random_key)
    for old in $(each_key "$1"); do
      [[ $(tag_of "$old") != "$(tag_of "$key")" ]] || key=$(another_key "$1")
    done
  fi
  printf '%s' "$key"
}

each_key() { tr ',' ' ' <<<"$1"; }

tag_of() { printf '%s' "$1" | digest | cut -c 1-4; } # what the function's log calls a key

put_key() { # KEYS: deployed, and in use
  act "The key in .env is the one to be" "Is .env writable?" remember API_KEY "$1"
  put_secret API_KEY
  put_function
}

judge_old_keys() { # KEYS: stop if one may still be needed
  local keys=$1 old
  note "stops if the new key is younger than $REST hours, or the old one was used within the last hour"
  [[ -z $DRY_RUN ]] || return 0
  for old in $(each_key "${keys#"${keys%%,*}"}"); do
    judge_age
    judge_use "$old"
  done
}

judge_age() {
  local version made
  version=$(newest API_KEY)
  made=$(look gcloud secrets versions describe "$version" --secret="$NAME-API_KEY" --format='value(createTime)')
  older_than_rest "$made" || fail "The new key is younger than $REST hours ($made)." \
    "The phone may still hold messages with the old one. Later, or: ./deploy.sh rotate-key --compromised"
}

judge_use() { # OLD KEY
  local used
  used=$(look gcloud logging read "$(log_of_key "$1")" --freshness=1h --limit=1 --format='value(timestamp)')
  [[ -z $used ]] || fail "The old key was used within the last hour ($used)." \
    "Is a webhook still registered with it? $PYTHON -m relay registered"
}

older_than_rest() { # TIME
  "$PYTHON" -c 'import sys
from datetime import UTC, datetime, timedelta
made = datetime.fromisoformat(sys.argv[1])
sys.exit(datetime.now(UTC) - made < timedelta(hours=int(sys.argv[2])))' "$1" "$REST"
}

log_of_key() { # KEY: the filter of the requests that it let in
  printf 'resource.labels.service_name="%s" AND jsonPayload.authenticated=true AND jsonPayload.key="%s"' \
    "$NAME" "$(tag_of "$1")"
}

register() { # the webhooks, with the new key of .env; the command itself changes only what differs
  if [[ -n $DRY_RUN || -n $(setting SMSGATE_USER) ]]; then
    act "The phone's webhooks are registered with the new key" \
      "Look at SMSGATE_URL, SMSGATE_USER and SMSGATE_PASSWORD in .env." \
      change_aloud env -u API_KEY "$PYTHON" -m relay register --again "$URL"
  else
    say "" "Register the webhooks with the new key now: set SMSGATE_USER and SMSGATE_PASSWORD in .env, then" \
      "  $PYTHON -m relay register --again $URL"
  fi
}
