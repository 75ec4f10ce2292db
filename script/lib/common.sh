# What the scripts share: where the project is, how they speak, how a step is run quietly. Sourced, never run.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' RED='' GREEN='' PLAIN=''
fi

say() {
    printf '%s\n' "$*"
}

heading() {
    printf '\n%s== %s%s\n' "$BOLD" "$*" "$PLAIN"
}

# die SENTENCE...: says what is wrong and what to do, and ends with 1.
die() {
    printf '%s%s:%s %s\n' "$RED" "$(basename "$0")" "$PLAIN" "$*" >&2
    exit 1
}

# usage_of FILE: the comment at the top of a script is its help.
usage_of() {
    sed -n '2,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$1"
}

# quietly LABEL COMMAND...: one line with the seconds it took; on failure the end of what the command said.
quietly() {
    local label=$1 log started=$SECONDS
    shift
    log=$(mktemp)
    printf '%-44s ' "$label"
    if "$@" >"$log" 2>&1; then
        printf '%sok%s (%d s)\n' "$GREEN" "$PLAIN" $((SECONDS - started))
        rm -f "$log"
        return 0
    fi
    printf '%sfailed%s (%d s)\n' "$RED" "$PLAIN" $((SECONDS - started))
    tail -n 60 "$log" | sed 's/^/    /'
    rm -f "$log"
    return 1
}
