#!/usr/bin/env bash
# The Debian package, from its making to its purge, on this machine's own systemd and a real Kafka; and the image:
#
#     tests/package/packages.sh target/release/ensilinja
#
# Needs root and what .ci/run installs (lintian, dpkg-dev, Java, Maven). Nothing is installed on this machine itself:
# machine.sh boots a copy-on-write view of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

binary=$(realpath "$1")
# On the root file system, where the machine sees it.
folder=$(mktemp -d /var/tmp/ensilinja-package.XXXXXX)
. tests/package/kafka.sh

finish() {
    local status=$?
    [[ ! -f $folder/pid ]] || kill -KILL "$(<"$folder/pid")" 2>/dev/null || true
    stop_kafka
    ((status == 0)) || echo "the package or the image is not as it should be, see above"
    # Empty once all inside have ended.
    find /sys/fs/cgroup -depth -type d -path '*/ensilinja-package*' -exec rmdir {} + 2>/dev/null || true
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT

fail() { echo "$*" >&2; exit 1; }
same() { [[ $1 == "$2" ]] || fail "$3: $1, not $2"; }
inside() { nsenter --all --target "$(<"$folder/pid")" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
state() { inside systemctl show --property "$1" --value ensilinja.service; }
journal() { inside journalctl --quiet --unit ensilinja --output cat --no-pager; }

# until_so SECONDS COMMAND...
until_so() {
    local end=$((SECONDS + $1))
    until "${@:2}" >/dev/null 2>&1; do
        if ((SECONDS > end)); then
            journal | tail -n 20
            fail "not within $1 s: ${*:2}"
        fi
        sleep 0.3
    done
}

make_packages() {
    DEB_COMPRESSION=gzip deploy/debian/build.sh "$binary" "$folder/first" >/dev/null
    package=$(echo "$folder"/first/ensilinja_*.deb)
    lintian --fail-on error,warning --allow-root --tag-display-limit 0 "$package"
    # The next version: the same but for its number, and another sample.
    next=$folder/next.deb
    dpkg-deb --raw-extract "$package" "$folder/raw"
    sed -i 's/^Version: .*/&+1/' "$folder/raw/DEBIAN/control"
    echo '# A comment that is new in this version.' >>"$folder/raw/etc/ensilinja/ensilinja.toml"
    dpkg-deb --root-owner-group -Zgzip -z1 --build "$folder/raw" "$next" >/dev/null
    version=$(dpkg-deb --field "$package" Version)
}

# The same bytes from another folder, on another day, with another umask, language and time zone.
elsewhere() { (umask 077 && cd "$folder/elsewhere" && PATH=$folder/undated:$PATH LC_ALL=C TZ=Asia/Tokyo "$@"); }

# Rust's own programs hang under faketime, because of their allocator.
undated() {
    mkdir "$folder/undated"
    for program in cargo rustc; do
        printf '#!/bin/sh\nunset LD_PRELOAD\nexec "%s" "$@"\n' "$(command -v "$program")" >"$folder/undated/$program"
        chmod 755 "$folder/undated/$program"
    done
}

it_is_made_the_same_again() {
    local made
    undated
    mkdir "$folder/elsewhere"
    git ls-files -z | tar --create --null --files-from - | tar --extract --touch --directory "$folder/elsewhere"
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) DEB_COMPRESSION=gzip \
        elsewhere faketime -f +400d deploy/debian/build.sh "$binary" "$folder/second" >/dev/null
    for made in "$folder"/first/*.deb; do
        cmp "$made" "$folder/second/${made##*/}" || fail "${made##*/} differs when it is made again"
    done
    deploy/image/rootfs.sh "$package" "$folder/root-first"
    elsewhere deploy/image/rootfs.sh "$package" "$folder/root-second"
    same "$(archive "$folder/root-second")" "$(archive "$folder/root-first")" "the image, made again"
}

archive() { tar --create --sort=name --directory "$1" . | sha256sum | cut -d ' ' -f 1; }

# A scanner finds the crates in the program, and the page of notices has the C libraries.
contents_are_whole() {
    local documents=$folder/raw/usr/share/doc/ensilinja list
    objcopy --dump-section .dep-v0="$folder/crates" "$folder/raw/usr/bin/ensilinja" "$folder/unchanged"
    list=$(python3 -c 'import sys, zlib; print(zlib.decompress(open(sys.argv[1], "rb").read()).decode())' "$folder/crates")
    grep -q '"name":"rdkafka-sys"' <<<"$list" || fail "the program has no list of its crates"
    local name
    for name in librdkafka openssl zstd zlib lz4; do
        zgrep -qi "^$name [0-9]" "$documents/third-party-notices.txt.gz" || fail "no licence text of $name"
        zgrep -q "\"cpe:2.3:a:[^\"]*:${name/zstd/zstandard}:[0-9]" "$documents/ensilinja.cdx.json.gz" \
            || fail "the bill of materials lacks $name"
    done
    [[ $(find "$folder/raw/usr/share/man/man1" -name 'ensilinja*.1.gz' | wc -l) -gt 10 ]] || fail "manual pages are missing"
}

the_sandbox_is_tight() {
    systemd-analyze verify --man=no "$folder/raw/lib/systemd/system/ensilinja.service" 2>&1 \
        | grep -v 'is not executable' >"$folder/verify" || true
    [[ ! -s $folder/verify ]] || { cat "$folder/verify"; fail "systemd-analyze verify has complaints"; }
    systemd-analyze security --offline=true --threshold=20 deploy/debian/ensilinja.service | tail -n 1
}

the_county_calls() {
    local from to
    # In the county's time. The broker refuses records that are dated ahead.
    from=$(TZ=Europe/Helsinki date --date '2 days ago' +%F) to=$(TZ=Europe/Helsinki date +%FT%H:%M)
    "$binary" simulate --brokers "$kafka" --from "$from" --to "$to" --quiet 2>"$folder/simulate.log" \
        || { cat "$folder/simulate.log"; fail "no events"; }
}

# It is installed and not started; it is started when it is configured, with a password that only root can read.
install_and_start() {
    inside dpkg --install "$package" >"$folder/dpkg.log" 2>&1 || { cat "$folder/dpkg.log"; fail "not installed"; }
    same "$(state ActiveState) $(state UnitFileState)" "inactive disabled" "after a first installation"
    inside getent passwd ensilinja | grep -q nologin || fail "the user is missing"
    port=$(free_port)
    configure 9464 "$port"
    inside install -D -m 644 -t /etc/systemd/system/ensilinja.service.d \
        /usr/share/doc/ensilinja/examples/credentials.conf /usr/share/doc/ensilinja/examples/check-first.conf
    # Without its secret it is not started, and systemd says why.
    inside systemctl daemon-reload
    ! inside systemctl start ensilinja 2>/dev/null || fail "it starts without its credential"
    inside systemctl stop ensilinja
    inside sh -c "umask 077 && echo '$kafka_password' >/etc/ensilinja/credentials/kafka-password"
    inside systemctl enable --now --quiet ensilinja || { journal; fail "not started"; }
    until_so 60 inside ensilinja health --config /etc/ensilinja/ensilinja.toml --ready
    curl --silent --fail "http://127.0.0.1:$port/metrics" >"$folder/metrics"
    grep -q '^ensilinja_window_contacts_offered{.*} [1-9]' "$folder/metrics" || fail "no figures"
    grep -q '^process_start_time_seconds [1-9]' "$folder/metrics" || fail "the sandbox hides the process's own metrics"
    ! journal | grep -qE "$kafka_password|secret_readable|open files too low" || { journal; fail "see its journal"; }
}

# configure OLD_PORT NEW_PORT: what an administrator writes.
configure() {
    inside sed -i -e "s/^listen = .*:$1\"/listen = \"127.0.0.1:$2\"/" -e "s/^brokers = .*/brokers = \"$kafka_with_password\"/" \
        -e '/^\[kafka.properties\]/a security.protocol = "SASL_PLAINTEXT"\nsasl.mechanism = "SCRAM-SHA-512"\
sasl.username = "ensilinja"\nsasl.password_file = "${CREDENTIALS_DIRECTORY}/kafka-password"' /etc/ensilinja/ensilinja.toml
}

# What the kernel says of the process, not what the unit wishes.
it_runs_in_its_sandbox() {
    local pid status
    pid=$(state MainPID)
    status=$(inside cat "/proc/$pid/status")
    same "$(inside stat --format %U "/proc/$pid/status")" root "it can be dumped, so its files in /proc are of"
    for line in "NoNewPrivs:	1" "Seccomp:	2" "CapEff:	0000000000000000" "CapBnd:	0000000000000000"; do
        grep -qF "$line" <<<"$status" || fail "the process has not $line"
    done
    same "$(inside ps -o user= -p "$pid")" ensilinja "the process belongs to"
    inside nsenter --mount --target "$pid" sh -c '! touch /etc/probe /var/probe /usr/probe 2>/dev/null' \
        || fail "the process could write to the system"
    inside nsenter --mount --target "$pid" sh -c 'test -z "$(ls -A /home; ls -A /root)"' || fail "it sees homes"
    same "$(inside stat --format '%U %a' /etc/ensilinja/credentials)" "root 700" "credentials"
}

# A crash is mended by a restart; a configuration that is refused is not tried again and again.
it_is_started_again() {
    local before
    before=$(state MainPID)
    inside kill -KILL "$before"
    until_so 30 sh -c "[ \$(nsenter --all --target $(<"$folder/pid") systemctl show -P MainPID ensilinja) -gt 0 ]"
    [[ $(state MainPID) != "$before" ]] || fail "it was not started again"
    until_so 60 inside ensilinja health --config /etc/ensilinja/ensilinja.toml --ready
}

it_is_not_started_with_a_bad_configuration() {
    inside mv /etc/systemd/system/ensilinja.service.d/check-first.conf /run/
    inside systemctl daemon-reload
    inside sh -c 'cp /etc/ensilinja/ensilinja.toml /run/good.toml; echo "misspelt = 1" >>/etc/ensilinja/ensilinja.toml'
    inside systemctl restart ensilinja || true
    until_so 10 sh -c "nsenter --all --target $(<"$folder/pid") systemctl is-failed ensilinja"
    same "$(state ExecMainStatus) $(state Result)" "2 exit-code" "with a bad configuration"
    journal | grep -q 'misspelt is unknown' || { journal | tail; fail "the journal does not say what is wrong"; }
    inside cp /run/good.toml /etc/ensilinja/ensilinja.toml
    inside systemctl restart ensilinja
    until_so 60 inside ensilinja health --config /etc/ensilinja/ensilinja.toml --ready
}

upgrade() {
    local before
    before=$(state MainPID)
    inside cp /etc/ensilinja/ensilinja.toml /run/mine.toml
    # An administrator who is not asked keeps what was written: the default of dpkg.
    inside dpkg --install --force-confdef "$next" >"$folder/dpkg.log" 2>&1 || { cat "$folder/dpkg.log"; fail "no upgrade"; }
    same "$(inside dpkg-query --show --showformat '${Version}' ensilinja)" "$version+1" "the version is"
    inside cmp /etc/ensilinja/ensilinja.toml /run/mine.toml || fail "the upgrade has changed the configuration"
    inside grep -q 'new in this version' /etc/ensilinja/ensilinja.toml.dpkg-dist || fail "the new sample is not beside it"
    until_so 60 inside ensilinja health --config /etc/ensilinja/ensilinja.toml --ready
    [[ $(state MainPID) != "$before" ]] || fail "the old program still runs after an upgrade"
}

remove_and_purge() {
    inside dpkg --remove ensilinja >"$folder/dpkg.log" 2>&1 || { cat "$folder/dpkg.log"; fail "not removed"; }
    same "$(state ActiveState) $(state LoadState)" "inactive not-found" "after the removal"
    ! curl --silent "http://127.0.0.1:$port/livez" >/dev/null || fail "it still answers after its removal"
    inside test -f /etc/ensilinja/ensilinja.toml || fail "a removal has deleted the configuration"
    inside dpkg --purge ensilinja >"$folder/dpkg.log" 2>&1 || { cat "$folder/dpkg.log"; fail "not purged"; }
    ! inside getent passwd ensilinja || fail "the user is left"
    # The drop-ins are the administrator's.
    inside rm -r /etc/systemd/system/ensilinja.service.d
    inside find /run/changes -ipath '*ensilinja*' -not -type c -not -path '*/var/tmp/ensilinja-package*' >"$folder/left"
    [[ ! -s $folder/left ]] || { cat "$folder/left"; fail "a purge leaves files"; }
}

phase() {
    local started=$SECONDS
    "$@"
    printf -- '--- %s: %d s\n' "${1//_/ }" $((SECONDS - started))
}

phase make_packages
phase it_is_made_the_same_again
phase contents_are_whole
phase the_sandbox_is_tight
phase start_kafka "$folder"
phase the_county_calls
phase tests/package/image.sh "$package" "$folder" "$kafka" "$(free_port)"
phase tests/package/machine.sh "$folder"
phase install_and_start
phase it_runs_in_its_sandbox
phase it_is_started_again
phase it_is_not_started_with_a_bad_configuration
phase upgrade
phase remove_and_purge
