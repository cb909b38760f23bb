#!/usr/bin/env bash
# Deploys the function to Google Cloud, and manages it there. ./deploy.sh --help says how.
set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true # the bash of macOS does not have it
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

require_program() { # PROGRAM, WHERE TO GET IT
  command -v "$1" >/dev/null || fail "$1 is not installed." "Get it: $2"
}

prepare() {
  if [[ -n $DRY_RUN ]]; then explain_dry_run; else require_tools; fi
  step "The packages of this project are installed" \
    "Is Python 3.11 or newer installed? Name it: make PYTHON=/path/to/python3 setup" packages
  complete_options
  step "You are logged in to Google Cloud" "Log in." login
  step "The project $PROJECT exists" "Is the id correct? gcloud projects list shows yours. Or create it." project
  [[ -n $DRY_RUN ]] || say "→ function $NAME in $REGION, ledger $LEDGER"
}

explain_dry_run() {
  complete_options
  say "What ./deploy.sh would do, step by step; nothing is run or changed." \
    "A real run prints one line per step, and skips what is already done." \
    "You need gcloud, curl, a Google account and a project that is linked to a billing account." \
    "All commands run with:"
  show export "CLOUDSDK_CORE_PROJECT=$PROJECT" CLOUDSDK_CORE_DISABLE_PROMPTS=1
}

require_tools() {
  require_program gcloud "https://cloud.google.com/sdk/docs/install, or use the Cloud Shell: https://shell.cloud.google.com"
  require_program curl "https://curl.se/download.html"
}

have_login() { look gcloud auth list --filter=status:ACTIVE --format='value(account)'; }

make_login() { leave_to_user gcloud auth login; }

have_project() { look gcloud projects describe "$PROJECT" --format='value(projectId)' || true; }

make_project() { leave_to_user gcloud projects create "$PROJECT"; }

deploy() {
  prepare
  prepare_configuration
  prepare_project
  put_secrets
  put_function
  [[ -z $MAIL_TO ]] || alerts
  print_next_steps
}

prepare_configuration() {
  ask_for_settings
  local name
  for name in API_KEY LEDGER_SECRET; do
    step "$name is set to a strong key" "Is .env writable?" key "$name"
  done
  act "The configuration is valid" "Fix what is named above, in .env or config.toml." check_configuration
  for name in PROJECT REGION NAME LEDGER; do
    remember "DEPLOY_$name" "${!name}"
  done
}

prepare_project() {
  step "Google's services are enabled" \
    "Link a billing account: https://console.cloud.google.com/billing/linkedaccount?project=$PROJECT" \
    services "${SERVICES[@]}"
  step "No other function is called $NAME" "Choose another --name." name
  step "The account that the function runs as exists, without any rights" "Your account needs the role Owner." \
    account "$NAME-run" "Runs the function $NAME"
  step "The account that builds it exists" "Your account needs the role Owner." \
    account "$NAME-build" "Builds the function $NAME"
  step "The build account may build" "Your account needs the role Owner." right "$NAME-build" "$BUILDER" None
  [[ $LEDGER == memory ]] || prepare_ledger
  step "The request log is not kept: it would show the key" \
    "Is there a log sink _Default? gcloud logging sinks list" exclusion
  step "The repository for the function's images exists" "Your account needs the role Owner." repository
  step "Old images are deleted, except the newest two" "Your account needs the role Owner." policy_of_repository
}

prepare_ledger() {
  step "The Firestore database $DATABASE exists; it has a free quota" \
    "Is Firestore available in $REGION? If not, choose another --region. A deleted database can be created again after minutes." database
  step "Firestore deletes records that have expired" \
    "Is $DATABASE in Datastore mode? Then use another project, or --ledger memory." expiry
  step "The function may use that database and no other" "Your account needs the role Owner." \
    right "$NAME-run" "$LEDGER_USER" "$(database_condition)"
}

put_secrets() {
  local name
  for name in API_KEY LEDGER_SECRET; do
    step "$name in .env is the deployed one, if there is one" "Your account needs the role Owner." deployed_key "$name"
  done
  for name in $(secret_names); do put_secret "$name"; done
  note "the same for every other secret in .env"
}

put_function() {
  act "The files of the function are collected, and no others" "Is there space in the temporary folder?" gather_upload
  describe_function
  step "The function runs with these files and settings (a new version takes two to three minutes)" \
    "The lines above name the reason; the accounts of a new project may need another minute." function
  undo "Replaced versions of secrets are destroyed (six versions are free)" "Your account needs the role Owner." old_versions
  undo "Secrets that .env no longer names are deleted" "Your account needs the role Owner." unused_secrets
  act "Its address is known" "gcloud functions list shows the functions." find_url
  act "A test event goes through the function" "./deploy.sh logs shows its log." send_test_event
}

print_next_steps() {
  say "" "Deployed: $URL" "" "Now connect the phone:" \
    "  1. Put SMSGATE_USER and SMSGATE_PASSWORD (in the app: Cloud Server) into .env." \
    "  2. $PYTHON -m relay register $URL" \
    "  3. Send the phone an SMS." \
    "docs/operations.md has the other ways to connect a phone, and what to do if nothing arrives."
}

main() {
  trap report_stop EXIT
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
