{{/* The pod of a process. */}}
{{- define "ensilinja.pod" -}}
serviceAccountName: {{ include "ensilinja.serviceAccountName" . }}
# A process asks nothing of Kubernetes, and takes no settings from the names of Services.
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
terminationGracePeriodSeconds: {{ .Values.rollout.terminationGracePeriodSeconds }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "ensilinja.spread" . }}
containers:
  - name: ensilinja
    image: {{ include "ensilinja.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args:
      - run
      - --config=/etc/ensilinja/ensilinja.toml
      - --listen={{ .Values.server.address }}:{{ .Values.server.port }}
      {{- with .part.shard }}
      - --shard={{ . }}
      {{- end }}
      {{- with .Values.kafka.brokers }}
      - --brokers={{ . }}
      {{- end }}
      {{- range .Values.extraArgs }}
      - {{ . | quote }}
      {{- end }}
    {{- with .Values.extraEnv }}
    env: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.extraEnvFrom }}
    envFrom: {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      - name: http
        containerPort: {{ .Values.server.port }}
        protocol: TCP
    startupProbe: {{- include "ensilinja.probe" (list . "/livez" .Values.probes.startup) | nindent 6 }}
    livenessProbe: {{- include "ensilinja.probe" (list . "/livez" .Values.probes.liveness) | nindent 6 }}
    readinessProbe: {{- include "ensilinja.probe" (list . "/readyz" .Values.probes.readiness) | nindent 6 }}
    {{- if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }}
    # Requests still come for a moment after the order to stop.
    lifecycle:
      preStop:
        sleep:
          seconds: 5
    {{- end }}
    resources: {{- toYaml .Values.resources | nindent 6 }}
    securityContext: {{- toYaml .Values.securityContext | nindent 6 }}
    volumeMounts:
      - name: config
        mountPath: /etc/ensilinja
        readOnly: true
      {{- range $index, $secret := .Values.secrets }}
      - name: secret-{{ $index }}
        mountPath: {{ $secret.path }}
        readOnly: true
      {{- end }}
      {{- with .Values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ include "ensilinja.configMapName" . }}
      items:
        - key: ensilinja.toml
          path: ensilinja.toml
  {{- range $index, $secret := .Values.secrets }}
  - name: secret-{{ $index }}
    secret:
      secretName: {{ $secret.name }}
      # Readable by the group of the process only: files that all can read cause a warning.
      defaultMode: 0440
      {{- with $secret.items }}
      items: {{- toYaml . | nindent 8 }}
      {{- end }}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* A probe over HTTP: the root context, the path, and the numbers. */}}
{{- define "ensilinja.probe" -}}
{{- $root := index . 0 -}}
httpGet:
  path: {{ index . 1 }}
  port: http
  scheme: {{ $root.Values.server.scheme }}
{{ toYaml (index . 2) }}
{{- end }}

{{/* Processes of one rollout on different nodes and in different zones. */}}
{{- define "ensilinja.spread" -}}
{{- $keys := dict "nodes" "kubernetes.io/hostname" "zones" "topology.kubernetes.io/zone" -}}
{{- if not (and (eq .Values.spread.nodes "none") (eq .Values.spread.zones "none")) }}
topologySpreadConstraints:
  {{- range $what, $key := $keys }}
  {{- $wish := index $.Values.spread $what }}
  {{- if ne $wish "none" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: {{ ternary "DoNotSchedule" "ScheduleAnyway" (eq $wish "required") }}
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels: {{- include "ensilinja.partSelectorLabels" $ | nindent 8 }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
