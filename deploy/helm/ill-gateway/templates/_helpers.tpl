{{- define "ill-gateway.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- /* Of the CronJob: its name may have 52 characters, for Kubernetes adds eleven to it for each Job. */}}
{{- define "ill-gateway.backup" -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" -}}-backup
{{- end -}}

{{- define "ill-gateway.selector" -}}
app.kubernetes.io/name: ill-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ill-gateway.labels" -}}
{{ include "ill-gateway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "ill-gateway.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- /* What a pod of ours may do: nothing but write where a volume is. */}}
{{- define "ill-gateway.podSecurity" -}}
runAsNonRoot: true
runAsUser: 8626
runAsGroup: 8626
fsGroup: 8626
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "ill-gateway.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- /* The store, and the secrets that the settings name, for whatever runs by these settings. */}}
{{- define "ill-gateway.environment" -}}
- {name: ILL_GATEWAY_STORE__URL, value: {{ .Values.store.url | quote }}}
- {name: ILL_GATEWAY_STORE__PASSWORD, value: "file:/run/secrets/ill-gateway/store-password"}
- {name: ILL_GATEWAY_ACS__PASSWORD, value: "file:/run/secrets/ill-gateway/acs-password"}
- {name: ILL_GATEWAY_API__ADMIN_TOKEN, value: "file:/run/secrets/ill-gateway/admin-token"}
{{- end -}}

{{- define "ill-gateway.mounts" -}}
- {name: settings, mountPath: /etc/ill-gateway, readOnly: true}
- {name: secrets, mountPath: /run/secrets/ill-gateway, readOnly: true}
- {name: scratch, mountPath: /tmp}
{{- end -}}

{{- define "ill-gateway.volumes" -}}
- name: settings
  configMap:
    name: {{ include "ill-gateway.name" . }}
- name: secrets
  secret:
    secretName: {{ .Values.existingSecret }}
    defaultMode: 0440
- name: scratch
  emptyDir: {}
{{- end -}}

{{- /* A claim's specification, of values with a size and a storageClassName. */}}
{{- define "ill-gateway.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .storageClassName }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .size }}
{{- end -}}
