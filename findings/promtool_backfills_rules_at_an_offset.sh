#!/usr/bin/env bash
# `promtool tsdb create-blocks-from rules` evaluates a rule group at instants that are shifted by a hash.
#
# The start is moved to the group's own slot: a hash of the file's path and the group's name, modulo the interval.
# Expected: with --start on the hour and --eval-interval=1h, samples on the hour, each with the value of its hour.
# Seen: all samples are the same number of minutes after the hour. A query on the hour finds the sample before it, so
# each hour has the value of the hour before. Another name of the group, or of its file, gives another shift.
#
# Needs apt-get, dpkg-deb and curl. Set PROMETHEUS_FOLDER to a folder with other versions of promtool and prometheus.
set -euo pipefail

folder=$(mktemp -d)
server=
trap 'if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi; rm -rf "$folder"' EXIT
cd "$folder"

if [[ -z ${PROMETHEUS_FOLDER:-} ]]; then
    apt-get download -qq prometheus=2.42.0+ds-5+deb12u1
    dpkg-deb --extract prometheus_*.deb package
    PROMETHEUS_FOLDER=$folder/package/usr/bin
fi
promtool=$PROMETHEUS_FOLDER/promtool
"$promtool" --version 2>&1 | head -n 1

# A day from 2025-09-15T00:00:00Z: at each hour the number of the hour.
midnight=1757894400
{
    echo '# TYPE hour gauge'
    for hour in {0..24}; do echo "hour $hour $((midnight + hour * 3600))"; done
    echo '# EOF'
} >hours.om
"$promtool" tsdb create-blocks-from --max-block-duration=48h openmetrics hours.om data >/dev/null
printf 'groups: [{name: GROUP, rules: [{record: copy, expr: hour}]}]\n' >rules.yml

port=$((20000 + RANDOM % 10000))
echo '{}' >prometheus.yml
"$PROMETHEUS_FOLDER/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data \
    --storage.tsdb.retention.time=100y --query.lookback-delta=59m --web.listen-address="127.0.0.1:$port" \
    >prometheus.log 2>&1 &
server=$!
curl --silent --fail --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null "http://127.0.0.1:$port/-/ready"

shifts=()
for group in a b c; do
    sed "s/GROUP/$group/" rules.yml >"$group.yml"
    "$promtool" tsdb create-blocks-from rules --url="http://127.0.0.1:$port" --eval-interval=1h \
        --start="$midnight" --end=$((midnight + 86400)) --output-dir="backfilled-$group" "$group.yml" >"$group.log" 2>&1
    # `{__name__="copy"} 3 1757905200000`
    mkdir -p "backfilled-$group/wal" && "$promtool" tsdb dump "backfilled-$group" | awk -v midnight="$midnight" '
        { second = $NF / 1000 - midnight; shift = second % 3600 }
        $(NF - 1) != (second - shift) / 3600 { wrong++ }
        NR == 1 { first = shift }
        shift != first { different = 1 }
        END { print NR, first, wrong + 0, different + 0 }' >"$group.seen"
    read -r samples shift wrong different <"$group.seen"
    echo "group $group: expected 25 samples on the hour; seen $samples samples, each $shift s behind the hour"
    ((samples > 20 && wrong == 0 && different == 0))
    shifts+=("$shift")
done
# Three groups on the hour by chance: once in 46 thousand million.
[[ ${shifts[*]} != "0 0 0" && ${shifts[0]} != "${shifts[1]}" ]]
echo "the shift depends on the name: a query on the hour finds the sample before it, of the hour before"
