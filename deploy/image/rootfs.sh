#!/usr/bin/env bash
# Makes the files of the image from the Debian package, on the Debian that the package was built on:
#
#     deploy/image/rootfs.sh ensilinja_0.2.0_amd64.deb FOLDER
#
# The program, the libraries that it needs, certificate authorities, a user, and nothing else: no shell, no package
# manager. Scanners find the libraries by var/lib/dpkg/status.d, as in images of distroless. No file is newer than the
# package: for the same package and the same libraries, they are the same, byte for byte.
set -euo pipefail
umask 022

package=$1
root=$2
mkdir -p "$root"/{usr/lib,usr/lib64,etc/ssl/certs,tmp,var/lib/dpkg/status.d,usr/share/doc}
dpkg-deb --extract "$package" "$root"
when=$(stat --format %Y "$root/usr/bin/ensilinja")
# What is for systemd, man, shells and administrators.
rm -r "$root"/{lib,usr/lib/sysusers.d,usr/share/{man,bash-completion,fish,zsh,lintian,ensilinja},etc/ensilinja/credentials}
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
dpkg-deb --field "$package" >"$root/var/lib/dpkg/status.d/ensilinja"

# state PACKAGE: says that files of this Debian package are in the image, and under which licence.
state() {
    dpkg-query --status "$1" | sed '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d;/^ /d}' >"$root/var/lib/dpkg/status.d/$1"
    install -D -m 644 "/usr/share/doc/$1/copyright" "$root/usr/share/doc/$1/copyright"
}

# copy FILE: follows links, and keeps the place.
copy() {
    local owner
    install -D -m "$(stat --dereference --format %a "$1")" "$(realpath "$1")" "$root/usr/${1#/}"
    owner=$(dpkg-query --search "$(realpath "$1")" 2>/dev/null || dpkg-query --search "$1")
    state "${owner%%:*}"
}

ldd "$root/usr/bin/ensilinja" | sed -n 's|.*[ \t]\(/[^ ]*\) (.*|\1|p' | while read -r library; do
    copy "${library#/usr}"
done
install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
state ca-certificates
printf 'root:x:0:0:root:/:/sbin/nologin\nensilinja:x:10001:10001::/:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nensilinja:x:10001:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
find "$root" -newermt "@$when" -print0 | xargs -0r touch --no-dereference --date "@$when"
