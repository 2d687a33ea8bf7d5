import { expect } from "chai";
import { sessionLines } from "../../../lab/session/lines.ts";
import type { Condition, Session } from "../../../lab/session/objects.ts";
import { sessionTable } from "../../../lab/session/table.ts";
import { stateLine } from "../../../lab/session/wait.ts";
import { changeLine } from "../../../lab/session/watch.ts";

const ready = (status: string, reason: string, message: string): Condition[] => [
  { type: "PodScheduled", status: "True", reason: "Scheduled", message: "" },
  { type: "Ready", status, reason, message },
];
const session = (status?: Session["status"], desiredState?: "Suspended"): Session => ({
  metadata: { name: "demo", creationTimestamp: "2026-01-01T10:00:00Z" },
  spec: { user: "demo@example.com", template: "ubuntu", ...(desiredState && { desiredState }) },
  ...(status && { status }),
});
const pulling = session({
  phase: "Creating",
  conditions: ready("False", "ImagePullFailed", "no such image"),
  message: "no such image",
});
const running = session({
  ...{ phase: "Running", conditions: ready("True", "Ready", "it runs"), message: "it runs" },
  ...{ url: "https://abc.desktops.example.com", nodeName: "k3s-gpu-0" },
});

describe("a session for people", () => {
  it("is a row with its reason and sentence, in columns without borders", () => {
    const [head, row, ...more] = sessionTable([pulling], new Date("2026-01-01T10:05:00Z")).split("\n");
    const cells = ["demo", "demo@example.com", "ubuntu", "Creating", "ImagePullFailed", "5 min", "-", "no such image"];
    expect(row?.split(/ {2,}/)).to.deep.equal(cells);
    expect(head?.split(/ {2,}/)).to.have.length(cells.length);
    expect(row?.indexOf("demo@")).to.equal(head?.indexOf("USER"));
    expect(more).to.deep.equal([]);
  });

  it("shows that it is being deleted before the operator has said so", () => {
    const going = { ...running, metadata: { ...running.metadata, deletionTimestamp: "2026-01-01T10:01:00Z" } };
    expect(sessionTable([going], new Date("2026-01-01T10:05:00Z")))
      .to.contain("Terminating")
      .and.not.contain("Running");
    expect(changeLine(going)).to.contain("Terminating");
  });

  it("is a line of phase, reason and sentence when it changes", () => {
    expect(changeLine(pulling)).to.equal("demo  Creating  ImagePullFailed  no such image");
    expect(changeLine(session())).to.equal("demo  -  -");
  });

  it("says while it starts what it waits for, and nothing more once it is ready", () => {
    expect(stateLine(session())).to.equal("demo: not seen by the operator yet");
    expect(stateLine(pulling)).to.equal("demo: Creating, ImagePullFailed: no such image");
    expect(stateLine(running)).to.equal("demo: Running");
  });

  it("ends with its address, and with what that is worth on the lab", () => {
    const lines = sessionLines(running).split("\n");
    expect(lines.slice(0, 2)).to.deep.equal([
      "Session demo of demo@example.com is Running (template ubuntu, node k3s-gpu-0):",
      "  https://abc.desktops.example.com",
    ]);
    expect(lines.slice(2).join("\n")).to.contain("simulated").and.contain("npm run lab session link demo");
  });

  it("says how a suspended one is resumed", () => {
    expect(sessionLines(session({ phase: "Suspended" }, "Suspended"))).to.contain("npm run lab session resume demo");
  });
});
