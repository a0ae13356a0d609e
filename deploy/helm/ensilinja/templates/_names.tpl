{{/* Names and labels. */}}

{{- define "ensilinja.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* At most 40 characters, so that what is appended fits into 63. */}}
{{- define "ensilinja.fullname" -}}
{{- $name := include "ensilinja.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "ensilinja.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ensilinja.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: processor
{{- end }}

{{/* What the release consists of, as JSON: a part for each shard, or one with all lines. */}}
{{- define "ensilinja.parts" -}}
{{- $parts := list -}}
{{- range .Values.shards -}}
{{- $parts = append $parts (dict "shard" .name "replicas" (.replicas | default $.Values.replicas)) -}}
{{- end -}}
{{- $parts | default (list (dict "shard" "" "replicas" .Values.replicas)) | toJson -}}
{{- end }}

{{/* Processes of all parts together. */}}
{{- define "ensilinja.processes" -}}
{{- $processes := 0 -}}
{{- range include "ensilinja.parts" . | fromJsonArray -}}{{- $processes = add $processes .replicas -}}{{- end -}}
{{- $processes -}}
{{- end }}

{{/* A name of Kubernetes has no underscore. */}}
{{- define "ensilinja.hostOfShard" -}}
{{- replace "_" "-" . -}}
{{- end }}

{{/* Of a context with `part`. A shard has at most 22 characters, so a name has at most 63. */}}
{{- define "ensilinja.partName" -}}
{{- $name := include "ensilinja.fullname" . -}}
{{- with .part.shard -}}{{- printf "%s-%s" $name (include "ensilinja.hostOfShard" .) -}}{{- else -}}{{- $name -}}{{- end -}}
{{- end }}

{{- define "ensilinja.shardLabel" -}}
{{- with .part.shard }}
ensilinja.fi/shard: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "ensilinja.partSelectorLabels" -}}
{{ include "ensilinja.selectorLabels" . }}
{{- include "ensilinja.shardLabel" . }}
{{- end }}

{{- define "ensilinja.partLabels" -}}
{{ include "ensilinja.labels" . }}
{{- include "ensilinja.shardLabel" . }}
{{- end }}

{{/* The host of the board, of a context with `part`. */}}
{{- define "ensilinja.partHost" -}}
{{- with .part.shard -}}{{- include "ensilinja.hostOfShard" . -}}.{{- end -}}
{{- .Values.ingress.host -}}
{{- end }}

{{- define "ensilinja.labels" -}}
{{ include "ensilinja.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "ensilinja.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "ensilinja.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "ensilinja.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{/*
The ConfigMap has its content in its name. A process that restarts during a rollout reads the configuration that it was
started with, not the new one, which may be wrong.
*/}}
{{- define "ensilinja.configMapName" -}}
{{- if .Values.config.existingConfigMap -}}
{{- .Values.config.existingConfigMap -}}
{{- else -}}
{{- printf "%s-config-%s" (include "ensilinja.fullname" .) (.Values.config.text | sha256sum | trunc 10) -}}
{{- end -}}
{{- end }}

{{/* The address of the board for browsers; with shards, that of the first one. */}}
{{- define "ensilinja.wallboardUrl" -}}
{{- $root := merge (dict "part" (include "ensilinja.parts" . | fromJsonArray | first)) . -}}
{{- if .Values.dashboards.wallboardUrl -}}
{{- .Values.dashboards.wallboardUrl -}}
{{- else if .Values.ingress.enabled -}}
{{- $scheme := ternary "https" "http" (ne .Values.ingress.tlsSecret "") -}}
{{- printf "%s://%s%s" $scheme (include "ensilinja.partHost" $root) .Values.ingress.path | trimSuffix "/" -}}
{{- else -}}
{{- $host := printf "%s.%s.svc" (include "ensilinja.partName" $root) .Release.Namespace -}}
{{- printf "%s://%s:%v" (lower .Values.server.scheme) $host .Values.service.port -}}
{{- end -}}
{{- end }}
