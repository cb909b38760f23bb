# shellcheck shell=bash disable=SC2153 # options.sh sets NAME
# Removes everything that was created here; the ledger's records only with --with-data.

destroy() {
  prepare
  confirm "This removes the function $NAME from $PROJECT, with its secrets, accounts, images and alerts." "$NAME"
  undo "The function is removed" "Your account needs the role Owner." deployment
  local name names alerts
  alerts=$(has_monitoring)
  [[ -z $alerts ]] || destroy_alerts
  names=$(if [[ -n $DRY_RUN ]]; then secret_names; else all_secrets; fi)
  for name in $names; do
    undo "The secret for $name is removed" "Your account needs the role Owner." secret "$name"
  done
  undo "The images are removed" "Your account needs the role Owner." repository
  destroy_accounts
  undo "The request log is kept again" "Your account needs the role Owner." exclusion
  if [[ -n $WITH_DATA ]]; then undo "The ledger's records are removed" "Your account needs the role Owner." database; fi
  forget DEPLOY_TESTED
  say "" "Removed. Google's services stay enabled; they cost nothing." \
    "The phone still posts. To stop it: $PYTHON -m relay unregister"
  [[ -n $WITH_DATA ]] || say "The database stays; destroy --with-data removes it."
}

has_monitoring() { # whether there can be alerts: without the service they cannot be listed
  if [[ -n $DRY_RUN ]]; then say yes; else have_services monitoring.googleapis.com; fi
}

destroy_alerts() {
  undo "The alert policies are removed" "Your account needs the role Owner." policies
  undo "The metric of log lines that need you is removed" "Your account needs the role Owner." metric alerts
  undo "The metric of requests is removed" "Your account needs the role Owner." metric requests
  undo "The address for alerts is removed" "Your account needs the role Owner." channels
}

destroy_accounts() {
  undo "The function may no longer use the database" "Your account needs the role Owner." right "$NAME-run" "$LEDGER_USER"
  undo "The build account may no longer build" "Your account needs the role Owner." right "$NAME-build" "$BUILDER"
  undo "The function's account is removed" "Your account needs the role Owner." account "$NAME-run"
  undo "The build account is removed" "Your account needs the role Owner." account "$NAME-build"
}
