{{/* Zones as a list of names; the one zone of a plain installation is `default`. */}}
{{- define "kasm.zones" -}}
{{- $names := list -}}
{{- range .Values.kasmZones -}}
{{- $names = append $names (regexReplaceAll "[^a-z0-9]+" (.name | default .zone_name | lower) "-") -}}
{{- end -}}
{{- toJson ($names | default (list "default")) -}}
{{- end -}}

{{- define "kasm.firstZone" -}}
{{- include "kasm.zones" . | fromJsonArray | first -}}
{{- end -}}

{{/* <release>-<component>[-<zone>]. Arguments: context, component, zone. */}}
{{- define "kasm.name" -}}
{{- printf "%s-%s" .context.Release.Name .component -}}{{ with .zone }}-{{ . }}{{ end }}
{{- end -}}

{{- define "kasm.match" -}}
app.kubernetes.io/name: {{ include "kasm.name" . }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- end -}}

{{/* Arguments: as for kasm.name, and labels (the component's own). */}}
{{- define "kasm.labels" -}}
{{ include "kasm.match" . }}
app.kubernetes.io/version: {{ .context.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
app.kubernetes.io/part-of: kasm
helm.sh/chart: {{ .context.Chart.Name }}-{{ .context.Chart.Version }}
kasm.com/version: {{ .context.Chart.AppVersion | quote }}
{{- with merge (dict) (default dict .labels) .context.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Arguments: as for kasm.labels, and annotations, fullName (instead of the derived name), isWorkload. */}}
{{- define "kasm.metadata" -}}
name: {{ .fullName | default (include "kasm.name" .) }}
namespace: {{ .context.Release.Namespace }}
{{ include "kasm.podMetadata" . }}
{{- end -}}

{{- define "kasm.podMetadata" -}}
labels:
  {{- include "kasm.labels" . | nindent 2 }}
{{- $marks := dict -}}
{{- if .isWorkload -}}
{{- if .context.Values.applyHealthChecks -}}{{- $_ := set $marks "kasm.com/healthcheck" "true" -}}{{- end -}}
{{- if .context.Values.applySecurity -}}{{- $_ := set $marks "kasm.com/security" "true" -}}{{- end -}}
{{- end -}}
{{- with merge $marks (default dict .annotations) .context.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "kasm.dbStatefulSet" -}}
{{ .Release.Name }}-db-{{ .Chart.AppVersion | replace "." "-" }}
{{- end -}}

{{- define "kasm.dbHost" -}}
{{- if .Values.database.standalone }}{{ .Values.database.hostname }}{{ else }}{{ .Release.Name }}-db{{ end -}}
{{- end -}}

{{- define "kasm.upgradeBackupClaim" -}}
{{ .Release.Name }}-{{ .Chart.AppVersion | replace "." "-" }}-db-pre-upgrade-backup
{{- end -}}

{{- define "kasm.certificateSecret" -}}
{{ .Values.certificate.secretName | default (printf "%s-cert-manager" .Release.Name) }}
{{- end -}}

{{- define "kasm.secretsName" -}}
{{ .Values.kasmSecrets.name | default (printf "%s-secrets" .Release.Name) }}
{{- end -}}

{{/* The DNS server nginx asks: the value, else kube-dns as the API server knows it, else Docker's address, which works in no cluster. */}}
{{- define "kasm.nginxResolver" -}}
{{- $kubeDns := lookup "v1" "Service" "kube-system" "kube-dns" | default dict -}}
{{- .Values.nginxResolver | default (dig "spec" "clusterIP" "127.0.0.11" $kubeDns) -}}
{{- end -}}
