#!/usr/bin/env bash
# A restart of Prometheus ends an alert that only `keep_firing_for` still holds.
#
# Expected: the state is restored, like that of `for` from ALERTS_FOR_STATE within `--rules.alert.for-grace-period`.
# Seen: an alert whose condition holds continues. One whose condition has ended, but which `keep_firing_for` should hold
# for some more minutes, is gone after the restart, and Alertmanager sends its end.
#
# Needs apt-get, dpkg-deb, curl and Python 3. Set PROMETHEUS_FOLDER to a folder with another version of prometheus.
set -euo pipefail

folder=$(mktemp -d)
server=
stop() {
    if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi
    server=
}
trap 'stop; rm -rf "$folder"' EXIT
cd "$folder"

if [[ -z ${PROMETHEUS_FOLDER:-} ]]; then
    apt-get download -qq prometheus=2.42.0+ds-5+deb12u1
    dpkg-deb --extract prometheus_*.deb package
    PROMETHEUS_FOLDER=$folder/package/usr/bin
fi
"$PROMETHEUS_FOLDER/prometheus" --version 2>&1 | head -n 1

until=$(($(date +%s) + 15))
cat >rules.yml <<END
groups:
  - name: group
    interval: 1s
    rules:
      - {alert: Holds, expr: 'vector(1)', for: 2s, keep_firing_for: 10m}
      - {alert: Kept, expr: 'vector(time()) < $until', for: 2s, keep_firing_for: 10m}
END
echo 'rule_files: [rules.yml]' >prometheus.yml
port=$((20000 + RANDOM % 10000))
start() {
    "$PROMETHEUS_FOLDER/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data \
        --rules.alert.for-grace-period=1s --web.listen-address="127.0.0.1:$port" >>prometheus.log 2>&1 &
    server=$!
    curl --silent --fail --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null "http://127.0.0.1:$port/-/ready"
}
firing() {
    curl --silent --fail "http://127.0.0.1:$port/api/v1/alerts" | python3 -c '
import json, sys
alerts = json.load(sys.stdin)["data"]["alerts"]
print(*sorted(alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"))'
}

start
while (($(date +%s) < until + 5)); do sleep 1; done
before=$(firing)
stop
start
for _ in {1..30}; do
    [[ -n $(firing) ]] && break
    sleep 1
done
sleep 5
after=$(firing)
echo "before the restart: expected Holds Kept; seen $before"
echo "after it:           expected Holds Kept; seen $after"
[[ $before == "Holds Kept" && $after == "Holds" ]]
