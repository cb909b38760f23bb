# shellcheck shell=bash disable=SC2034 # the other parts read what is set here
# What is said on the command line, and what is taken where nothing is said.

COMMAND='' PROJECT='' REGION='' NAME='' LEDGER='' MAIL_TO='' HOURS=''
DRY_RUN='' YES='' ROTATION='' WITH_DATA=''
LABEL='' # on everything that can carry one

usage() {
  cat <<'END'
Put the function on Google Cloud, and look after it there.

  ./deploy.sh [OPTIONS]              deploy it, or bring it up to date; may be run at any time
  ./deploy.sh url                    print its address, without the key
  ./deploy.sh logs                   print its newest log lines
  ./deploy.sh rotate-key             make a new API key beside the old one, and use it
  ./deploy.sh rotate-key --finish    end the old one, 48 hours later
  ./deploy.sh rotate-key --compromised      end the old one at once; says what may be lost
  ./deploy.sh destroy [--with-data]  remove what was made here; the ledger's records only if you say so

Options, remembered in .env as DEPLOY_…:
  --project ID       the Google Cloud project (else gcloud's own, else you are asked)
  --region NAME      where it runs [us-central1]
  --name NAME        what it is called [sms-relay]
  --ledger KIND      firestore, or memory: one instance at most, and a restart forgets [firestore]
  --alerts EMAIL     have Google write to you when something needs you
  --silence HOURS    … or when the phone has been silent for so long, 1 to 23 [6]

  --dry-run          print every command, run none; needs neither gcloud nor an account
  --yes              ask nothing

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
        [[ -z $COMMAND ]] || fail "$COMMAND, or $1? One command at a time." "./deploy.sh --help"
        COMMAND=$1
        ;;
      --dry-run) DRY_RUN=yes ;;
      --yes) YES=yes ;;
      --finish | --compromised)
        [[ -z $ROTATION ]] || fail "--$ROTATION, or $1? One at a time." "./deploy.sh --help"
        ROTATION=${1#--}
        ;;
      --with-data) WITH_DATA=yes ;;
      -h | --help) usage && exit ;;
      --project | --region | --name | --ledger | --alerts | --silence)
        (($# > 1)) || fail "$1 needs a value." "./deploy.sh --help shows one."
        read_value "$1" "$2"
        shift
        ;;
      *) fail "What is $1?" "./deploy.sh --help lists what there is." ;;
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

settle_options() { # what was not said is what was said last time, else the default
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

check_region() { # in another one, a second function would be made beside the one that the phone posts to
  local before
  before=$(setting DEPLOY_REGION)
  [[ -n $(setting DEPLOY_TESTED) && $REGION != "$before" ]] || return 0
  [[ "$PROJECT $NAME" != "$(setting DEPLOY_PROJECT) $(setting DEPLOY_NAME)" ]] || fail "$NAME is deployed in $before." \
    "Another region begins anew, at another address: ./deploy.sh destroy, then ./deploy.sh --region $REGION"
}

find_project() {
  if [[ -n $DRY_RUN ]]; then
    PROJECT=your-project
    return
  fi
  PROJECT=$(gcloud config get project 2>/dev/null) || true
  if interactive; then PROJECT=$(ask "The Google Cloud project's id" "$PROJECT"); fi
  [[ -n $PROJECT ]] || fail "Which Google Cloud project?" "Say --project ID."
}

choose_region() {
  REGION=us-central1
  if interactive; then REGION=$(ask "The region, one near you" "$REGION"); fi
}

check_options() {
  local project='^[a-z][a-z0-9-]{4,28}[a-z0-9]$' name='^[a-z][a-z0-9-]{2,22}[a-z0-9]$' region='^[a-z]+-[a-z]+[0-9]+$'
  [[ $PROJECT =~ $project ]] || fail "$PROJECT is not the id of a project." "gcloud projects list shows yours."
  [[ $NAME =~ $name ]] || fail "$NAME cannot be the name." "Use 4 to 24 small letters, digits and hyphens."
  [[ $REGION =~ $region ]] || fail "$REGION is not a region." "gcloud functions regions list shows them."
  [[ $LEDGER == firestore || $LEDGER == memory ]] || fail "There is no ledger called $LEDGER here." \
    "Say --ledger firestore, or --ledger memory."
  [[ -z $MAIL_TO || $MAIL_TO =~ ^[^@[:space:],]+@[^@[:space:],]+$ ]] || fail "$MAIL_TO is no address of mail."
  [[ $HOURS =~ ^([1-9]|1[0-9]|2[0-3])$ ]] || fail "--silence $HOURS does not work." "It takes 1 to 23 hours."
}
