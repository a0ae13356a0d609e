{{/* What a schema cannot say: values that do not go together. Each message says what to do. */}}
{{- define "ensilinja.refusals" -}}

{{- if not .Values.image.repository -}}
{{- fail "image.repository is not set. Build the image with deploy/Dockerfile, push it to a registry, and name it: --set image.repository=registry.example/ensilinja" -}}
{{- end -}}

{{- if and (not .Values.config.text) (not .Values.config.existingConfigMap) -}}
{{- fail "there is no configuration. Give the file, --set-file config.text=ensilinja.toml, or the name of a ConfigMap with the key ensilinja.toml, config.existingConfigMap" -}}
{{- end -}}
{{- if and .Values.config.text .Values.config.existingConfigMap -}}
{{- fail "config.text and config.existingConfigMap are both set. Leave one out" -}}
{{- end -}}

{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "ingress.enabled needs ingress.host, the name by which browsers open the board" -}}
{{- end -}}

{{- if and .Values.kafka.brokers .Values.networkPolicy.enabled -}}
{{- range splitList "," .Values.kafka.brokers -}}
{{- $port := regexFind "[0-9]+$" . | int -}}
{{- $ports := list -}}
{{- range $.Values.networkPolicy.kafkaPorts -}}{{- $ports = append $ports (int .) -}}{{- end -}}
{{- if not (has $port $ports) -}}
{{- fail (printf "the NetworkPolicy would block the broker %s: add its port %d to networkPolicy.kafkaPorts" (trim .) $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- $paths := list "/etc/ensilinja" -}}
{{- range .Values.secrets -}}
{{- if has .path $paths -}}
{{- fail (printf "secrets: %s is mounted twice. Give each Secret a folder of its own; /etc/ensilinja holds the configuration" .path) -}}
{{- end -}}
{{- $paths = append $paths .path -}}
{{- end -}}

{{- $shards := list -}}
{{- range .Values.shards -}}
{{- if has .name $shards -}}
{{- fail (printf "shards: %s is there twice. Name each [[shard]] of the configuration once" .name) -}}
{{- end -}}
{{- $shards = append $shards .name -}}
{{- end -}}
{{- $configuration := fromToml .Values.config.text -}}
{{- if and .Values.config.text (not (hasKey $configuration "Error")) -}}
{{- $configured := list -}}
{{- range get $configuration "shard" | default list -}}{{- $configured = append $configured (get . "name") -}}{{- end -}}
{{- if ne (toJson (sortAlpha $shards)) (toJson (sortAlpha $configured)) -}}
{{- fail (printf "shards has [%s], and the [[shard]] tables of config.text are [%s]. Name the same in both: each shard needs its processes" (join ", " $shards) (join ", " $configured)) -}}
{{- end -}}
{{- end -}}

{{- range $arg := .Values.extraArgs -}}
{{- range list "--config" "--listen" "--brokers" "--shard" -}}
{{- if or (eq $arg .) (hasPrefix (printf "%s=" .) $arg) -}}
{{- fail (printf "extraArgs: %s is set by the chart. Use config, server.address and server.port, kafka.brokers, or shards" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- end }}

{{/* The message for a folder of the chart that is missing. */}}
{{- define "ensilinja.noFiles" -}}
{{- printf "the chart has no %s. It is a symbolic link into deploy/, and the tool that fetched the chart left it out: install a package, which helm package deploy/helm/ensilinja makes" . -}}
{{- end }}
