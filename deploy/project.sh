# shellcheck shell=bash disable=SC2034,SC2153 # the other files read what is set here, and set NAME
# The resources in the project that the function needs. Each one has
#   have_RESOURCE   prints it if it exists, else nothing; fails only if Google does not answer
#   make_RESOURCE   creates it
#   drop_RESOURCE   removes it

readonly SERVICES=(
  artifactregistry.googleapis.com cloudbuild.googleapis.com cloudfunctions.googleapis.com
  cloudresourcemanager.googleapis.com firestore.googleapis.com iam.googleapis.com
  logging.googleapis.com run.googleapis.com secretmanager.googleapis.com
)
readonly BUILDER=roles/cloudbuild.builds.builder
readonly LEDGER_USER=roles/datastore.user
readonly DATABASE='(default)'     # only this one has a free quota
readonly COLLECTION=relay         # the default of the ledger
readonly TTL_FIELD=expires
readonly REPOSITORY_POLICY=deploy/images.json

matching_line() { grep -Fx -- "$1" || true; } # LINE: prints the input's line that equals it, or nothing

enabled_services() { look gcloud services list --enabled --format='value(name.basename())'; }

have_services() { # NAMES: prints all of them, or nothing
  local enabled name
  enabled=$(enabled_services)
  for name in "$@"; do
    [[ -n $(matching_line "$name" <<<"$enabled") ]] || return 0
  done
  say "$@"
}

make_services() { change gcloud services enable "$@"; }

account_email() { printf '%s@%s.iam.gserviceaccount.com' "$1" "$PROJECT"; }

have_account() { # ID
  look gcloud iam service-accounts list --format='value(email)' | matching_line "$(account_email "$1")"
}

make_account() { # ID, DESCRIPTION
  change gcloud iam service-accounts create "$1" --display-name="$2"
}

drop_account() { change gcloud iam service-accounts delete "$(account_email "$1")"; }

have_right() { # ACCOUNT, ROLE
  look gcloud projects get-iam-policy "$PROJECT" --flatten='bindings[].members' \
    --format='value(bindings.role,bindings.members)' | matching_line "$2"$'\t'"serviceAccount:$(account_email "$1")"
}

make_right() { # ACCOUNT, ROLE, CONDITION
  change_with_retries gcloud projects add-iam-policy-binding "$PROJECT" \
    --member="serviceAccount:$(account_email "$1")" --role="$2" --condition="$3"
}

drop_right() { # ACCOUNT, ROLE
  change gcloud projects remove-iam-policy-binding "$PROJECT" \
    --member="serviceAccount:$(account_email "$1")" --role="$2" --all
}

database_condition() { # limits a right to the ledger's database
  printf 'expression=resource.name=="projects/%s/databases/%s",title=only-the-ledger' "$PROJECT" "$DATABASE"
}

have_database() {
  look gcloud firestore databases list --format='value(name.basename())' | matching_line "$DATABASE"
}

make_database() {
  change gcloud firestore databases create --database="$DATABASE" --location="$REGION" --type=firestore-native
  remember DEPLOY_MADE_DATABASE "$PROJECT"
}

drop_database() { # all of it only if it was created here, and none of it if another relay uses it
  local others
  others=$(other_relays)
  if [[ -n $others ]]; then
    say "  Another relay of this project uses the same database: nothing in it is deleted."
  elif [[ -n $DRY_RUN || $(setting DEPLOY_MADE_DATABASE) == "$PROJECT" ]]; then
    change gcloud firestore databases delete --database="$DATABASE"
    forget DEPLOY_MADE_DATABASE
  elif [[ $LEDGER == firestore ]]; then
    say "  The database was not created here: only the ledger's records are deleted."
    change gcloud firestore bulk-delete --database="$DATABASE" --collection-ids="$COLLECTION"
  fi
}

have_expiry() {
  look gcloud firestore fields ttls list --database="$DATABASE" --collection-group="$COLLECTION" \
    --format='value(name.basename())' | matching_line "$TTL_FIELD"
}

make_expiry() {
  change gcloud firestore fields ttls update "$TTL_FIELD" --database="$DATABASE" \
    --collection-group="$COLLECTION" --enable-ttl --async
}

request_log_filter() { # the lines that would contain the URL, and so the key
  printf 'logName="projects/%s/logs/run.googleapis.com%%2Frequests" AND resource.labels.service_name="%s"' \
    "$PROJECT" "$NAME"
}

have_exclusion() {
  look gcloud logging sinks describe _Default --flatten='exclusions[]' --format='value(exclusions.name)' |
    matching_line "$NAME-requests"
}

make_exclusion() {
  change gcloud logging sinks update _Default \
    --add-exclusion="name=$NAME-requests,description=The URL holds a key,filter=$(request_log_filter)"
}

drop_exclusion() { change gcloud logging sinks update _Default --remove-exclusions="$NAME-requests"; }

have_repository() {
  look gcloud artifacts repositories list --location="$REGION" --format='value(name.basename(),labels.sms_relay)' |
    matching_line "$NAME"$'\t'"$NAME"
}

make_repository() {
  change gcloud artifacts repositories create "$NAME" --location="$REGION" --repository-format=docker \
    --description="Images of the function $NAME" --labels="$LABEL"
}

drop_repository() { change gcloud artifacts repositories delete "$NAME" --location="$REGION"; }

have_policy_of_repository() {
  look gcloud artifacts repositories list-cleanup-policies "$NAME" --location="$REGION" \
    --format='value(name)' | matching_line delete-old
}

make_policy_of_repository() {
  change gcloud artifacts repositories set-cleanup-policies "$NAME" --location="$REGION" \
    --policy="$REPOSITORY_POLICY" --no-dry-run
}
