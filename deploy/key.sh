# shellcheck shell=bash
# A new API key without an outage: beside the old one first, and alone once the phone's queue is empty.

readonly OVERLAP_HOURS=48 # the phone retries for about 45 hours

rotate_key() {
  prepare
  local keys=OLD-KEY
  [[ -n $DRY_RUN ]] || keys=$(deployed_value API_KEY)
  [[ -n $keys ]] || fail "Nothing is deployed under the name $NAME." "Deploy first: ./deploy.sh"
  case $ROTATION in
    finish) finish_rotation "$keys" ;;
    compromised) replace_compromised ;;
    *) start_rotation "$keys" ;;
  esac
}

start_rotation() { # KEYS; an interrupted rotation is continued
  local keys=$1
  if [[ $keys == *,* ]]; then
    say "API_KEY already holds two keys: continuing with the newer one. --finish removes the older one."
  else
    keys=$(new_key "$keys"),$keys
  fi
  put_key "$keys"
  register_webhooks
  say "" "Both keys are valid now: what the phone has queued still arrives with the old one." \
    "After $OVERLAP_HOURS hours: ./deploy.sh rotate-key --finish"
}

finish_rotation() { # KEYS
  act "The old key is no longer needed" "Wait, or: ./deploy.sh rotate-key --compromised" check_old_keys "$1"
  put_key "${1%%,*}"
  say "" "Only the new key is valid now."
}

replace_compromised() {
  confirm "The old key becomes invalid at once. What the phone has queued with it is lost: it is refused until the
phone gives up. New messages arrive once the webhooks are registered with the new key." "$NAME"
  put_key "$(new_key "$(secret_value API_KEY)")"
  register_webhooks
}

new_key() { # KEYS: one that the log shows differently from these
  local key=NEW-KEY old
  if [[ -z $DRY_RUN ]]; then
    key=$(random_key)
    for old in $(split_keys "$1"); do
      [[ $(key_tag "$old") != "$(key_tag "$key")" ]] || key=$(new_key "$1")
    done
  fi
  printf '%s' "$key"
}

split_keys() { tr ',' ' ' <<<"$1"; }

key_tag() { printf '%s' "$1" | digest | cut -c 1-4; } # what the function's log calls a key

put_key() { # KEYS: save and deploy them
  act "API_KEY in .env is the new one" "Is .env writable?" remember API_KEY "$1"
  put_secret API_KEY
  put_function
}

check_old_keys() { # KEYS: stop if an old one may still be needed
  local keys=$1 old
  note "stops if the new key is younger than $OVERLAP_HOURS hours, or the old one was used within the last hour"
  [[ -z $DRY_RUN ]] || return 0
  for old in $(split_keys "${keys#"${keys%%,*}"}"); do
    check_key_age
    check_key_use "$old"
  done
}

check_key_age() {
  local version made
  version=$(newest_version API_KEY)
  made=$(look gcloud secrets versions describe "$version" --secret="$NAME-API_KEY" --format='value(createTime)')
  is_old_enough "$made" || fail "The new key is younger than $OVERLAP_HOURS hours ($made)." \
    "The phone may still hold messages with the old one. Wait, or: ./deploy.sh rotate-key --compromised"
}

check_key_use() { # OLD KEY
  local used
  used=$(look gcloud logging read "$(key_log_filter "$1")" --freshness=1h --limit=1 --format='value(timestamp)')
  [[ -z $used ]] || fail "The old key was used within the last hour ($used)." \
    "Is a webhook still registered with it? $PYTHON -m relay registered"
}

is_old_enough() { # TIME
  "$PYTHON" -c 'import sys
from datetime import UTC, datetime, timedelta
made = datetime.fromisoformat(sys.argv[1])
sys.exit(datetime.now(UTC) - made < timedelta(hours=int(sys.argv[2])))' "$1" "$OVERLAP_HOURS"
}

key_log_filter() { # KEY: the filter of the requests that it admitted
  printf 'resource.labels.service_name="%s" AND jsonPayload.authenticated=true AND jsonPayload.key="%s"' \
    "$NAME" "$(key_tag "$1")"
}

register_webhooks() { # with the new key from .env; the command changes only what differs
  if [[ -n $DRY_RUN || -n $(setting SMSGATE_USER) ]]; then
    act "The phone's webhooks are registered with the new key" \
      "Check SMSGATE_URL, SMSGATE_USER and SMSGATE_PASSWORD in .env." \
      change_visibly env -u API_KEY "$PYTHON" -m relay register --again "$URL"
  else
    say "" "Register the webhooks with the new key now: set SMSGATE_USER and SMSGATE_PASSWORD in .env, then" \
      "  $PYTHON -m relay register --again $URL"
  fi
}
