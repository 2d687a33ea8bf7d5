import { expect } from "chai";
import type { Node, Pod } from "../../../kube/kinds.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import { freeSlices, nodeSlices } from "../../../portal/view/slices.ts";
import { gpuPod, node, session, template } from "../objects.ts";

const state = (nodes: Node[], pods: Pod[], sessions: VDISession[] = []) => ({
  ...{ nodes, pods },
  session: (name: string) => sessions.find((it) => it.metadata.name === name),
});
const ofGpu = template("gpu", { resources: { default: { gpu: 1 } } });

describe("GPU slices", () => {
  it("are told node by node with who holds them, desktops that wait in a pool among them", () => {
    const known = state(
      [node("b", 2), node("a", 1)],
      [gpuPod("p1", "a", "one"), gpuPod("warm", "b")],
      [session("one")],
    );
    expect(nodeSlices(known)).to.deep.equal([
      {
        ...{ name: "a", isReady: true },
        resources: [
          { name: "nvidia.com/gpu", total: 1, holders: [{ pod: "p1", session: "one", user: "alice@example.com" }] },
        ],
      },
      {
        ...{ name: "b", isReady: true },
        resources: [{ name: "nvidia.com/gpu", total: 2, holders: [{ pod: "warm" }] }],
      },
    ]);
  });

  it("are free where no pod that is there has them", () => {
    const ended = gpuPod("ended", "a");
    ended.status = { phase: "Succeeded" };
    const waiting = gpuPod("waiting", "");
    delete waiting.spec!.nodeName;
    expect(freeSlices(ofGpu, state([node("a", 4)], [gpuPod("p", "a"), ended, waiting]))).to.deep.equal({
      now: 3,
      of: 4,
    });
  });

  it("of a template are those of the nodes that it may run on, that are ready and not cordoned", () => {
    const cordoned = { ...node("c", 8), spec: { unschedulable: true } };
    const lost = node("d", 8);
    lost.status!.conditions = [{ type: "Ready", status: "Unknown" }];
    const nodes = [node("a", 2, { pool: "large" }), node("b", 4), cordoned, lost];
    expect(freeSlices(ofGpu, state(nodes, []))).to.deep.equal({ now: 6, of: 6 });
    const large = template("t", { resources: { default: { gpu: 1 } }, nodeSelector: { pool: "large" } });
    expect(freeSlices(large, state(nodes, []))).to.deep.equal({ now: 2, of: 2 });
    const renamed = template("t", { resources: { default: { gpu: 1 } }, gpuResourceName: "nvidia.com/gpu.shared" });
    expect(freeSlices(renamed, state(nodes, []))).to.deep.equal({ now: 0, of: 0 });
  });

  it("tell when the next is free, by the session that ends first", () => {
    const sessions = [
      session("one", {}, { expiresAt: "2026-01-01T09:00:00Z" }),
      session("two", {}, { expiresAt: "2026-01-01T08:00:00Z" }),
    ];
    const pods = [gpuPod("p1", "a", "one"), gpuPod("p2", "a", "two")];
    expect(freeSlices(ofGpu, state([node("a", 2)], pods, sessions))).to.deep.equal({
      ...{ now: 0, of: 2, nextAt: "2026-01-01T08:00:00Z" },
    });
  });

  it("are no matter of a template without a GPU", () => {
    expect(freeSlices(template("plain"), state([node("a", 2)], []))).to.equal(undefined);
  });
});
