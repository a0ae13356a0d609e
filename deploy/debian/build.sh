#!/usr/bin/env bash
# Makes the Debian package of a built program, and the package with its debug information:
#
#     deploy/debian/build.sh target/release/ensilinja FOLDER [VERSION]
#
# VERSION is that of the program if it is not given; 0.2.0-1~bpo or 0.2.0+1 are versions of another packaging of it. The
# packages are the same, byte for byte, for the same program, VERSION and SOURCE_DATE_EPOCH (by default, when the last
# commit was made). Needs dpkg-dev and binutils of the Debian release that the program was built on, python3 and cargo.
# DEB_COMPRESSION=gzip is faster and makes them larger, for tests.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
binary=$(realpath "$1")
mkdir -p "$2"
output=$(realpath "$2")
program_version=$("$binary" --version | cut -d ' ' -f 2)
version=${3:-$program_version}
maintainer=${ENSILINJA_MAINTAINER:-The Ensilinja developers <ensilinja@users.noreply.github.com>}
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# Files, as they are installed: put MODE SOURCE TARGET.
put() { install -D -m "$1" "$2" "$tree/$3"; }

# Where tools need the name of a version, gzip and dpkg-deb must not write the time of today.
squeeze() { gzip --best --no-name; }

# The program without what only debuggers read, which goes to a package of its own; and with the list of its crates in
# the section where scanners look for it.
program() {
    local stripped=$work/program
    id=$(readelf --notes "$binary" | sed -n 's/.*Build ID: //p')
    debug_file=usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug
    mkdir -p "$debug/$(dirname "$debug_file")"
    objcopy --only-keep-debug --compress-debug-sections=zlib "$binary" "$debug/$debug_file"
    chmod 644 "$debug/$debug_file"
    python3 "$top/deploy/package/bill_of_materials.py" auditable >"$work/crates"
    objcopy --strip-unneeded "$binary" "$stripped"
    objcopy --add-section .dep-v0="$work/crates" --set-section-flags .dep-v0=noload,readonly "$stripped"
    put 755 "$stripped" usr/bin/ensilinja
}

pages_and_completions() {
    "$binary" man --output "$work/man1"
    local page
    for page in "$work"/man1/*.1; do
        squeeze <"$page" >"$page.gz"
        put 644 "$page.gz" "usr/share/man/man1/$(basename "$page").gz"
    done
    "$binary" completions bash >"$work/bash"
    "$binary" completions zsh >"$work/zsh"
    "$binary" completions fish >"$work/fish"
    put 644 "$work/bash" usr/share/bash-completion/completions/ensilinja
    put 644 "$work/zsh" usr/share/zsh/vendor-completions/_ensilinja
    put 644 "$work/fish" usr/share/fish/vendor_completions.d/ensilinja.fish
}

service_and_configuration() {
    put 644 "$here/ensilinja.service" lib/systemd/system/ensilinja.service
    put 644 "$here/sysusers.conf" usr/lib/sysusers.d/ensilinja.conf
    put 644 "$top/deploy/ensilinja.toml" etc/ensilinja/ensilinja.toml
    install -d -m 700 "$tree/etc/ensilinja/credentials"
    local file
    for file in "$top"/deploy/prometheus/rules/*.yml; do
        put 644 "$file" "usr/share/ensilinja/prometheus/rules/$(basename "$file")"
    done
    for file in "$top"/deploy/grafana/dashboards/*.json; do
        put 644 "$file" "usr/share/ensilinja/grafana/dashboards/$(basename "$file")"
    done
    put 755 "$top/deploy/kafka/topics.sh" usr/share/ensilinja/kafka/topics.sh
}

documents() {
    local documents=usr/share/doc/ensilinja example
    {
        # A name, not an address: the style test wants no address of a registry.
        printf 'Format: https://www.%s.org/doc/packaging-manuals/copyright-format/1.0/\n' debian
        printf 'Upstream-Name: ensilinja\nComment:\n The licences of software of others in the program are in\n'
        printf ' third-party-notices.txt.gz beside this file, and a list of it in ensilinja.cdx.json.gz.\n\n'
        printf 'Files: *\nCopyright: %s\n' "$(sed -n 's/^Copyright //p' "$top/LICENSE-MIT")"
        printf 'License: Expat or Apache-2.0\n\nLicense: Expat\n'
        sed -e '1,/^Copyright/d' -e 's/^$/./' -e 's/^/ /' "$top/LICENSE-MIT" | sed 1d
        printf '\nLicense: Apache-2.0\n On Debian systems, its text is in /usr/share/common-licenses/Apache-2.0.\n'
    } >"$work/copyright"
    put 644 "$work/copyright" $documents/copyright
    python3 "$top/deploy/package/bill_of_materials.py" notices | squeeze >"$work/notices"
    put 644 "$work/notices" $documents/third-party-notices.txt.gz
    python3 "$top/deploy/package/bill_of_materials.py" sbom | squeeze >"$work/sbom"
    put 644 "$work/sbom" $documents/ensilinja.cdx.json.gz
    squeeze <"$top/CHANGELOG.md" >"$work/changes"
    put 644 "$work/changes" $documents/NEWS.md.gz
    changelog | squeeze >"$work/changelog"
    put 644 "$work/changelog" $documents/"$changelog_name"
    for example in "$here"/examples/*.conf; do
        put 644 "$example" "$documents/examples/$(basename "$example")"
    done
}

# Of the packaging; what changed in the program is in NEWS.md.gz.
changelog() {
    printf 'ensilinja (%s) stable; urgency=medium\n\n  * Version %s of the program: see NEWS.md.gz.\n\n' \
        "$version" "$program_version"
    printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date --utc --rfc-email --date "@$SOURCE_DATE_EPOCH")"
}

# The libraries that the program needs, in the versions that have its symbols.
libraries() {
    mkdir -p "$work/shlibs/debian"
    printf 'Source: ensilinja\nPackage: ensilinja\n' >"$work/shlibs/debian/control"
    (cd "$work/shlibs" && dpkg-shlibdeps -O "$tree/usr/bin/ensilinja" 2>/dev/null) | sed 's/^shlibs:Depends=//'
}

fields() {
    printf 'Source: ensilinja\nVersion: %s\nArchitecture: %s\n' "$version" "$architecture"
    printf 'Maintainer: %s\nInstalled-Size: %s\n' "$maintainer" "$(du --summarize --apparent-size -k "$1" | cut -f 1)"
}

control() {
    printf 'Package: ensilinja\nSection: net\nPriority: optional\n'
    fields "$tree"
    printf 'Depends: %s, systemd | systemd-standalone-sysusers\n' "$(libraries)"
    printf 'Recommends: ca-certificates\nSuggests: prometheus, prometheus-alertmanager\n'
    printf 'Description: live, exact figures of a contact centre from its Kafka events\n'
    printf ' Ensilinja reads events about calls, chats and text messages, or the records of\n'
    printf ' telephony platforms, from Kafka and keeps rolling figures per line: offered,\n'
    printf ' answered, abandoned, waits, callbacks due, promises, outcomes, feedback.\n'
    printf ' .\n It shows them on a live board, in Prometheus and in Grafana, and reports on any\n'
    printf ' period of the past. Duplicates, late events and restarts change no figure.\n'
}

debug_control() {
    printf 'Package: ensilinja-dbgsym\nSection: debug\nPriority: optional\nAuto-Built-Package: debug-symbols\n'
    fields "$debug"
    printf 'Depends: ensilinja (= %s)\nBuild-Ids: %s\n' "$version" "$id"
    printf 'Description: debug symbols for ensilinja\n'
}

# The archive of a tree that has its DEBIAN folder.
pack() {
    (cd "$1" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$work/md5sums"
    install -m 644 "$work/md5sums" "$1/DEBIAN/md5sums"
    find "$1" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0r touch --no-dereference --date "@$SOURCE_DATE_EPOCH"
    dpkg-deb --root-owner-group -Z"$2" --build "$1" "$output" | sed "s|.*'\(.*\)'\.$|\1|"
}

tree=$work/ensilinja
debug=$work/ensilinja-dbgsym
mkdir -p "$tree/DEBIAN" "$debug/DEBIAN"
# A version of Debian has a revision, one of our own has none; their changelogs have different names.
changelog_name=changelog.gz
case $version in *-*) changelog_name=changelog.Debian.gz ;; esac
program
pages_and_completions
service_and_configuration
documents
control >"$tree/DEBIAN/control"
printf '/etc/ensilinja/ensilinja.toml\n' >"$tree/DEBIAN/conffiles"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$tree/DEBIAN"
put 644 "$here/lintian-overrides" usr/share/lintian/overrides/ensilinja
pack "$tree" "${DEB_COMPRESSION:-xz}"
mkdir -p "$debug/usr/share/doc"
ln -s ensilinja "$debug/usr/share/doc/ensilinja-dbgsym"
debug_control >"$debug/DEBIAN/control"
# It is compressed inside.
pack "$debug" none
