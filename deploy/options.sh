# shellcheck shell=bash disable=SC2034 # the other files read what is set here
# The command line, and the defaults.

COMMAND='' PROJECT='' REGION='' NAME='' LEDGER='' MAIL_TO='' HOURS=''
DRY_RUN='' YES='' ROTATION='' WITH_DATA=''
LABEL='' # of every resource that can have one

usage() {
  cat <<'END'
Deploy the function to Google Cloud, and manage it there.

  ./deploy.sh [OPTIONS]              deploy or update it; can be run again at any time
  ./deploy.sh url                    print its address, without the key
  ./deploy.sh logs                   print its latest log lines
  ./deploy.sh rotate-key             add a new API key beside the old one, and use it
  ./deploy.sh rotate-key --finish    remove the old one, 48 hours later
  ./deploy.sh rotate-key --compromised      remove the old one at once; says what may be lost
  ./deploy.sh destroy [--with-data]  remove what was created here; with --with-data the ledger's records too

Options, remembered in .env as DEPLOY_…:
  --project ID       the Google Cloud project [gcloud's own, or you are asked]
  --region NAME      where it runs [us-central1]
  --name NAME        what it is called [sms-relay]
  --ledger KIND      firestore, or memory: at most one instance, and a restart forgets [firestore]
  --alerts EMAIL     have Google mail you when something needs you
  --silence HOURS    … or when the phone has been silent for so long, 1 to 23 [6]

  --dry-run          print every command and run none; needs neither gcloud nor an account
  --yes              ask no questions

Examples:
  ./deploy.sh --dry-run
  ./deploy.sh --project my-sms-project --region europe-west1 --alerts me@example.org
END
}

read_options() {
  while (($# > 0)); do
    if [[ $1 == --*=* ]]; then set -- "${1%%=*}" "${1#*=}" "${@:2}"; fi
    case $1 in
      deploy | url | logs | rotate-key | destroy)
        [[ -z $COMMAND ]] || fail "$COMMAND or $1? Give one command." "./deploy.sh --help"
        COMMAND=$1
        ;;
      --dry-run) DRY_RUN=yes ;;
      --yes) YES=yes ;;
      --finish | --compromised)
        [[ -z $ROTATION ]] || fail "--$ROTATION or $1? Give one of them." "./deploy.sh --help"
        ROTATION=${1#--}
        ;;
      --with-data) WITH_DATA=yes ;;
      -h | --help) usage && exit ;;
      --project | --region | --name | --ledger | --alerts | --silence)
        (($# > 1)) || fail "$1 needs a value." "./deploy.sh --help shows one."
        read_value "$1" "$2"
        shift
        ;;
      *) fail "Unknown option or command: $1" "./deploy.sh --help lists them." ;;
    esac
    shift
  done
  COMMAND=${COMMAND:-deploy}
  [[ -z $ROTATION || $COMMAND == rotate-key ]] || fail "--$ROTATION belongs to rotate-key." "./deploy.sh --help"
  [[ -z $WITH_DATA || $COMMAND == destroy ]] || fail "--with-data belongs to destroy." "./deploy.sh --help"
}

read_value() { # OPTION, VALUE
  case $1 in
    --project) PROJECT=$2 ;;
    --region) REGION=$2 ;;
    --name) NAME=$2 ;;
    --ledger) LEDGER=$2 ;;
    --alerts) MAIL_TO=$2 ;;
    --silence) HOURS=$2 ;;
  esac
}

complete_options() { # what is not given is what was given last time, else the default
  read_settings
  PROJECT=${PROJECT:-$(setting DEPLOY_PROJECT)}
  REGION=${REGION:-$(setting DEPLOY_REGION)}
  NAME=${NAME:-$(setting DEPLOY_NAME)}
  LEDGER=${LEDGER:-$(setting DEPLOY_LEDGER)}
  MAIL_TO=${MAIL_TO:-$(setting DEPLOY_ALERTS)}
  HOURS=${HOURS:-$(setting DEPLOY_SILENCE)}
  NAME=${NAME:-sms-relay} LEDGER=${LEDGER:-firestore} HOURS=${HOURS:-6}
  [[ -n $PROJECT ]] || find_project
  [[ -n $REGION ]] || choose_region
  check_options
  check_region
  LABEL=sms_relay=$NAME
  export CLOUDSDK_CORE_PROJECT=$PROJECT CLOUDSDK_CORE_DISABLE_PROMPTS=1
}

check_region() { # another one would create a second function beside the one that the phone posts to
  local before
  before=$(setting DEPLOY_REGION)
  [[ -n $(setting DEPLOY_TESTED) && $REGION != "$before" ]] || return 0
  [[ "$PROJECT $NAME" != "$(setting DEPLOY_PROJECT) $(setting DEPLOY_NAME)" ]] || fail "$NAME is deployed in $before." \
    "Another region means a new function with a new address: ./deploy.sh destroy, then ./deploy.sh --region $REGION"
}

find_project() {
  if [[ -n $DRY_RUN ]]; then
    PROJECT=your-project
    return
  fi
  PROJECT=$(gcloud config get project 2>/dev/null) || true
  if is_interactive; then PROJECT=$(ask "The Google Cloud project's id" "$PROJECT"); fi
  [[ -n $PROJECT ]] || fail "Which Google Cloud project?" "Give --project ID."
}

choose_region() {
  REGION=us-central1
  if is_interactive; then REGION=$(ask "The region, one near you" "$REGION"); fi
}

check_options() {
  local project='^[a-z][a-z0-9-]{4,28}[a-z0-9]$' name='^[a-z][a-z0-9-]{2,22}[a-z0-9]$' region='^[a-z]+-[a-z]+[0-9]+$'
  [[ $PROJECT =~ $project ]] || fail "$PROJECT is not a valid project id." "gcloud projects list shows yours."
  [[ $NAME =~ $name ]] || fail "$NAME is not a valid name." "Use 4 to 24 lower-case letters, digits and hyphens."
  [[ $REGION =~ $region ]] || fail "$REGION is not a valid region." "gcloud functions regions list shows them."
  [[ $LEDGER == firestore || $LEDGER == memory ]] || fail "$LEDGER is not a ledger that can be deployed." \
    "Give --ledger firestore or --ledger memory."
  [[ -z $MAIL_TO || $MAIL_TO =~ ^[^@[:space:],]+@[^@[:space:],]+$ ]] || fail "$MAIL_TO is not an email address."
  [[ $HOURS =~ ^([1-9]|1[0-9]|2[0-3])$ ]] || fail "--silence $HOURS is not valid." "It takes 1 to 23 hours."
}
