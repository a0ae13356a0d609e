#!/usr/bin/env bash
# The files of the image, made from a Debian package and run as a container runs them: another root, which cannot be
# written to, an unprivileged user, and no capabilities.
#
#     tests/package/image.sh ensilinja_0.2.0_amd64.deb FOLDER BROKERS PORT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

package=$1
root=$2/image
brokers=$3
export ENSILINJA_LISTEN=127.0.0.1:$4

fail() { echo "$*" >&2; exit 1; }

# in_image WORD...
in_image() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child bash -c '
        mount --make-rprivate /
        mount --bind "$0" "$0"
        mount -o remount,bind,ro "$0"
        mount -t proc proc "$0/proc"
        exec setpriv --bounding-set=-all,+setuid,+setgid,+sys_chroot --inh-caps=-all --no-new-privs \
            chroot --userspec=10001:10001 --groups=10001 "$0" "$@"' "$root" "$@"
}

# words INSTRUCTION: what the Dockerfile says in JSON after the last such instruction, one word a line.
words() { sed -n "s/^\(HEALTHCHECK .*\)\?$1 \(\[.*\]\)$/\2/p" deploy/Dockerfile | tail -n 1 | jq --raw-output '.[]'; }

deploy/image/rootfs.sh "$package" "$root"
# A runtime makes it.
mkdir "$root/proc"
programs=$(find "$root" -type f -perm /111 -not -path '*/usr/lib*' -printf '%P\n')
[[ $programs == usr/bin/ensilinja ]] || fail "there are other programs than ours: $programs"
[[ -s $root/etc/ssl/certs/ca-certificates.crt ]] || fail "there are no certificate authorities"
grep -q '^Version: ' "$root/var/lib/dpkg/status.d/libc6" || fail "a scanner does not find the version of the C library"
find "$root" -printf '%s\n' | awk '{ all += $1 } END { printf "the image has %.1f MB\n", all / 1e6 }'

mapfile -t entrypoint < <(words ENTRYPOINT)
mapfile -t healthcheck < <(words CMD)
[[ ${healthcheck[1]} == health ]] || fail "the Dockerfile has no healthcheck: ${healthcheck[*]}"
! in_image "${healthcheck[@]}" 2>/dev/null || fail "the healthcheck passes without a process"
in_image "${entrypoint[@]}" run --config /etc/ensilinja/ensilinja.toml --brokers "$brokers" >"$2/image.log" 2>&1 &
container=$!
# The process that unshare has started: that of another user does not end with it.
stop() {
    local unshare
    unshare=$(pgrep --parent "$container" --exact unshare || echo "$container")
    pkill -KILL --parent "$unshare" || true
    wait "$container" 2>/dev/null || true
}
trap stop EXIT
ready=
for _ in {1..120}; do
    if in_image "${healthcheck[@]}" --ready >/dev/null 2>&1; then
        ready=yes
        break
    fi
    sleep 0.5
done
[[ -n $ready ]] || { cat "$2/image.log"; fail "its figures did not become complete"; }
in_image "${healthcheck[@]}"
# The names of brokers are resolved without a resolver of the system.
cp /etc/hosts "$root/etc/hosts"
in_image "${entrypoint[@]}" check --quiet --config /etc/ensilinja/ensilinja.toml --brokers "localhost:${brokers##*:}" \
    >"$2/check" 2>&1 || [[ $? == 3 ]] || { cat "$2/check"; fail "check cannot run"; }
grep -q 'localhost' "$2/check" && ! grep -qi 'resolve' "$2/check" || { cat "$2/check"; fail "localhost is not resolved"; }
