import { expect } from "chai";
import { sessionView } from "../../../portal/view/session.ts";
import { templateView } from "../../../portal/view/template.ts";
import { findings } from "../../../portal/view/findings.ts";
import { sessionView as schema, templateView as templateSchema } from "../../../portal/api/schemas.ts";
import { node, session, template } from "../objects.ts";

const condition = (type: string, status: "True" | "False" | "Unknown", reason: string, message = "") => ({
  ...{ type, status, reason, message, lastTransitionTime: "2026-01-01T00:00:05Z" },
});

describe("a session as its user sees it", () => {
  it("has each step with its sentence and time, in the order of a start, and no address, Secret or other's field", () => {
    const view = sessionView(
      session(
        "a",
        {},
        {
          ...{ phase: "Creating", url: "https://secret-host.desktops.example.com/", credentialsSecretName: "a-secret" },
          message: "waits for a node",
          conditions: [
            condition("HomeBound", "True", "Bound", "home-alice"),
            condition("Ready", "False", "Scheduling", "waits for a node"),
            condition("PodScheduled", "False", "Unschedulable", "no node"),
          ],
        },
      ),
      template("ubuntu", { displayName: "Ubuntu" }),
    );
    expect(view.conditions.map(({ type }) => type)).to.deep.equal(["Ready", "PodScheduled", "HomeBound"]);
    expect(view).to.deep.include({ title: "Ubuntu", state: "Creating", isReady: false, message: "waits for a node" });
    expect(JSON.stringify(view)).not.to.match(/secret/);
    expect(schema.parse(view)).to.deep.equal(view);
  });

  it("warns when nobody is connected and it will soon be suspended", () => {
    const warned = session(
      "a",
      {},
      { conditions: [condition("Active", "False", "IdleWarning", "suspended at 10:00")] },
    );
    expect(sessionView(warned, undefined).idleWarning).to.equal("suspended at 10:00");
  });

  it("counts as ending once it is deleted, and as pending before the operator has seen it", () => {
    const ending = session("a");
    ending.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    expect(sessionView(ending, undefined).state).to.equal("Terminating");
    const fresh = session("a");
    delete fresh.status;
    expect(sessionView(fresh, undefined).state).to.equal("Pending");
  });
});

describe("a template as a person sees it", () => {
  it("has a picture only when it brings it along: pages load nothing from elsewhere", () => {
    const icon = (text: string) => templateView(template("t", { icon: text }), undefined).icon;
    expect(icon("data:image/png;base64,AAAA")).to.equal("data:image/png;base64,AAAA");
    for (const text of ["https://tracker.example.com/a.png", "data:text/html,<script>", "javascript:alert(1)"])
      expect(icon(text), text).to.equal(undefined);
  });

  it("says what a desktop gets where the template leaves it out, and why it cannot be used", () => {
    const broken = template("t");
    broken.status = { conditions: [condition("Ready", "False", "TemplateInvalid", "no such port")] };
    const view = templateView(broken, undefined);
    expect(view).to.deep.include({ size: { gpu: 0, cpu: "1", memory: "2Gi" }, problem: "no such port" });
    expect(templateSchema.parse(view)).to.deep.equal(view);
  });
});

describe("the portal's findings", () => {
  it("are those of the diagnosis, worst first, and none for what only more rights would show", () => {
    const cluster = (sessions: ReturnType<typeof session>[]) => ({
      ...{ VDISession: sessions, VDITemplate: [template("ubuntu")], Pod: [], Node: [node("a", 2)] },
    });
    const now = new Date("2026-01-01T01:00:00Z");
    const well = session("well", {}, { observedGeneration: 1, conditions: [condition("Ready", "True", "Ready")] });
    expect(findings(cluster([well]), now)).to.deep.equal([]);
    const stuck = session(
      "stuck",
      { template: "gone" },
      {
        ...{ observedGeneration: 1 },
        conditions: [condition("Ready", "False", "TemplateMissing", "there is no VDITemplate gone")],
      },
    );
    const found = findings(cluster([well, stuck]), now);
    expect(found.map(({ object }) => object)).to.include("VDISession kasm-vdi/stuck");
    expect(found.every(({ fix }) => fix.length > 0)).to.equal(true);
  });
});
