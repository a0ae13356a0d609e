#!/usr/bin/env bash
# nginx with `proxy_ssl_verify on` refuses an upstream at an IP address whose certificate is for that address.
#
# Expected: `proxy_pass https://127.0.0.1` accepts a certificate with the alternative name IP:127.0.0.1, as curl does.
# Seen: 502, and `upstream SSL certificate does not match "127.0.0.1"`: only host names are compared. A certificate that
# has a host name as well is accepted if `proxy_ssl_name` says that name.
#
# Needs Debian 12, curl and openssl.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "${nginx:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq nginx >/dev/null 2>&1 || { apt-get update -qq && apt-get download -qq nginx >/dev/null; }
dpkg-deb --extract nginx_*.deb .
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.crt -days 2 \
    -subj /CN=server -addext 'subjectAltName=IP:127.0.0.1,DNS:server.example' 2>/dev/null

server=$((20000 + RANDOM % 10000))
cat >nginx.conf <<END
daemon off; pid $folder/pid; error_log $folder/errors; events {}
http {
    access_log off;
    server {
        listen 127.0.0.1:$server ssl;
        ssl_certificate server.crt;
        ssl_certificate_key server.key;
        location / { return 200 "answered\n"; }
    }
    server {
        listen 127.0.0.1:$((server + 1));
        proxy_ssl_verify on;
        proxy_ssl_trusted_certificate server.crt;
        location / { proxy_pass https://127.0.0.1:$server; }
        location /named { proxy_pass https://127.0.0.1:$server; proxy_ssl_name server.example; }
    }
}
END
usr/sbin/nginx -p "$folder" -c nginx.conf 2>/dev/null &
nginx=$!
status() { curl --silent --output /dev/null --write-out '%{http_code}' --retry 9 --retry-connrefused "$@"; }
direct=$(status --cacert server.crt "https://127.0.0.1:$server/")
named=$(status "http://127.0.0.1:$((server + 1))/named")
by_address=$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$((server + 1))/")
usr/sbin/nginx -v
echo "expected: 200 by curl, 200 by nginx with proxy_ssl_name, 200 by nginx without"
echo "seen: $direct, $named, $by_address"
grep --only-matching 'upstream SSL certificate does not match "127.0.0.1"' errors
[[ "$direct $named $by_address" == "200 200 502" ]] || { echo "no longer seen"; exit 1; }
