#!/usr/bin/env bash
# Puts the function on Google Cloud, and looks after it there. ./deploy.sh --help says how.
set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true # not known to the bash of macOS
cd "$(dirname "${BASH_SOURCE[0]}")"

NAMED_PYTHON=${PYTHON:-}
WORK=$(mktemp -d)

# shellcheck source=deploy/talk.sh
source deploy/talk.sh
# shellcheck source=deploy/options.sh
source deploy/options.sh
# shellcheck source=deploy/settings.sh
source deploy/settings.sh
# shellcheck source=deploy/project.sh
source deploy/project.sh
# shellcheck source=deploy/secrets.sh
source deploy/secrets.sh
# shellcheck source=deploy/function.sh
source deploy/function.sh
# shellcheck source=deploy/key.sh
source deploy/key.sh
# shellcheck source=deploy/alerts.sh
source deploy/alerts.sh
# shellcheck source=deploy/destroy.sh
source deploy/destroy.sh

need() { # PROGRAM, WHERE TO GET IT
  command -v "$1" >/dev/null || fail "$1 is not installed." "Get it: $2"
}

ready_for_changes() {
  if [[ -n $DRY_RUN ]]; then introduce_dry_run; else need_tools; fi
  step "The packages of this project are installed" \
    "Is there a Python of 3.11 or newer? make PYTHON=/path/to/it setup names one." packages
  settle_options
  step "You are logged in to Google Cloud" "Log in." login
  step "The project $PROJECT is there" "Is the id right? gcloud projects list shows yours. Or make it." project
  [[ -n $DRY_RUN ]] || say "→ function $NAME in $REGION, ledger $LEDGER"
}

introduce_dry_run() {
  settle_options
  say "What ./deploy.sh would do, step by step; nothing is run or changed." \
    "In a real run each step is told in a line, and skipped when it is done already." \
    "You need gcloud, curl, a Google account and a project that is linked to a billing account." \
    "All commands are meant with:"
  show export "CLOUDSDK_CORE_PROJECT=$PROJECT" CLOUDSDK_CORE_DISABLE_PROMPTS=1
}

need_tools() {
  need gcloud "https://cloud.google.com/sdk/docs/install, or use the Cloud Shell: https://shell.cloud.google.com"
  need curl "https://curl.se/download.html"
}

have_login() { look gcloud auth list --filter=status:ACTIVE --format='value(account)'; }

make_login() { is_yours_to_do gcloud auth login; }

have_project() { look gcloud projects describe "$PROJECT" --format='value(projectId)' || true; }

make_project() { is_yours_to_do gcloud projects create "$PROJECT"; }

deploy() {
  ready_for_changes
  prepare_configuration
  prepare_project
  put_secrets
  put_function
  [[ -z $MAIL_TO ]] || alerts
  say_goodbye
}

prepare_configuration() {
  ask_for_settings
  local name
  for name in API_KEY LEDGER_SECRET; do
    step "There is a strong $name" "Is .env writable?" key "$name"
  done
  act "The configuration is sound" "Mend what is named above, in .env or config.toml." check_configuration
  for name in PROJECT REGION NAME LEDGER; do
    remember "DEPLOY_$name" "${!name}"
  done
}

prepare_project() {
  step "Google's services are switched on" \
    "Link a billing account: https://console.cloud.google.com/billing/linkedaccount?project=$PROJECT" \
    services "${SERVICES[@]}"
  step "No other function is called $NAME" "Choose another --name." name
  step "An account that the function runs as, without any rights" "Your own account needs the role Owner." \
    account "$NAME-run" "Runs the function $NAME"
  step "An account that builds it" "Your own account needs the role Owner." \
    account "$NAME-build" "Builds the function $NAME"
  step "The building account may build" "Your own account needs the role Owner." right "$NAME-build" "$BUILDER" None
  [[ $LEDGER == memory ]] || prepare_ledger
  step "The request log is not kept: it would show the key" \
    "Is there a log sink _Default? gcloud logging sinks list" exclusion
  step "A place for the function's images" "Your own account needs the role Owner." repository
  step "Old images are deleted, all but the newest two" "Your own account needs the role Owner." policy_of_repository
}

prepare_ledger() {
  step "The Firestore database $DATABASE, which has a free quota" \
    "Is Firestore to be had in $REGION? Else --region. One that was just deleted can be made again in minutes." database
  step "Firestore deletes records that have expired" \
    "Is $DATABASE in Datastore mode? Then use another project, or --ledger memory." expiry
  step "The function may use that database, and no other" "Your own account needs the role Owner." \
    right "$NAME-run" "$LEDGER_USER" "$(on_the_database)"
}

put_secrets() {
  local name
  for name in API_KEY LEDGER_SECRET; do
    step "$name in .env is the deployed one, if one is" "Your own account needs the role Owner." adopted "$name"
  done
  for name in $(secret_names); do put_secret "$name"; done
  note "the same for every other secret value in .env"
}

put_function() {
  act "What the function needs is gathered, and nothing else" "Is there room in the temporary folder?" gather_upload
  describe_function
  step "The function runs with this (a new one takes two to three minutes)" \
    "The lines above name the reason; a new project's accounts may need a minute more." function
  undo "Replaced versions of secrets are destroyed (six are free)" "Your own account needs the role Owner." old_versions
  undo "Secrets that .env no longer names are deleted" "Your own account needs the role Owner." unused_secrets
  act "Its address is known" "gcloud functions list shows what is there." find_url
  act "A test event goes through the function" "./deploy.sh logs shows what it says." send_test_event
}

say_goodbye() {
  say "" "Deployed: $URL" "" "Now connect the phone:" \
    "  1. Put SMSGATE_USER and SMSGATE_PASSWORD (in the app: Cloud Server) into .env." \
    "  2. $PYTHON -m relay register $URL" \
    "  3. Send the phone an SMS." \
    "docs/operations.md has the other ways to connect one, and what to do when nothing comes."
}

main() {
  trap stopped EXIT
  read_options "$@"
  find_python
  case $COMMAND in
    deploy) deploy ;;
    rotate-key) rotate_key ;;
    destroy) destroy ;;
    url) print_url ;;
    logs) print_logs ;;
  esac
}

main "$@"
