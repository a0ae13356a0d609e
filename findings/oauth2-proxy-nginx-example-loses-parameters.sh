#!/usr/bin/env bash
# The nginx example of oauth2-proxy's documentation leads back to an address without all but its first parameter.
#
# Expected: a person who opened /?line=a&theme=dark and signs in comes back to it.
# Seen: the `state` that the provider returns has /?line=a. The example writes `rd=$scheme://$host$request_uri`, where
# the `&` of the address ends `rd`; nginx cannot escape it. With the header `X-Auth-Request-Redirect: $request_uri` and
# `error_page 401 = /oauth2/sign_in` the whole address arrives.
#
# Needs Debian 12, Go 1.26, curl and python3. No provider is asked: only where the browser is sent matters.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "${nginx:-}" "${proxy:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
version=v7.15.6
CGO_ENABLED=0 GOBIN=$folder go install "github.com/oauth2-proxy/oauth2-proxy/v7@$version" 2>/dev/null
apt-get download -qq nginx >/dev/null 2>&1 || { apt-get update -qq && apt-get download -qq nginx >/dev/null; }
dpkg-deb --extract nginx_*.deb .

port=$((20000 + RANDOM % 10000))
cat >nginx.conf <<END
daemon off; pid $folder/pid; error_log $folder/errors; events {}
http {
    access_log off;
    server {
        listen 127.0.0.1:$port;
        location /oauth2/ {
            proxy_pass       http://127.0.0.1:$((port + 1));
            proxy_set_header Host                    \$host;
            proxy_set_header X-Real-IP               \$remote_addr;
            proxy_set_header X-Auth-Request-Redirect \$request_uri;
        }
        location = /oauth2/auth {
            proxy_pass       http://127.0.0.1:$((port + 1));
            proxy_set_header Host             \$host;
            proxy_set_header X-Real-IP        \$remote_addr;
            proxy_set_header X-Forwarded-Uri  \$request_uri;
            proxy_set_header Content-Length   "";
            proxy_pass_request_body           off;
        }
        location / {
            auth_request /oauth2/auth;
            error_page 401 = @oauth2_signin;
            root /nowhere;
        }
        location @oauth2_signin {
            return 302 /oauth2/sign_in?rd=\$scheme://\$host\$request_uri;
        }
    }
}
END
cat >oauth2-proxy.cfg <<END
http_address = "127.0.0.1:$((port + 1))"
reverse_proxy = true
trusted_proxy_ips = ["127.0.0.1/32"]
provider = "oidc"
skip_oidc_discovery = true
oidc_issuer_url = "https://login.example"
login_url = "https://login.example/auth"
redeem_url = "https://login.example/token"
oidc_jwks_url = "https://login.example/keys"
client_id = "a"
client_secret = "b"
cookie_secret = "0123456789abcdef0123456789abcdef"
email_domains = ["*"]
whitelist_domains = ["boards.example"]
skip_provider_button = true
END
./oauth2-proxy --config oauth2-proxy.cfg >log 2>&1 &
proxy=$!
usr/sbin/nginx -p "$folder" -c nginx.conf 2>/dev/null &
nginx=$!
ask=(curl --silent --output /dev/null --retry 9 --retry-connrefused --header 'Host: boards.example')
"${ask[@]}" "http://127.0.0.1:$((port + 1))/ping"
address=http://127.0.0.1:$port
to_sign_in=$("${ask[@]}" --write-out '%header{location}' "$address/?line=a&theme=dark")
sent=$("${ask[@]}" --write-out '%{redirect_url}' "$address/oauth2/${to_sign_in#*/oauth2/}")
seen=$(python3 -c 'import sys, urllib.parse as u
state = u.parse_qs(u.urlsplit(sys.argv[1]).query)["state"][0]
print(u.unquote(state.split(":", 1)[1]))' "$sent")
echo "oauth2-proxy $version, $(usr/sbin/nginx -v 2>&1)"
echo "expected: http://boards.example/?line=a&theme=dark"
echo "seen: $seen"
[[ $seen == *"/?line=a" ]] || { echo "no longer seen"; exit 1; }
