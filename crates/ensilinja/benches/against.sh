#!/usr/bin/env bash
# Measures this revision beside another one, in turn: crates/ensilinja/benches/against.sh REV [SECTION...]
# Builds REV in a worktree in target/against, where the build is kept for the next time, and removes the worktree.
set -euo pipefail

if (($# == 0)); then
    echo "usage: against.sh REV [SECTION...]: a revision of git, then sections of the bench; without sections, all" >&2
    exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

if ! revision=$(git rev-parse --verify --quiet "$1^{commit}"); then
    echo "against.sh: $1 is not a revision of this repository" >&2
    exit 2
fi
shift

kept=$PWD/${CARGO_TARGET_DIR:-target}/against/$revision
[[ ${CARGO_TARGET_DIR:-} == /* ]] && kept=$CARGO_TARGET_DIR/against/$revision

remove_worktree() {
    git worktree remove --force "$kept/source" 2>/dev/null || true
    rm -rf "$kept/source"
    git worktree prune
}

if [[ ! -x $kept/ensilinja || ! -f $kept/ensilinja.toml ]]; then
    mkdir -p "$kept"
    remove_worktree
    trap remove_worktree EXIT
    git worktree add --quiet --detach "$kept/source" "$revision"
    (cd "$kept/source" && CARGO_TARGET_DIR=$kept/build cargo build --release --locked -p ensilinja)
    cp "$kept/source/deploy/ensilinja.toml" "$kept/ensilinja.toml"
    # The last step: an interrupted run leaves no program that looks whole.
    mv "$kept/build/release/ensilinja" "$kept/ensilinja"
    rm -rf "$kept/build"
    remove_worktree
    trap - EXIT
fi

echo "against $revision"
export ENSILINJA_BENCH_AGAINST=$kept/ensilinja
export ENSILINJA_BENCH_AGAINST_CONFIG=$kept/ensilinja.toml
exec cargo bench -p ensilinja --bench product -- "$@"
