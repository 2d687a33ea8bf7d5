import { expect } from "chai";
import { Registry } from "prom-client";
import type { VDIPool, VDISession } from "../../operator/api/objects.ts";
import { DesktopMetrics, countPhases, problemOf } from "../../operator/metrics.ts";
import type { Desktops } from "../../operator/metrics.ts";

describe("metrics of desktops", () => {
  it("counts sessions by phase, also phases that none is in", () => {
    const counts = countPhases([inPhase("Running"), inPhase("Running"), inPhase("Failed"), {}]);
    expect(Object.fromEntries(counts)).to.deep.equal({
      ...{ Pending: 1, Creating: 0, Running: 2, Suspended: 0, Terminating: 0, Failed: 1 },
    });
  });

  it("counts anew at each scrape, so that a reason or a pool that is gone is not reported any more", async () => {
    const stalled = withConditions(["Ready", "False", "TemplateMissing"], ["Stalled", "True", "TemplateMissing"]);
    const known: { -readonly [part in keyof Desktops]: Desktops[part] } = {
      sessions: [stalled],
      pools: [pool],
      templates: [],
    };
    const registry = new Registry();
    new DesktopMetrics(registry, () => known);
    expect(await lines(registry)).to.include.members([
      'vdi_session_problems{reason="TemplateMissing"} 1',
      'vdi_pool_desktops{pool="office",state="desired"} 5',
      'vdi_pool_desktops{pool="office",state="ready"} 2',
      'vdi_pool_desktops{pool="office",state="starting"} 1',
    ]);
    known.sessions = [inPhase("Running")];
    known.pools = [];
    const later = await lines(registry);
    expect(later).to.include('vdi_sessions{phase="Running"} 1');
    expect(later.filter((line) => /^vdi_(session_problems|pool_desktops)/.test(line))).to.deep.equal([]);
  });

  it("says of each template whether it can be used, once that is known", async () => {
    const registry = new Registry();
    const template = (name: string, status?: "True" | "False") => ({
      ...{ metadata: { name } },
      ...(status && { status: withConditions(["Ready", status, "R"]).status! }),
    });
    const templates = [template("good", "True"), template("bad", "False"), template("new")];
    new DesktopMetrics(registry, () => ({ sessions: [], pools: [], templates }));
    expect((await lines(registry)).filter((line) => line.startsWith("vdi_template_usable"))).to.have.members([
      'vdi_template_usable{template="good"} 1',
      'vdi_template_usable{template="bad"} 0',
    ]);
  });

  it("counts writes that are refused or undone, by kind and why", async () => {
    const registry = new Registry();
    const metrics = new DesktopMetrics(registry, () => undefined);
    for (const why of ["Quota", "Quota", "Contested"]) metrics.refused({ kind: "Pod", why });
    expect(await lines(registry)).to.include.members([
      'vdi_write_refusals_total{kind="Pod",why="Quota"} 2',
      'vdi_write_refusals_total{kind="Pod",why="Contested"} 1',
    ]);
  });

  it("tells warm starts from cold ones, and how long sessions lasted", async () => {
    const registry = new Registry();
    const metrics = new DesktopMetrics(registry, () => undefined);
    metrics.started({ launch: "Warm", template: "ubuntu", seconds: 0.12 });
    metrics.started({ launch: "Cold", template: "ubuntu", seconds: 4 });
    metrics.ended({ template: "ubuntu", seconds: 4000 });
    expect(await lines(registry)).to.include.members([
      'vdi_session_start_seconds_bucket{le="0.2",launch="Warm",template="ubuntu"} 1',
      'vdi_session_start_seconds_bucket{le="2",launch="Cold",template="ubuntu"} 0',
      'vdi_session_start_seconds_bucket{le="5",launch="Cold",template="ubuntu"} 1',
      'vdi_session_duration_seconds_bucket{le="7200",template="ubuntu"} 1',
    ]);
  });

  it("begins the counts of a template's starts and ends at 0, so that the first one is seen as a rise", async () => {
    const registry = new Registry();
    const templates = [{ metadata: { name: "ubuntu" } }];
    const metrics = new DesktopMetrics(registry, () => ({ sessions: [], pools: [], templates }));
    const counts = async () => (await lines(registry)).filter((line) => /^vdi_session_\w+_count/.test(line));
    expect(await counts()).to.have.members([
      'vdi_session_start_seconds_count{launch="Cold",template="ubuntu"} 0',
      'vdi_session_start_seconds_count{launch="Warm",template="ubuntu"} 0',
      'vdi_session_duration_seconds_count{template="ubuntu"} 0',
    ]);
    metrics.started({ launch: "Cold", template: "ubuntu", seconds: 4 });
    metrics.ended({ template: "late", seconds: 60 });
    templates.push({ metadata: { name: "late" } });
    expect(await counts()).to.include.members([
      'vdi_session_start_seconds_count{launch="Cold",template="ubuntu"} 1',
      'vdi_session_start_seconds_count{launch="Warm",template="late"} 0',
      'vdi_session_duration_seconds_count{template="late"} 1',
    ]);
  });

  it("reports no desktops before the first lists are read: 0 would say that none has failed", async () => {
    const registry = new Registry();
    new DesktopMetrics(registry, () => undefined);
    expect((await lines(registry)).filter((line) => line.startsWith("vdi_"))).to.deep.equal([]);
  });

  describe("what holds a session up", () => {
    it("is the reason of Ready, when it is one that a usual start does not have", () => {
      expect(problemOf(withConditions(["Ready", "False", "GpuSlicesInUse"]))).to.equal("GpuSlicesInUse");
      expect(problemOf(withConditions(["Ready", "False", "PullingImage"]))).to.equal(undefined);
    });

    it("is the reason of Stalled for a start that takes too long for no reason that is known", () => {
      const late = withConditions(["Ready", "False", "Starting"], ["Stalled", "True", "ProgressDeadlineExceeded"]);
      expect(problemOf(late)).to.equal("ProgressDeadlineExceeded");
    });

    it("is nothing for a session that runs, is suspended on purpose, or ends", () => {
      expect(problemOf(withConditions(["Ready", "True", "Ready"], ["Stalled", "False", "Ready"]))).to.equal(undefined);
      for (const reason of ["Suspended", "Terminating"])
        expect(problemOf(withConditions(["Ready", "False", reason])), reason).to.equal(undefined);
    });
  });
});

type Session = Pick<VDISession, "status">;
type Condition = [type: string, status: "True" | "False" | "Unknown", reason: string];

const pool: Pick<VDIPool, "metadata" | "status"> = {
  metadata: { name: "office" },
  status: { desiredReplicas: 5, replicas: 3, readyReplicas: 2 },
};

function inPhase(phase: NonNullable<VDISession["status"]>["phase"]): Session {
  return { status: { phase } };
}

function withConditions(...conditions: Condition[]): Session {
  const lastTransitionTime = "2026-01-01T00:00:00Z";
  return {
    status: {
      phase: "Creating",
      conditions: conditions.map(([type, status, reason]) => ({
        type,
        status,
        reason,
        message: "",
        lastTransitionTime,
      })),
    },
  };
}

async function lines(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split("\n");
}
