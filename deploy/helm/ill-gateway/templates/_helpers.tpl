{{- define "ill-gateway.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
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
