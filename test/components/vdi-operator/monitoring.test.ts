import { readFileSync } from "node:fs";
import { expect } from "chai";
import { Registry, collectDefaultMetrics } from "prom-client";
import { alerts } from "../../../components/vdi-operator/alerts.ts";
import { dashboard, dashboardRows } from "../../../components/vdi-operator/dashboard.ts";
import { dashboardConfigMap, prometheusObjects } from "../../../components/vdi-operator/monitoring.ts";
import { gatewayMetricsService, metricsService } from "../../../components/vdi-operator/services.ts";
import { ControllerMetrics } from "../../../kube/metrics.ts";
import { AccessMetrics } from "../../../operator/access/metrics.ts";
import { DesktopMetrics, countPhases, watchTime } from "../../../operator/metrics.ts";
import { readyReasons } from "../../../operator/status/reasons.ts";
import { labelsLeft, selections } from "./promql.ts";
import type { Metric } from "./promql.ts";

/** All that operator and gateway report. */
function reported(): Map<string, Metric> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new ControllerMetrics(registry);
  new DesktopMetrics(registry, () => undefined);
  watchTime(registry, { doubt: undefined });
  new AccessMetrics(registry, () => undefined);
  // Prometheus' own, about the scrape.
  const known = new Map<string, Metric>([["up", { labels: [], isCounter: false }]]);
  for (const metric of registry.getMetricsAsArray()) {
    const { name, labelNames = [], type } = metric as unknown as Described;
    const isHistogram = type === "histogram";
    for (const ending of isHistogram ? ["_bucket", "_sum", "_count"] : [""]) {
      const labels = ending === "_bucket" ? [...labelNames, "le"] : labelNames;
      known.set(`${name}${ending}`, { labels, isCounter: isHistogram || type === "counter" });
    }
  }
  return known;
}

interface Described {
  name: string;
  type?: string;
  labelNames?: string[];
}

/** What the Prometheus operator adds to each series of a ServiceMonitor; our own of that name would be renamed. */
const targetLabels = ["job", "namespace", "service", "endpoint", "pod", "container", "instance"];

const known = reported();
const panels = Object.values(dashboardRows).flat();
const expressions = [...alerts.map((it) => it.expression), ...panels.flatMap(({ queries }) => Object.values(queries))];
const left = (expression: string) => [...labelsLeft(expression, known, targetLabels)];

describe("dashboard and alerts", () => {
  it("are PromQL over metrics and labels that the operator reports", () => {
    for (const expression of expressions) expect(() => left(expression)).not.to.throw();
  });

  const mistakes = {
    "a parenthesis that stays open": "max(vdi_sessions",
    "a function that there is not": "maximum(vdi_sessions)",
    "a metric that there is not": "max(vdi_session)",
    "a metric without its ending": "rate(vdi_session_start_seconds[5m])",
    "a label that there is not": 'vdi_sessions{state="Failed"}',
    "lines by a label that there is not": "max by (template) (vdi_sessions)",
    "lines by a label that was summed up": "sum by (phase) (max by (pod) (vdi_sessions))",
    "two sides by a label that one has not": "up and on (pool) vdi_pool_desktops",
    "buckets that were summed up": "histogram_quantile(0.5, sum(rate(vdi_session_start_seconds_bucket[5m])))",
    "a rate without a range": "rate(rest_client_requests_total)",
    "the rate of a gauge": "rate(vdi_sessions[5m])",
    "the highest of a counter": "max_over_time(rest_client_requests_total[5m])",
  };
  for (const [mistake, expression] of Object.entries(mistakes))
    it(`would be refused for ${mistake}`, () => {
      expect(() => left(expression)).to.throw(expression);
    });

  it("read the series of this operator and gateway alone: others report the same names", () => {
    const services = [metricsService("kasm-vdi-system"), gatewayMetricsService("kasm-vdi-system")];
    const names = services.map(({ metadata }) => metadata.name);
    for (const expression of expressions)
      for (const { matchers } of selections(expression)) {
        const jobs = matchers.filter(({ label, operator }) => label === "job" && operator === "=");
        expect(jobs, expression).to.have.lengthOf(1);
        expect(names, expression).to.include(jobs[0]?.value);
      }
  });

  /** Values that expressions ask for, of one label. */
  const askedFor = (label: string) =>
    expressions
      .flatMap((it) => selections(it).flatMap(({ matchers }) => matchers))
      .filter((it) => it.label === label)
      .flatMap(({ value }) => value.split("|"));

  it("ask for phases that a status has", () => {
    expect(askedFor("phase")).to.include("Creating");
    expect([...countPhases([]).keys()]).to.include.members(askedFor("phase"));
  });

  it("ask for reasons that a status has", () => {
    expect(askedFor("reason")).to.include("GpuSlicesInUse");
    expect(Object.keys(readyReasons)).to.include.members(askedFor("reason"));
  });

  it("find the labels that tell replicas apart: no metric has one of the same name", () => {
    for (const [name, { labels }] of known)
      expect(
        labels.filter((label) => targetLabels.includes(label)),
        name,
      ).to.deep.equal([]);
  });
});

describe("the alerts", () => {
  it("have a section each that says what to do, in the order of the page", () => {
    const page = readFileSync("docs/alerts.md", "utf8");
    const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(sections).to.deep.equal(alerts.map(({ name }) => name));
    const rule = prometheusObjects("kasm-vdi-system")["prometheus-rule"];
    expect(rule.spec.groups[0]!.rules.map(({ annotations }) => annotations.runbook)).to.include(
      "docs/alerts.md#kasmvdipoolempty",
    );
  });

  it("fill in only labels that their expression leaves", () => {
    for (const { summary, expression } of alerts)
      for (const [, label = ""] of summary.matchAll(/\$labels\.(\w+)/g))
        expect(left(expression), summary).to.include(label);
  });
});

describe("the dashboard", () => {
  it("is found by Grafana's sidecar and is JSON", () => {
    const { metadata, data } = dashboardConfigMap("kasm-vdi-system");
    expect(metadata.labels).to.include({ grafana_dashboard: "1" });
    expect(JSON.parse(data["kasm-vdi.json"])).to.deep.equal(dashboard());
  });

  it("names lines by labels that the expression leaves", () => {
    for (const { queries } of panels)
      for (const [legend, expression] of Object.entries(queries))
        for (const [, label = ""] of legend.matchAll(/\{\{(\w+)\}\}/g))
          expect(left(expression), legend).to.include(label);
  });

  const { templating, panels: drawn } = dashboard() as unknown as Drawn;

  it("asks the data source that its variable names, in each panel and each query", () => {
    expect(templating.list.map(({ name, type }) => ({ name, type }))).to.deep.equal([
      { name: "datasource", type: "datasource" },
    ]);
    for (const { title, datasource, targets = [] } of drawn.filter(({ type }) => type !== "row")) {
      const asked = [datasource, ...targets.map((it) => it.datasource)];
      for (const source of asked) expect(source, title).to.deep.equal({ type: "prometheus", uid: "${datasource}" });
    }
  });

  it("gives each panel an id and a title of its own, a unit, and queries that Grafana can tell apart", () => {
    expect(new Set(drawn.map(({ id }) => id)).size).to.equal(drawn.length);
    expect(new Set(drawn.map(({ title }) => title)).size).to.equal(drawn.length);
    for (const { title, fieldConfig, targets = [] } of drawn.filter(({ type }) => type !== "row")) {
      expect(fieldConfig?.defaults.unit, title).to.match(/^\w+$/);
      expect(targets, title).not.to.deep.equal([]);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).to.equal(targets.length);
    }
  });

  it("lays no panel over another, nor beyond the 24 columns", () => {
    const cells = drawn.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => [x + (cell % w), y + Math.floor(cell / w)] as const),
    );
    expect(new Set(cells.map(String)).size).to.equal(cells.length);
    expect(Math.max(...cells.map(([column]) => column))).to.equal(23);
  });
});

/** Grafana's model of a dashboard, as far as it is looked at here. */
interface Drawn {
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly datasource?: object;
    readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
    readonly targets?: readonly { readonly refId: string; readonly datasource: object }[];
  }[];
}
