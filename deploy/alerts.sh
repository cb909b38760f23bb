# shellcheck shell=bash
# Mail from Google when the function needs its operator: two metrics of log lines, and a policy for each.

CHANNEL=

alerts() {
  step "Monitoring is enabled" "Your account needs the role Owner." services monitoring.googleapis.com
  step "Alerts go to $MAIL_TO" "Is this your address?" channel "$MAIL_TO"
  CHANNEL=projects/$PROJECT/notificationChannels/ITS-ID
  [[ -n $DRY_RUN ]] || CHANNEL=$(have_channel "$MAIL_TO")
  step "A metric counts the log lines that need you" "Your account needs the role Owner." metric alerts
  step "A metric counts the phone's requests" "Your account needs the role Owner." metric requests
  step "You get a mail when something needs you" "A new metric takes up to ten minutes to appear: wait." policy trouble
  step "You get a mail after $HOURS hours of silence" "A new metric takes up to ten minutes to appear: wait." policy silence
  remember DEPLOY_ALERTS "$MAIL_TO"
  remember DEPLOY_SILENCE "$HOURS"
}

channels() { # name, address and function of each
  look gcloud beta monitoring channels list --format='value(name,labels.email_address,userLabels.sms_relay)'
}

have_channel() { # EMAIL
  channels | awk -F '\t' -v email="$1" -v name="$NAME" '$2 == email && $3 == name { print $1; exit }'
}

make_channel() {
  change gcloud beta monitoring channels create --type=email --display-name="$NAME" \
    --channel-labels="email_address=$1" --user-labels="$LABEL"
}

have_channels() { channels | awk -F '\t' -v name="$NAME" '$3 == name { print $1 }'; }

drop_channels() { change_each have_channels gcloud beta monitoring channels delete; }

have_metric() { look gcloud logging metrics list --format='value(name)' | matching_line "$NAME-$1"; }

make_metric() { change gcloud logging metrics create "$NAME-$1" --config-from-file="$(fill_template "metric-$1")"; }

drop_metric() { change gcloud logging metrics delete "$NAME-$1"; }

policies() { # name, function, kind and fingerprint of each
  look gcloud alpha monitoring policies list \
    --format='value(name,userLabels.sms_relay,userLabels.kind,userLabels.content)'
}

have_policy() { # KIND: only with exactly this content
  policies | awk -F '\t' -v name="$NAME" -v kind="$1" -v content="$(fingerprint_of_policy "$1")" \
    '$2 == name && $3 == kind && $4 == content { print $1 }'
}

make_policy() { # KIND
  local old=
  [[ -n $DRY_RUN ]] || old=$(policies | awk -F '\t' -v name="$NAME" -v kind="$1" '$2 == name && $3 == kind { print $1 }')
  if [[ -n $old ]]; then
    change gcloud alpha monitoring policies update "$old" --policy-from-file="$(fill_template "policy-$1")"
  else
    change_with_retries gcloud alpha monitoring policies create --policy-from-file="$(fill_template "policy-$1")"
  fi
}

have_policies() { policies | awk -F '\t' -v name="$NAME" '$2 == name { print $1 }'; }

drop_policies() { change_each have_policies gcloud alpha monitoring policies delete; }

change_each() { # LIST, COMMAND…: run the command on each
  local list=$1 item
  shift
  for item in $(if [[ -n $DRY_RUN ]]; then printf 'EACH'; else "$list"; fi); do change "$@" "$item"; done
}

fill_template() { # TEMPLATE: prints the name of a file with this function's values
  local template=deploy/alerts/$1.json
  if [[ -n $DRY_RUN ]]; then
    printf '%s' "$template"
  else
    fill_placeholders "$template" "$(fingerprint_of_policy "${1#*-}")" >"$WORK/$1.json"
    printf '%s' "$WORK/$1.json"
  fi
}

fill_placeholders() { # FILE, CONTENT'S FINGERPRINT
  sed -e "s|@NAME@|$NAME|g" -e "s|@CHANNEL@|$CHANNEL|g" -e "s|@HOURS@|$HOURS|g" \
    -e "s|@SECONDS@|$((HOURS * 3600))|g" -e "s|@CONTENT@|$2|g" "$1"
}

fingerprint_of_policy() { # KIND
  local file=deploy/alerts/policy-$1.json
  [[ ! -e $file ]] || fill_placeholders "$file" '' | digest | cut -c 1-40
}
