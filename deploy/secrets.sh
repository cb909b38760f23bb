# shellcheck shell=bash disable=SC2153 # options.sh sets NAME
# The secrets: one in Secret Manager for each secret in .env, readable only by the function.

readonly READER=roles/secretmanager.secretAccessor

labelled_secrets() { # the name, and the relay that it belongs to
  look gcloud secrets list --format='value(name.basename(),labels.sms_relay)'
}

other_relays() { # the names of the other relays in this project
  [[ -n $DRY_RUN ]] || labelled_secrets | awk -F '\t' -v name="$NAME" '$2 != "" && $2 != name { print $2 }'
}

all_secrets() { # the names of this function's secrets, without its own name as a prefix
  labelled_secrets |
    awk -F '\t' -v name="$NAME" '$2 == name { print substr($1, length(name) + 2) }'
}

have_secret() { all_secrets | matching_line "$1"; }

make_secret() { change gcloud secrets create "$NAME-$1" --replication-policy=automatic --labels="$LABEL"; }

drop_secret() { change gcloud secrets delete "$NAME-$1"; }

have_reader() {
  look gcloud secrets get-iam-policy "$NAME-$1" --flatten='bindings[].members' \
    --format='value(bindings.role,bindings.members)' | matching_line "$READER"$'\t'"serviceAccount:$(account_email "$NAME-run")"
}

make_reader() {
  change_with_retries gcloud secrets add-iam-policy-binding "$NAME-$1" \
    --member="serviceAccount:$(account_email "$NAME-run")" --role="$READER"
}

versions() { # the numbers of a secret's enabled versions, the newest first
  look gcloud secrets versions list "$NAME-$1" --format='value(name.basename(),state)' |
    awk -F '\t' 'tolower($2) == "enabled" { print $1 }' | sort -rn
}

newest_version() { versions "$1" | sed -n 1p; }

secret_value() { # the newest value of an existing secret, or nothing
  local version
  version=$(newest_version "$1") || return
  [[ -z $version ]] || look gcloud secrets versions access "$version" --secret="$NAME-$1"
}

have_value() {
  local value
  value=$(secret_value "$1")
  if [[ $value == "$(setting "$1")" ]]; then printf '%s' "$value"; fi
}

make_value() {
  note "the value is passed on standard input"
  change gcloud secrets versions add "$NAME-$1" --data-file=- < <(printf '%s' "$(setting "$1")")
}

put_secret() { # NAME: store it as it is in .env, readable by the function
  step "The secret for $1 exists" "Your account needs the role Owner." secret "$1"
  step "The function may read it" "Your account needs the role Owner." reader "$1"
  step "Its newest version is the value in .env" "Your account needs the role Owner." value "$1"
}

have_deployed_key() { # NAME: whether .env has the deployed value, or nothing is deployed
  local value
  value=$(deployed_value "$1")
  if [[ -z $value || $value == "$(setting "$1")" ]]; then say "$1"; fi
}

make_deployed_key() { # NAME: only rotate-key changes a deployed key, whatever the .env of this machine says
  local value
  value=$(deployed_value "$1")
  remember "$1" "$value"
}

deployed_value() { # NAME: its value, or nothing if there is no such secret
  local there=
  [[ -n $DRY_RUN ]] || there=$(have_secret "$1") || return
  [[ -z $there ]] || secret_value "$1"
}

have_old_versions() { # SECRET VERSION lines of the versions that a newer one has replaced
  local name
  for name in $(secret_names); do
    versions "$name" | sed -n "2,\$s/^/$name /p"
  done
}

drop_old_versions() {
  local name version
  while read -r name version; do
    change gcloud secrets versions destroy "$version" --secret="$NAME-$name" </dev/null
  done < <(if [[ -n $DRY_RUN ]]; then say "API_KEY OLD-VERSION"; else have_old_versions; fi)
}

have_unused_secrets() {
  local there
  there=$(all_secrets)
  grep -Fvx -f <(secret_names) <<<"$there" || true
}

drop_unused_secrets() {
  local name
  for name in $(if [[ -n $DRY_RUN ]]; then say UNUSED; else have_unused_secrets; fi); do
    drop_secret "$name"
  done
}
