import { readFileSync } from "node:fs";
import { expect } from "chai";
import { Registry, collectDefaultMetrics } from "prom-client";
import { alerts } from "../../components/vdi-operator.alerts.ts";
import { dashboard, dashboardRows } from "../../components/vdi-operator.dashboard.ts";
import { dashboardConfigMap, prometheusObjects } from "../../components/vdi-operator.monitoring.ts";
import { metricsService } from "../../components/vdi-operator.services.ts";
import { ControllerMetrics } from "../../kube/metrics.ts";
import { DesktopMetrics, countPhases } from "../../operator/metrics.ts";
import { readyReasons } from "../../operator/status/reasons.ts";

/** All that the operator reports, with the labels of each. */
function reported(): Map<string, readonly string[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new ControllerMetrics(registry);
  new DesktopMetrics(registry, () => undefined);
  // Prometheus' own, about the scrape.
  const known = new Map<string, readonly string[]>([["up", []]]);
  for (const metric of registry.getMetricsAsArray()) {
    const { name, labelNames = [], type } = metric as unknown as Described;
    for (const ending of type === "histogram" ? ["_bucket", "_sum", "_count"] : [""])
      known.set(`${name}${ending}`, labelNames);
  }
  return known;
}

interface Described {
  name: string;
  type?: string;
  labelNames?: string[];
}

const panels = Object.values(dashboardRows).flat();
const expressions = [...alerts.map((it) => it.expression), ...panels.flatMap(({ queries }) => Object.values(queries))];
/** Metrics of an expression, each with what selects its series. */
const selections = (expression: string) =>
  [...expression.matchAll(/\b([a-z_]+)\{([^}]*)\}/g)].map(([, name = "", labels = ""]) => ({ name, labels }));

describe("dashboard and alerts", () => {
  const known = reported();

  it("use no metric and no label that the operator does not report", () => {
    for (const expression of expressions) {
      expect(selections(expression), expression).not.to.deep.equal([]);
      const available = new Set(["job", "pod", "instance", "le"]);
      for (const { name, labels } of selections(expression)) {
        expect([...known.keys()], expression).to.include(name);
        for (const label of known.get(name) ?? []) available.add(label);
        for (const [, label] of labels.matchAll(/(\w+)(?:=~|!?=)/g))
          expect([...(known.get(name) ?? []), "job"], expression).to.include(label);
      }
      for (const [, by = ""] of expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
        for (const label of by.split(", ").filter((it) => it !== ""))
          expect([...available], expression).to.include(label);
    }
  });

  it("read the series of this operator alone: others report the same names", () => {
    const { name } = metricsService("kasm-vdi-system").metadata;
    for (const expression of expressions)
      for (const { labels } of selections(expression)) expect(labels, expression).to.contain(`job="${name}"`);
  });

  it("ask for phases that a status has", () => {
    const phases = expressions.flatMap((it) =>
      [...it.matchAll(/phase=~?"([^"]+)"/g)].flatMap(([, all]) => all!.split("|")),
    );
    expect([...countPhases([]).keys()]).to.include.members(phases);
  });

  it("ask for reasons that a status has", () => {
    const reasons = expressions.flatMap((it) => [...it.matchAll(/reason!?="(\w+)"/g)].map(([, reason]) => reason));
    expect(reasons).to.include("GpuSlicesInUse");
    expect(Object.keys(readyReasons)).to.include.members(reasons);
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
        expect(expression).to.match(new RegExp(`by \\([^)]*\\b${label}\\b`));
  });
});

describe("the dashboard", () => {
  it("is found by Grafana's sidecar and is JSON", () => {
    const { metadata, data } = dashboardConfigMap("kasm-vdi-system");
    expect(metadata.labels).to.include({ grafana_dashboard: "1" });
    expect(JSON.parse(data["kasm-vdi.json"])).to.deep.equal(dashboard());
  });

  it("names lines by labels that the expression leaves, and lays no panel over another", () => {
    for (const { queries } of panels)
      for (const [legend, expression] of Object.entries(queries))
        for (const [, label = ""] of legend.matchAll(/\{\{(\w+)\}\}/g))
          expect(label === "pod" ? "pod" : expression).to.match(new RegExp(`pod|by \\([^)]*\\b${label}\\b`));
    const cells = (dashboard().panels as { gridPos: { x: number; y: number; w: number; h: number } }[]).flatMap(
      ({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
  });
});
