# shellcheck shell=bash disable=SC2153 # options.sh sets NAME
# Everything that was made here is removed again, the ledger's records only if that is said.

destroy() {
  ready_for_changes
  confirm "This removes the function $NAME from $PROJECT, with its secrets, accounts, images and alerts." "$NAME"
  undo "The function is gone" "Your own account needs the role Owner." deployment
  local name names
  names=$(monitoring)
  [[ -z $names ]] || destroy_alerts
  names=$(if [[ -n $DRY_RUN ]]; then secret_names; else all_secrets; fi)
  for name in $names; do
    undo "The secret for $name is gone" "Your own account needs the role Owner." secret "$name"
  done
  undo "The images are gone" "Your own account needs the role Owner." repository
  destroy_accounts
  undo "The request log is kept again" "Your own account needs the role Owner." exclusion
  if [[ -n $WITH_DATA ]]; then undo "The ledger's records are gone" "Your own account needs the role Owner." database; fi
  forget DEPLOY_TESTED
  say "" "Gone. Google's services stay switched on; they cost nothing." \
    "The phone still posts: $PYTHON -m relay unregister"
  [[ -n $WITH_DATA ]] || say "The database stays; destroy --with-data removes it."
}

monitoring() { # whether there can be alerts: without its service nothing of them can be asked for
  if [[ -n $DRY_RUN ]]; then say yes; else have_services monitoring.googleapis.com; fi
}

destroy_alerts() {
  undo "The alert policies are gone" "Your own account needs the role Owner." policies
  undo "The metric of what needs you is gone" "Your own account needs the role Owner." metric alerts
  undo "The metric of requests is gone" "Your own account needs the role Owner." metric requests
  undo "The address for alerts is gone" "Your own account needs the role Owner." channels
}

destroy_accounts() {
  undo "The function may no longer use the database" "Your own account needs the role Owner." right "$NAME-run" "$LEDGER_USER"
  undo "The building account may no longer build" "Your own account needs the role Owner." right "$NAME-build" "$BUILDER"
  undo "The function's account is gone" "Your own account needs the role Owner." account "$NAME-run"
  undo "The building account is gone" "Your own account needs the role Owner." account "$NAME-build"
}
