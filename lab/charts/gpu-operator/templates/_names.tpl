{{- define "labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/component: gpu-operator
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "operator.image" -}}
{{ .Values.operator.repository }}/{{ .Values.operator.image }}:{{ .Values.operator.version | default .Chart.AppVersion }}
{{- end -}}

{{/* Metadata of a helm hook. Arguments: context, name, hook, weight, labels (name of a template), policy, and clusterScoped for kinds
without a namespace. */}}
{{- define "hook" -}}
name: {{ .name }}
{{- if not .clusterScoped }}
namespace: {{ .context.Release.Namespace }}
{{- end }}
{{- with .labels }}
labels:
  {{- include . $.context | nindent 2 }}
{{- end }}
annotations:
  helm.sh/hook: {{ .hook }}
  {{- if hasKey . "weight" }}
  helm.sh/hook-weight: {{ .weight | quote }}
  {{- end }}
  helm.sh/hook-delete-policy: {{ .policy | default "hook-succeeded,before-hook-creation" }}
{{- end -}}

{{/* Where operator pods and hook pods may run. */}}
{{- define "operator.placement" -}}
{{- with .Values.operator.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.operator.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.operator.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "nfd.name" -}}
{{ .Release.Name }}-node-feature-discovery
{{- end -}}

{{- define "nfd.labels" -}}
app.kubernetes.io/name: node-feature-discovery
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "nfd.pullSecrets" -}}
{{- with (index .Values "node-feature-discovery").imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* One operand's block of the ClusterPolicy: what is empty is left out, so the CRD's own default applies. */}}
{{- define "operand" -}}
{{- $block := dict -}}
{{- range $key, $value := . -}}
{{- if or $value (has $key (list "enabled" "usePrecompiled")) -}}
{{- $_ := set $block $key $value -}}
{{- end -}}
{{- end -}}
{{- toYaml $block -}}
{{- end -}}
