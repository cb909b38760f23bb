# shellcheck shell=bash disable=SC2153 # options.sh sets NAME
# The function itself: what is uploaded, how it runs, its address, and a test.

readonly RUNTIME=python313
readonly MEMORY_MIB=1024 # with one destination, 12 of the largest MMS fit in it at once
readonly CONCURRENCY=12
readonly BYTECODE_DATE=315532800 # any: without it, each cold start compiles our modules, as files get another time in the image
FLAGS=()
FINGERPRINT=
URL=

max_instances() { # a ledger in memory is not shared between instances
  if [[ $LEDGER == memory ]]; then printf 1; else printf 3; fi
}

ledger_url() {
  if [[ $LEDGER == memory ]]; then printf 'memory:'; else printf 'firestore://%s' "$PROJECT"; fi
}

memory_bytes() { printf '%s' "$((MEMORY_MIB * 1024 * 1024))"; }

have_packages() { # an interrupted make setup leaves no .needed
  if [[ $PYTHON != .venv/* || -e .venv/.needed ]] && has_packages; then say "$PYTHON"; fi
}

make_packages() { change_visibly make --no-print-directory ${NAMED_PYTHON:+PYTHON="$NAMED_PYTHON"} setup; }

check_configuration() { # as the function will see it, without the variables of this shell
  refuse_empty_secrets
  change_visibly env -i K_SERVICE="$NAME" LEDGER_URL="$(ledger_url)" MEMORY_BYTES="$(memory_bytes)" \
    "$PYTHON" -m relay check
}

gather_upload() {
  change_into_file "$WORK/files" gcloud meta list-files-for-upload .
  [[ -z $DRY_RUN ]] || return 0
  refuse_other_folders
  mkdir "$WORK/source"
  tar -chf - -T "$WORK/files" | tar -xf - -C "$WORK/source"
  add_requirements
  write_open_settings >"$WORK/settings.yaml"
}

refuse_empty_secrets() { # Secret Manager takes none; the check reports only the variables that it knows
  local name
  [[ -z $DRY_RUN ]] || return 0
  for name in $(settings_that is_secret); do
    [[ -n $(setting "$name") ]] || fail "$name is empty in .env." "Set it, or remove it."
  done
}

refuse_other_folders() { # they are not uploaded
  local file
  file=$(config_file)
  [[ -z $file || -n $(matching_line "${file#./}" <"$WORK/files") ]] ||
    fail "$file is not uploaded." "CONFIG_FILE has to name a file in this folder, such as NAME.toml."
}

change_into_file() { # FILE, COMMAND…
  local file=$1
  shift
  if [[ -n $DRY_RUN ]]; then show "$@"; else look "$@" >"$file"; fi
}

add_requirements() { # Google installs only requirements.txt, so it has to include what an optional destination needs
  local file type types
  types=$("$PYTHON" -m deploy.settings types)
  for file in requirements-*.txt; do
    type=${file#requirements-}
    if [[ -e $file && -n $(matching_line "${type%.txt}" <<<"$types") ]]; then
      cp "$file" "$WORK/source"
      printf -- '-r %s\n' "$file" >>"$WORK/source/requirements.txt"
    fi
  done
}

write_open_settings() { # as JSON, which is valid YAML
  {
    printf 'LEDGER_URL=%s\n' "$(ledger_url)"
    local name
    printf 'MEMORY_BYTES=%s\n' "$(memory_bytes)"
    for name in $(settings_that is_open); do printf '%s=%s\n' "$name" "$(setting "$name")"; done
  } | "$PYTHON" -c 'import json, sys; print(json.dumps(dict(line.rstrip("\n").split("=", 1) for line in sys.stdin)))'
}

secret_references() { # NAME=SECRET:VERSION,…: pinned, so that a deployment changes all of them at once
  local name version=1 references=
  for name in $(secret_names); do
    [[ -n $DRY_RUN ]] || version=$(newest_version "$name")
    references+=,$name=$NAME-$name:$version
  done
  printf '%s' "${references#,}"
}

describe_function() { # sets FLAGS and FINGERPRINT
  local source=$WORK/source settings=$WORK/settings.yaml secrets
  [[ -z $DRY_RUN ]] || source=. settings=settings.yaml
  secrets=$(set -e && secret_references)
  FLAGS=(
    --gen2 --region="$REGION" --runtime="$RUNTIME" --entry-point=forward --source="$source"
    --trigger-http --allow-unauthenticated
    --cpu=1 --memory="${MEMORY_MIB}Mi" --concurrency="$CONCURRENCY" --max-instances="$(max_instances)" --timeout=3600s
    --service-account="$(account_email "$NAME-run")"
    --build-service-account="projects/$PROJECT/serviceAccounts/$(account_email "$NAME-build")"
    --docker-repository="projects/$PROJECT/locations/$REGION/repositories/$NAME"
    --env-vars-file="$settings"
    --set-secrets="$secrets"
    --set-build-env-vars="SOURCE_DATE_EPOCH=$BYTECODE_DATE"
  )
  FINGERPRINT=first
  [[ -n $DRY_RUN ]] || FINGERPRINT=$(fingerprint)
}

fingerprint() { # of everything that determines how the function behaves
  {
    printf '%s\n' "${FLAGS[@]//$WORK/}"
    cd "$WORK"
    find settings.yaml source -type f | LC_ALL=C sort | while IFS= read -r file; do
      printf '%s\n' "$file"
      cat "$file"
    done
  } | digest | cut -c 1-40
}

digest() { "$PYTHON" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

functions() { # name, state, fingerprint and label of each
  look gcloud functions list --v2 --regions="$REGION" --format='value(name.basename(),state,labels.source,labels.sms_relay)'
}

have_function() { functions | matching_line "$NAME"$'\t'ACTIVE$'\t'"$FINGERPRINT"$'\t'"$NAME"; }

make_function() {
  change_visibly gcloud functions deploy "$NAME" "${FLAGS[@]}" --update-labels="$LABEL,source=$FINGERPRINT" \
    --format=none
}

have_name() { # a function that was not created here is never changed
  local there
  there=$(functions | cut -f1,4)
  if [[ -z $(cut -f1 <<<"$there" | matching_line "$NAME") || -n $(matching_line "$NAME"$'\t'"$NAME" <<<"$there") ]]; then say "$NAME"; fi
}

make_name() { [[ -n $DRY_RUN ]] || fail "A function called $NAME exists already, and was not created here." "$HINT"; }

have_deployment() { # one that was created here
  functions | cut -f1,4 | matching_line "$NAME"$'\t'"$NAME"
}

drop_deployment() { change gcloud functions delete "$NAME" --gen2 --region="$REGION"; }

find_url() { # sets URL
  URL=https://THE-FUNCTION
  [[ -n $DRY_RUN ]] ||
    URL=$(look gcloud functions describe "$NAME" --region="$REGION" --format='value(serviceConfig.uri)')
}

send_test_event() { # the first time a message; later a ping, which is not shown unless a route asks for it
  local event=hello status
  [[ $(setting DEPLOY_TESTED) != "$URL" ]] || event=ping
  if [[ -n $DRY_RUN ]]; then
    note "posts a signed event; the key goes to curl's standard input:"
    show "$PYTHON" -m deploy.post "$event"
  else
    status=$(post_with_retries "$event")
    [[ $status == 200 ]] || explain_answer "$status"
    say "  It answers: $(cat "$WORK/answer")"
  fi
  remember DEPLOY_TESTED "$URL"
}

post_with_retries() { # EVENT: prints the status; a new address takes some seconds to work everywhere
  local try status
  for try in 1 2 3 4 5 6; do
    status=$(post "$1") || true
    [[ $status == 000 || $status == 403 || $status == 404 ]] || break
    sleep "${DEPLOY_PAUSE:-$((try * 3))}"
  done
  printf '%s' "$status"
}

post() { # EVENT: once
  API_KEY=$(setting API_KEY) SIGNING_KEYS=$(setting SIGNING_KEYS) "$PYTHON" -m deploy.post "$1" "$URL" |
    curl --disable --silent --max-time 60 --output "$WORK/answer" --write-out '%{http_code}' --config -
}

explain_answer() { # STATUS: stop, and say what it means
  local -a help
  case $1 in
    000) help=("It cannot be reached from here. Check your network, then run this again.") ;;
    401) help=("The key or the signature was refused. Is the clock of this computer correct?") ;;
    403) help=("Google refuses every caller: an organisation's policy may forbid public functions. If so:"
      "  gcloud run services update $NAME --project=$PROJECT --region=$REGION --no-invoker-iam-check") ;;
    503) help=("A destination did not accept it; the answer names it:" "  $(cat "$WORK/answer")"
      "  $PYTHON -m relay check --live      says what to fix") ;;
    *) help=("Its log says more:" "  ./deploy.sh logs") ;;
  esac
  fail "The function is deployed, but answers $1." "${help[@]}" "Then run the same command again."
}

print_url() {
  complete_options
  find_url
  say "$URL"
}

print_logs() {
  complete_options
  change_visibly gcloud logging read "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"$NAME\"" \
    --freshness=7d --limit=50 \
    --format='value(timestamp.date("%F %T",tz=LOCAL),severity,jsonPayload.message,jsonPayload.status,jsonPayload.type,jsonPayload.deliveries,jsonPayload.destination,jsonPayload.reason,jsonPayload.alert,textPayload)'
}
