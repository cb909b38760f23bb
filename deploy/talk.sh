# shellcheck shell=bash
# What the person sees: steps, commands, questions, failures.

readonly PLAIN='^[A-Za-z0-9_./:@,=+%~-]+$' # needs no quotes

STEP=
HINT=
COUNT=0

say() { printf '%s\n' "$@"; }

fail() { # WHAT IS WRONG, WHAT TO DO…: stop
  STEP=
  printf '\n✗ %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '  %s\n' "$@" >&2
  exit 1
}

stopped() { # on the way out: remove what was unpacked, and say what to do about a failure
  local status=$?
  rm -rf "$WORK"
  [[ $status -ne 0 && -n $STEP ]] || return 0
  printf '\n✗ Stopped at: %s\n  %s\n' "$STEP" "$HINT" >&2
  printf '  Then run the same command again: what is done already is skipped.\n' >&2
}

begin() { # TITLE, WHAT TO DO IF IT FAILS
  STEP=$1 HINT=$2 COUNT=$((COUNT + 1))
  [[ -z $DRY_RUN ]] || printf '\n%d. %s\n   If it fails: %s\n' "$COUNT" "$STEP" "$HINT"
}

end() { # HOW IT ENDED
  [[ -n $DRY_RUN ]] || printf '✓ %s%s\n' "$STEP" "${1:+: $1}"
  STEP=
}

act() { # TITLE, WHAT TO DO IF IT FAILS, COMMAND…: done each time
  begin "$1" "$2"
  shift 2
  "$@"
  end
}

step() { # TITLE, WHAT TO DO IF IT FAILS, NOUN, ARGUMENTS…: make sure that a thing is there
  local noun=$3 found
  begin "$1" "$2"
  shift 3
  found=$(set -e && looked_for "$noun" "$@")
  if [[ -n $found ]]; then
    end "already so"
  else
    "make_$noun" "$@"
    end
  fi
}

undo() { # TITLE, WHAT TO DO IF IT FAILS, NOUN, ARGUMENTS…: make sure that a thing is not there
  local noun=$3 found
  begin "$1" "$2"
  shift 3
  found=$(set -e && looked_for "$noun" "$@")
  if [[ -n $found || -n $DRY_RUN ]]; then
    "drop_$noun" "$@"
    end
  else
    end "nothing there"
  fi
}

looked_for() { # NOUN, ARGUMENTS…: what there is; in a dry run nobody looks
  local noun=$1
  shift
  [[ -n $DRY_RUN ]] || "have_$noun" "$@"
}

look() { # a command that reads; never run in a dry run
  "$@" 2>"$WORK/said" || complain
}

change() { # a command that changes something: shown in a dry run, else run, and quiet unless it fails
  if [[ -n $DRY_RUN ]]; then
    show "$@"
  else
    quietly "$@" || complain
  fi
}

change_aloud() { # the same for what takes minutes: its progress is worth seeing
  if [[ -n $DRY_RUN ]]; then show "$@"; else "$@"; fi
}

change_patiently() { # the same for what Google may not know everywhere yet: tried again for a minute
  local try
  for try in 1 2 3 4 5 6; do
    [[ -z $DRY_RUN ]] || break
    if quietly "$@"; then return; fi
    sleep "${DEPLOY_PAUSE:-$((try * 4))}"
  done
  change "$@"
}

is_yours_to_do() { # COMMAND: shown in a dry run, else the end
  if [[ -n $DRY_RUN ]]; then show "$@"; else fail "Not so: $STEP" "$HINT" "  $*"; fi
}

quietly() { "$@" >"$WORK/said" 2>&1; }

complain() {
  cat "$WORK/said" >&2
  return 1
}

show() { # COMMAND…: as a person would type it, in lines that fit
  local word whole=$* line='' width=0
  for word in "$@"; do
    word=$(quoted "$word")
    if ((${#whole} > 100 && width > 0)) && [[ $word == --* || $((width + ${#word})) -gt 90 ]]; then
      line+=$' \\\n        ' width=4
    fi
    line+=" $word" width=$((width + ${#word} + 1))
  done
  printf '    %s\n' "$line"
}

quoted() { # WORD: so that a shell reads it as one; of a flag, its value
  local flag=''
  if [[ $1 == --*=* ]]; then flag=${1%%=*}=; fi
  if [[ ${1#"$flag"} =~ $PLAIN ]]; then
    printf '%s' "$1"
  else
    printf "%s'%s'" "$flag" "$(printf '%s' "${1#"$flag"}" | sed "s/'/'\\\\''/g")"
  fi
}

note() { # in a dry run: what else happens here
  [[ -z $DRY_RUN ]] || printf '     # %s\n' "$@"
}

interactive() { [[ -t 0 && -z $YES && -z $DRY_RUN ]]; }

ask() { # QUESTION, DEFAULT: one line of answer
  local answer
  read -r -p "$1${2:+ [$2]}: " answer || no_answer
  printf '%s' "${answer:-${2:-}}"
}

ask_secretly() { # QUESTION: one line of answer that is not shown
  local answer
  read -rs -p "$1: " answer || no_answer
  printf '\n' >&2
  printf '%s' "$answer"
}

no_answer() { fail "That was no answer." "Run it again; what was answered before is kept."; } # by Ctrl-D

confirm() { # WHAT WILL HAPPEN, WORD: go on only if the word is typed
  [[ -z $YES && -z $DRY_RUN ]] || return 0
  interactive || fail "This needs a yes." "Run it on a terminal, or with --yes."
  say "$1"
  [[ $(ask "Type $2 to go on") == "$2" ]] || fail "Nothing was changed."
}
