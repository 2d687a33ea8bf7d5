{{/* Arguments: list of context, image block, component name for the error. */}}
{{- define "kasm.image" -}}
{{- $image := index . 1 -}}
{{- $tag := $image.tag | default (index . 0).Values.useImageTags -}}
{{- if not $tag -}}
{{- fail (printf "Image tag not set for %q: set useImageTags or that component's image.tag" (index . 2)) -}}
{{- end -}}
{{ $image.registry }}/{{ $image.repository }}:{{ $tag }}
{{- end -}}

{{- define "kasm.apiImage" -}}
{{ include "kasm.image" (list . .Values.components.api.image "api") }}
{{- end -}}

{{/* Arguments: list of context, preset name. Gives {replicas, requests, limits} as JSON. */}}
{{- define "kasm.preset" -}}
{{- $context := index . 0 -}}
{{- dig (index . 1) $context.Values.deploymentSize dict ($context.Files.Get "presets.yaml" | fromYaml) | toJson -}}
{{- end -}}

{{/* Arguments: list of context, preset name, override (an empty one means the preset). */}}
{{- define "kasm.resources" -}}
{{- $preset := include "kasm.preset" . | fromJson -}}
resources:
  {{- index . 2 | default (pick $preset "requests" "limits") | toYaml | nindent 2 }}
{{- end -}}

{{- define "kasm.replicas" -}}
{{- $preset := include "kasm.preset" . | fromJson -}}
{{- index . 2 | default $preset.replicas | int -}}
{{- end -}}

{{/* Arguments: list of context, uid. */}}
{{- define "kasm.podSettings" -}}
{{- $context := index . 0 -}}
{{- with $context.Values.imagePullSecrets }}
{{- if .enabled }}
imagePullSecrets:
  - name: {{ .name | default (printf "%s-image-pull-secret" $context.Release.Name) }}
{{- end }}
{{- end }}
{{- if $context.Values.applySecurity }}
securityContext:
  runAsUser: {{ index . 1 }}
  runAsGroup: {{ index . 1 }}
  fsGroup: {{ index . 1 }}
  fsGroupChangePolicy: OnRootMismatch
{{- end }}
{{- with $context.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $context.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Enough for the `restricted` Pod Security level. Arguments: list of context, uid. */}}
{{- define "kasm.containerSettings" -}}
imagePullPolicy: {{ (index . 0).Values.imagePullPolicy }}
{{- if (index . 0).Values.applySecurity }}
securityContext:
  runAsUser: {{ index . 1 }}
  runAsGroup: {{ index . 1 }}
  runAsNonRoot: true
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end }}
{{- end -}}

{{/* Arguments: list of context, the component's healthCheckTiming, dict of probe name to handler. */}}
{{- define "kasm.probes" -}}
{{- if (index . 0).Values.applyHealthChecks -}}
{{- $timing := index . 1 | default dict -}}
{{- $probes := dict -}}
{{- range $probe, $handler := index . 2 -}}
{{- $defaults := dict "timeoutSeconds" 5 "initialDelaySeconds" 10 "periodSeconds" 30 "failureThreshold" 3 "successThreshold" 1 -}}
{{- $_ := set $probes $probe (merge $handler (dig $probe dict $timing) $defaults) -}}
{{- end -}}
{{- toYaml $probes -}}
{{- end -}}
{{- end -}}

{{/* Environment of what talks to the database. Arguments: list of context, host, name of the Secret with db-password. */}}
{{- define "kasm.dbEnvironment" -}}
{{- $context := index . 0 -}}
{{- with $context.Values.database -}}
- { name: POSTGRES_HOST, value: {{ index $ 1 | quote }} }
- { name: POSTGRES_PORT, value: {{ .port | quote }} }
- { name: POSTGRES_DB, value: {{ .kasmDbName | quote }} }
- { name: POSTGRES_USER, value: {{ .kasmDbUser | quote }} }
- name: POSTGRES_PASSWORD
  valueFrom:
    secretKeyRef:
      {{- .kasmDbSecret | default (dict "name" (index $ 2) "key" "db-password") | toYaml | nindent 6 }}
{{- end }}
{{- end -}}

{{/* The chart reads the database password from this literal name, whatever kasmSecrets.name says. */}}
{{- define "kasm.literalSecrets" -}}
{{ .Release.Name }}-secrets
{{- end -}}

{{/* Waits for ever for an HTTP answer, any answer. Arguments: context, component (names the container), url. */}}
{{- define "kasm.waitForHttp" -}}
- name: {{ .context.Release.Name }}-{{ .component }}-is-ready
  image: {{ include "kasm.apiImage" .context }}
  {{- include "kasm.containerSettings" (list .context 1000) | nindent 2 }}
  resources:
    requests: { cpu: 200m, memory: 128Mi }
    limits: { cpu: 200m, memory: 128Mi }
  command: [/bin/sh, -ec]
  args:
    - until curl {{ .url }}; do sleep 5; done
{{- end -}}

{{/* Of Jobs and of waits for the schema: as small, whatever deploymentSize says. So it is in the real chart. */}}
{{- define "kasm.smallResources" -}}
resources:
  requests: { cpu: 500m, memory: 512Mi, ephemeral-storage: 50Mi }
  limits: { cpu: 500m, memory: 1Gi, ephemeral-storage: 2Gi }
{{- end -}}

{{/* Waits for ever for the database. Arguments: context, name (db-is-ready, ...), host, secret, until (shell condition). One that
asks the server alone requests nothing: a LimitRange without defaults refuses it, as it does in the real chart. */}}
{{- define "kasm.waitForDatabase" -}}
- name: {{ .name }}
  image: {{ include "kasm.apiImage" .context }}
  {{- include "kasm.containerSettings" (list .context 1000) | nindent 2 }}
  {{- if ne .until "pg_isready" }}
  {{- include "kasm.smallResources" . | nindent 2 }}
  {{- end }}
  env:
    {{- include "kasm.dbEnvironment" (list .context .host .secret) | nindent 4 }}
    - { name: PGCONNECT_TIMEOUT, value: {{ .context.Values.dbManagement.dbConnectionTimeout | quote }} }
  command: [/bin/bash, -c]
  args:
    - until {{ .until }}; do sleep 5; done
  volumeMounts:
    - { name: tmp-data, mountPath: /tmp }
{{- end -}}

{{/* Ready for the api and the manager means initialised and migrated, which only the db-init or the db-upgrade Job brings about. */}}
{{- define "kasm.waitForSchema" -}}
{{- include "kasm.waitForDatabase" (dict "context" . "name" "db-is-ready" "host" (include "kasm.dbHost" .) "secret" (include "kasm.literalSecrets" .) "until" "kasm-schema-is-at-head") -}}
{{- end -}}

{{/* Takes the site's own certificates in. No requests, as in the real chart. Arguments: list of context, uid. */}}
{{- define "kasm.trustedCaInit" -}}
{{- if (index . 0).Values.trustedCaBundle.enabled -}}
- name: trusted-ca-init
  image: {{ include "kasm.apiImage" (index . 0) }}
  {{- include "kasm.containerSettings" . | nindent 2 }}
  command: [/bin/bash, -c, update-ca-certificates]
  volumeMounts:
    - { name: usr-local-share, mountPath: /usr/local/share/ca-certificates, readOnly: true }
    - { name: etc-ssl-certs, mountPath: /etc/ssl/certs }
{{- end -}}
{{- end -}}

{{- define "kasm.trustedCaVolumes" -}}
{{- with .Values.trustedCaBundle }}
{{- if .enabled -}}
- name: usr-local-share
  configMap: { name: {{ .configMapName }} }
- name: etc-ssl-certs
  emptyDir: {}
{{- end }}
{{- end }}
{{- end -}}
