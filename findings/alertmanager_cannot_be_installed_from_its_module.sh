#!/usr/bin/env bash
# `go install github.com/prometheus/alertmanager/cmd/alertmanager@v0.35.0` fails.
#
# Expected: it builds, like amtool of the same module and like Prometheus.
# Seen: `ui/web.go: pattern app/dist: no matching files found`. A build step that does not run for the module makes the
# page, and the module has no copy of it. With an empty ui/app/dist/index.html in a copy of the module it builds.
#
# Needs Go 1.26.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

go version
version=v0.35.0
if GOBIN=$folder go install "github.com/prometheus/alertmanager/cmd/alertmanager@$version" 2>install.log; then
    echo "alertmanager $version was installed: no longer so"
    exit 1
fi
grep 'no matching files found' install.log
echo "alertmanager $version: expected a program; seen a module without the page that it embeds"
