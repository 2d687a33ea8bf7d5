import { job } from "./alerts.ts";

/** A panel of the dashboard: one or more PromQL expressions with what names their lines. */
export interface Panel {
  readonly title: string;
  readonly unit: "short" | "s" | "ops" | "bytes" | "percentunit";
  readonly queries: Readonly<Record<string, string>>;
}

/** Rows of the dashboard by title, from what users feel to what explains it. Legend, then expression. */
export const dashboardRows: Readonly<Record<string, readonly Panel[]>> = {
  Desktops: [
    panel("Sessions by phase", "short", { "{{phase}}": `max by (phase) (vdi_sessions{${job}})` }),
    panel("Sessions held up, by reason", "short", {
      "{{reason}}": `max by (reason) (vdi_session_problems{${job}}) > 0`,
    }),
    panel("Start to reachable", "s", {
      "{{launch}} p50": startQuantile(0.5),
      "{{launch}} p99": startQuantile(0.99),
    }),
    panel("Starts", "ops", {
      "{{template}} {{launch}}": `sum by (template, launch) (rate(vdi_session_start_seconds_count{${job}}[5m]))`,
    }),
    panel("How long sessions last, median of a day", "s", {
      "{{template}}": `histogram_quantile(0.5, sum by (le, template) (increase(vdi_session_duration_seconds_bucket{${job}}[1d])))`,
    }),
    panel("Pools", "short", {
      "{{pool}} {{state}}": `max by (pool, state) (vdi_pool_desktops{${job}})`,
    }),
  ],
  Operator: [
    panel("Reconciliations", "ops", {
      "{{controller}} {{result}}": `sum by (controller, result) (rate(controller_runtime_reconcile_total{${job}}[5m]))`,
    }),
    panel("Reconciliation time, p99", "s", {
      "{{controller}}": quantile(0.99, "controller", "controller_runtime_reconcile_time_seconds_bucket"),
    }),
    panel("Keys that wait", "short", { "{{name}}": `sum by (name) (workqueue_depth{${job}})` }),
    panel("Wait in the queue, p99", "s", {
      "{{name}}": quantile(0.99, "name", "workqueue_queue_duration_seconds_bucket"),
    }),
    panel("Requests to the API server", "ops", {
      "{{method}} {{code}}": `sum by (method, code) (rate(rest_client_requests_total{${job}}[5m]))`,
    }),
    panel("Writes refused or undone", "ops", {
      "{{kind}} {{why}}": `sum by (kind, why) (rate(vdi_write_refusals_total{${job}}[5m]))`,
    }),
    panel("Who leads", "short", { "{{pod}}": `leader_election_master_status{${job}}` }),
    panel("Memory", "bytes", { "{{pod}}": `process_resident_memory_bytes{${job}}` }),
    panel("CPU", "percentunit", { "{{pod}}": `rate(process_cpu_seconds_total{${job}}[5m])` }),
  ],
};

const panelSize = { w: 8, h: 8 };
const panelsPerLine = 3;

/** The dashboard as Grafana imports it, with its data source left to whoever looks. */
export function dashboard() {
  const source = { type: "prometheus", uid: "${datasource}" };
  const panels: object[] = [];
  let top = 0;
  for (const [title, row] of Object.entries(dashboardRows)) {
    panels.push({ id: panels.length + 1, type: "row", title, gridPos: { x: 0, y: top, w: 24, h: 1 }, panels: [] });
    row.forEach(({ title, unit, queries }, index) => {
      const line = Math.floor(index / panelsPerLine);
      panels.push({
        ...{ id: panels.length + 1, type: "timeseries", title, datasource: source },
        gridPos: { ...panelSize, x: (index % panelsPerLine) * panelSize.w, y: top + 1 + line * panelSize.h },
        fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
        targets: Object.entries(queries).map(([legendFormat, expr], query) => ({
          ...{ refId: String.fromCharCode(65 + query), datasource: source, expr, legendFormat },
        })),
      });
    });
    top += 1 + Math.ceil(row.length / panelsPerLine) * panelSize.h;
  }
  return {
    ...{ uid: "kasm-vdi", title: "Kasm VDI", tags: ["kasm-vdi"], schemaVersion: 39, editable: false },
    ...{ refresh: "30s", time: { from: "now-6h", to: "now" } },
    templating: { list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }] },
    panels,
  };
}

function panel(title: string, unit: Panel["unit"], queries: Panel["queries"]): Panel {
  return { title, unit, queries };
}

function startQuantile(share: number): string {
  return quantile(share, "launch", "vdi_session_start_seconds_bucket");
}

function quantile(share: number, by: string, metric: string): string {
  return `histogram_quantile(${share}, sum by (le, ${by}) (rate(${metric}{${job}}[5m])))`;
}
