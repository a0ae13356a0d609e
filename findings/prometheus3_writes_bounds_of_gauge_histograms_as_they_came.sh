#!/usr/bin/env bash
# Prometheus 3 normalises `le` of histograms, and not of gauge histograms, on one page.
#
# Expected: `le="5"` of both becomes `le="5.0"`, as the migration guide for 3.0 says without an exception.
# Seen: the histogram's does. The gauge histogram's stays `le="5"`, scraped as OpenMetrics. So a selector on `le` that
# was corrected for one is wrong for the other, and the two cannot be joined by `le`.
#
# Needs Go 1.26 (about four minutes), Python 3 and curl. Set PROMETHEUS_FOLDER to a folder with another Prometheus 3.
set -euo pipefail

folder=$(mktemp -d)
started=()
trap 'for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" || true; done; rm -rf "$folder"' EXIT
cd "$folder"

if [[ -z ${PROMETHEUS_FOLDER:-} ]]; then
    PROMETHEUS_FOLDER=$folder/bin
    GOBIN=$PROMETHEUS_FOLDER CGO_ENABLED=0 go install github.com/prometheus/prometheus/cmd/prometheus@v0.316.0
fi
go version -m "$PROMETHEUS_FOLDER/prometheus" | awk '$1 == "mod" { print $2, $3 }'

mkdir page
cat >page/metrics <<'END'
# TYPE counted histogram
counted_bucket{le="5"} 1
counted_bucket{le="+Inf"} 2
counted_count 2
counted_sum 9
# TYPE lying gaugehistogram
lying_bucket{le="5"} 1
lying_bucket{le="+Inf"} 2
lying_gcount 2
lying_gsum 9
# EOF
END
port=$((20000 + RANDOM % 5000))
python3 -m http.server --bind 127.0.0.1 --directory page "$port" >server.log 2>&1 &
started+=($!)
cat >prometheus.yml <<END
scrape_configs:
  - job_name: page
    scrape_interval: 1s
    fallback_scrape_protocol: OpenMetricsText1.0.0
    static_configs: [{targets: ["127.0.0.1:$port"]}]
END
api=$((port + 5000))
"$PROMETHEUS_FOLDER/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data \
    --web.listen-address="127.0.0.1:$api" >prometheus.log 2>&1 &
started+=($!)
curl --silent --fail --retry 60 --retry-delay 1 --retry-all-errors --output /dev/null "http://127.0.0.1:$api/-/ready"

bounds() {
    curl --silent --fail --data-urlencode "match[]=$1" "http://127.0.0.1:$api/api/v1/label/le/values" --get \
        | python3 -c 'import json, sys; print(*sorted(json.load(sys.stdin)["data"]))'
}
for _ in {1..30}; do
    [[ -n $(bounds lying_bucket) ]] && break
    sleep 1
done
counted=$(bounds counted_bucket) lying=$(bounds lying_bucket)
echo "histogram:       expected +Inf 5.0; seen $counted"
echo "gauge histogram: expected +Inf 5.0; seen $lying"
[[ $counted == "+Inf 5.0" && $lying == "+Inf 5" ]]
