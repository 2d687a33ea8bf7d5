/** One alert: what is wrong, and for how long before somebody is told. docs/alerts.md says what to do. */
export interface Alert {
  readonly name: string;
  readonly severity: "critical" | "warning";
  readonly expression: string;
  readonly for: string;
  /** A sentence; `{{ $value }}` and `{{ $labels.x }}` are filled in. */
  readonly summary: string;
}

/** Selects by the label by which Prometheus tells our series from those of other controllers: the scraped Service. */
export const job = 'job="kasm-operator-metrics"';
const gatewayJob = 'job="kasm-gateway-metrics"';

/** What wants a person. Each replica reports the same sessions, so the maximum over replicas counts. */
export const alerts: readonly Alert[] = [
  {
    name: "KasmVdiOperatorDown",
    severity: "critical",
    expression: `absent(up{${job}} == 1)`,
    for: "5m",
    summary: "No VDI operator runs: no desktop is started, suspended or ended. Those that run stay open.",
  },
  {
    name: "KasmVdiGatewayDown",
    severity: "critical",
    expression: `absent(up{${gatewayJob}} == 1)`,
    for: "2m",
    summary: "No gateway runs: Traefik lets nobody into a desktop. Open streams go on.",
  },
  {
    name: "KasmVdiGatewayStale",
    severity: "critical",
    expression: `max(vdi_gateway_knowledge_age_seconds{${gatewayJob}}) > 600`,
    for: "1m",
    summary:
      "A gateway has not heard of the API server for {{ $value | humanizeDuration }}; after an hour it lets nobody in.",
  },
  {
    name: "KasmVdiNoLeader",
    severity: "critical",
    // One that has never led has no series.
    expression: `(max(leader_election_master_status{${job}}) or vector(0)) == 0 and on () max(up{${job}}) == 1`,
    for: "3m",
    summary: "VDI operators run, but none leads: no desktop is started, suspended or ended.",
  },
  {
    name: "KasmVdiSessionsStuck",
    severity: "critical",
    // A session counts as failed after its progress deadline, usually 10 minutes, and is not Creating any more. One that
    // does not start may be its user's own affair, a full home say: KasmVdiSessionsFailed tells of it.
    expression:
      `max(max_over_time(vdi_sessions{phase="Creating",${job}}[10m])) > 1 ` +
      `unless on() sum(increase(vdi_session_start_seconds_count{${job}}[15m])) > 0`,
    for: "15m",
    summary: "Of {{ $value }} sessions that were being created, none became ready in 15 minutes.",
  },
  {
    name: "KasmVdiSessionsHeldUp",
    severity: "warning",
    expression: `max by (reason) (vdi_session_problems{reason!="GpuSlicesInUse",${job}}) > 0`,
    for: "15m",
    summary: "{{ $value }} sessions do not start because of {{ $labels.reason }}.",
  },
  {
    name: "KasmVdiSessionsFailed",
    severity: "warning",
    expression: `max(vdi_sessions{phase="Failed",${job}}) > 0`,
    for: "5m",
    summary: "{{ $value }} sessions have failed.",
  },
  {
    name: "KasmVdiGpuSlicesExhausted",
    severity: "warning",
    expression: `max(vdi_session_problems{reason="GpuSlicesInUse",${job}}) > 0`,
    for: "5m",
    summary: "{{ $value }} sessions wait for a GPU slice: all are in use.",
  },
  {
    name: "KasmVdiPoolEmpty",
    severity: "warning",
    expression:
      `max by (pool) (vdi_pool_desktops{state="ready",${job}}) == 0 ` +
      `and on (pool) max by (pool) (vdi_pool_desktops{state="desired",${job}}) > 0`,
    for: "10m",
    summary: "Pool {{ $labels.pool }} has no desktop ready: its sessions start cold.",
  },
  {
    name: "KasmVdiTemplateUnusable",
    severity: "warning",
    expression: `min by (template) (vdi_template_usable{${job}}) == 0`,
    for: "10m",
    summary: "No session can be made from template {{ $labels.template }}: its status says why.",
  },
  {
    name: "KasmVdiWritesRefused",
    severity: "warning",
    // At their longest, tries of what is refused or contested are two minutes apart.
    expression: `sum by (kind, why) (increase(vdi_write_refusals_total{${job}}[15m])) > 3`,
    for: "15m",
    summary: "The operator cannot write {{ $labels.kind }} as it should be: {{ $labels.why }}.",
  },
  {
    name: "KasmVdiTimeInDoubt",
    severity: "warning",
    expression: `max(vdi_time_in_doubt{${job}}) == 1`,
    for: "5m",
    summary: "The clocks of API server and operator do not agree: no session is ended or suspended by time.",
  },
  {
    name: "KasmVdiHomeMountedTwice",
    severity: "critical",
    expression: `sum(increase(vdi_home_double_mounts_total{${job}}[15m])) > 0`,
    for: "0m",
    summary: "Two desktops had one home volume; {{ $value | humanize }} were ended for that.",
  },
  {
    name: "KasmVdiOrphans",
    severity: "warning",
    expression: `sum(increase(vdi_orphans_removed_total{${job}}[1h])) > 0`,
    for: "0m",
    summary: "{{ $value | humanize }} objects outlived their sessions and were deleted: somebody takes owners away.",
  },
  {
    name: "KasmVdiReconcileErrors",
    severity: "warning",
    expression:
      `sum by (controller) (rate(controller_runtime_reconcile_errors_total{${job}}[10m])) ` +
      `/ sum by (controller) (rate(controller_runtime_reconcile_total{${job}}[10m])) > 0.1`,
    for: "15m",
    summary: "{{ $value | humanizePercentage }} of the reconciliations of {{ $labels.controller }} fail.",
  },
];
