# Shared by the scripts beside it: where things are, which versions, how progress is told. To be sourced, not run.
# shellcheck shell=bash
set -euo pipefail
# An error inside $(…) counts too, and any failure that says nothing itself is told with its place.
shopt -s inherit_errexit
trap 'printf "porchlight: %s, line %s: failed\n" "${BASH_SOURCE[0]##*/}" "$LINENO" >&2' ERR

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=${PORCHLIGHT_ROOT:-$(dirname "$SCRIPTS")}
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/porchlight
WASM=wasm32-unknown-unknown
export PORCHLIGHT_ROOT=$ROOT

# Where rustup puts cargo when the shell's profile was not read.
[[ -d $HOME/.cargo/bin ]] && PATH=$PATH:$HOME/.cargo/bin
# Tools of the right version come first: Debian's own wasm-opt is too old for today's compiler.
PATH=$ROOT/node_modules/.bin:$CACHE/bin:$PATH
export PATH

# A database named here would make dependencies check their queries against it while they compile.
unset DATABASE_URL

# One program uses the whole tree; frontend is left out on the host because it would switch the browser half
# of the shared crates on in the server's build.
# shellcheck disable=SC2034
HOST_CRATES=(--workspace --exclude frontend)

# Build machines keep short logs; a person wants to see that something happens.
QUIET=()
[[ -z ${CI:-} ]] || QUIET=(--quiet)

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() {
  printf 'porchlight: %s\n' "$*" >&2
  exit 1
}

# now: seconds with milliseconds, as an integer of milliseconds.
now() {
  local t=${EPOCHREALTIME/[.,]/}
  echo $((t / 1000))
}
# seconds MS: milliseconds as "12.3".
seconds() { printf '%d.%d' $(($1 / 1000)) $(($1 % 1000 / 100)); }

STEPS=()
# step NAME CMD…: runs a command under a heading, and remembers how long it took for `report`.
step() {
  local name=$1 start status=0
  shift
  say "$name"
  start=$(now)
  "$@" || status=$?
  STEPS+=("$(seconds $(($(now) - start)))|$name$([[ $status == 0 ]] || echo ' (failed)')")
  return $status
}
# report: prints the seconds of every step so far, and their total since the script began.
SCRIPT_START=$(now)
report() {
  local entry
  printf '\n%8s  %s\n' seconds step
  for entry in "${STEPS[@]}"; do printf '%8s  %s\n' "${entry%%|*}" "${entry#*|}"; done
  printf '%8s  %s\n' "$(seconds $(($(now) - SCRIPT_START)))" total
}

# locked_version CRATE: the version of a crate that Cargo.lock holds.
locked_version() {
  awk -v want="name = \"$1\"" '$0 == want { getline; gsub(/version = |"/, ""); print; exit }' "$ROOT/Cargo.lock"
}

# digest PATH…: one checksum over the names and contents of files and folders; missing ones count as absent.
digest() {
  (cd "$ROOT" && { find "$@" -type f -print0 2>/dev/null || true; } | sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1)
}

# free_port: a TCP port of the loopback address that nothing listens on at this moment.
free_port() {
  node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
