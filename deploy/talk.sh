# shellcheck shell=bash
# What the operator sees: steps, commands, questions, failures.

readonly PLAIN='^[A-Za-z0-9_./:@,=+%~-]+$' # needs no quotes

STEP=
HINT=
COUNT=0

say() { printf '%s\n' "$@"; }

fail() { # PROBLEM, WHAT TO DO…: stop
  STEP=
  printf '\n✗ %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '  %s\n' "$@" >&2
  exit 1
}

report_stop() { # at exit: remove the temporary files, and say what to do about a failure
  local status=$?
  rm -rf "$WORK"
  [[ $status -ne 0 && -n $STEP ]] || return 0
  printf '\n✗ Stopped at: %s\n  %s\n' "$STEP" "$HINT" >&2
  printf '  Then run the same command again: what is already done is skipped.\n' >&2
}

begin() { # TITLE, WHAT TO DO IF IT FAILS
  STEP=$1 HINT=$2 COUNT=$((COUNT + 1))
  [[ -z $DRY_RUN ]] || printf '\n%d. %s\n   If it fails: %s\n' "$COUNT" "$STEP" "$HINT"
}

end() { # REMARK
  [[ -n $DRY_RUN ]] || printf '✓ %s%s\n' "$STEP" "${1:+: $1}"
  STEP=
}

act() { # TITLE, WHAT TO DO IF IT FAILS, COMMAND…: run it every time
  begin "$1" "$2"
  shift 2
  "$@"
  end
}

step() { # TITLE, WHAT TO DO IF IT FAILS, RESOURCE, ARGUMENTS…: create the resource unless it exists
  local resource=$3 found
  begin "$1" "$2"
  shift 3
  found=$(set -e && find_existing "$resource" "$@")
  if [[ -n $found ]]; then
    end "already done"
  else
    "make_$resource" "$@"
    end
  fi
}

undo() { # TITLE, WHAT TO DO IF IT FAILS, RESOURCE, ARGUMENTS…: remove the resource if it exists
  local resource=$3 found
  begin "$1" "$2"
  shift 3
  found=$(set -e && find_existing "$resource" "$@")
  if [[ -n $found || -n $DRY_RUN ]]; then
    "drop_$resource" "$@"
    end
  else
    end "nothing to remove"
  fi
}

find_existing() { # RESOURCE, ARGUMENTS…: print it if it exists; a dry run does not look
  local resource=$1
  shift
  [[ -n $DRY_RUN ]] || "have_$resource" "$@"
}

look() { # a command that reads; never run in a dry run
  "$@" 2>"$WORK/output" || show_error
}

change() { # a command that changes something: shown in a dry run, else run, without output unless it fails
  if [[ -n $DRY_RUN ]]; then
    show "$@"
  else
    run_quietly "$@" || show_error
  fi
}

change_visibly() { # the same, with output, for what takes minutes
  if [[ -n $DRY_RUN ]]; then show "$@"; else "$@"; fi
}

change_with_retries() { # the same, for a minute, because a new resource may not be known everywhere at Google yet
  local try
  for try in 1 2 3 4 5 6; do
    [[ -z $DRY_RUN ]] || break
    if run_quietly "$@"; then return; fi
    sleep "${DEPLOY_PAUSE:-$((try * 4))}"
  done
  change "$@"
}

leave_to_user() { # COMMAND: shown in a dry run; otherwise stop and ask for it
  if [[ -n $DRY_RUN ]]; then show "$@"; else fail "Not done: $STEP" "$HINT" "  $*"; fi
}

run_quietly() { "$@" >"$WORK/output" 2>&1; }

show_error() {
  cat "$WORK/output" >&2
  return 1
}

show() { # COMMAND…: as one would type it, wrapped
  local word command=$* line='' width=0
  for word in "$@"; do
    word=$(quote_word "$word")
    if ((${#command} > 100 && width > 0)) && [[ $word == --* || $((width + ${#word})) -gt 90 ]]; then
      line+=$' \\\n        ' width=4
    fi
    line+=" $word" width=$((width + ${#word} + 1))
  done
  printf '    %s\n' "$line"
}

quote_word() { # WORD: quoted for a shell; of a flag only its value
  local flag=''
  if [[ $1 == --*=* ]]; then flag=${1%%=*}=; fi
  if [[ ${1#"$flag"} =~ $PLAIN ]]; then
    printf '%s' "$1"
  else
    printf "%s'%s'" "$flag" "$(printf '%s' "${1#"$flag"}" | sed "s/'/'\\\\''/g")"
  fi
}

note() { # in a dry run: describe what else happens here
  [[ -z $DRY_RUN ]] || printf '     # %s\n' "$@"
}

is_interactive() { [[ -t 0 && -z $YES && -z $DRY_RUN ]]; }

ask() { # QUESTION, DEFAULT: print one line of answer
  local answer
  read -r -p "$1${2:+ [$2]}: " answer || no_answer
  printf '%s' "${answer:-${2:-}}"
}

ask_secretly() { # QUESTION: print one line of answer, which is not shown while it is typed
  local answer
  read -rs -p "$1: " answer || no_answer
  printf '\n' >&2
  printf '%s' "$answer"
}

no_answer() { fail "There was no answer." "Run it again; earlier answers are kept."; } # Ctrl-D

confirm() { # WHAT WILL HAPPEN, WORD: continue only if the word is typed
  [[ -z $YES && -z $DRY_RUN ]] || return 0
  is_interactive || fail "This needs a confirmation." "Run it on a terminal, or with --yes."
  say "$1"
  [[ $(ask "Type $2 to continue") == "$2" ]] || fail "Nothing was changed."
}
