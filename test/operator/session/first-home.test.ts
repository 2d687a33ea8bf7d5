import { expect } from "chai";
import fc from "fast-check";
import type { AnyObject } from "../../../kube/object.ts";
import type { VDITemplate } from "../../../operator/api/objects.ts";
import type { Node } from "../../../operator/kinds.ts";
import { homeName } from "../../../operator/resources/names.ts";
import { preferredHosts } from "../../../operator/session/first-home.ts";
import { planSession } from "../../../operator/session/plan.ts";
import type { SessionView } from "../../../operator/view/session-view.ts";
import { home, node, now, nothingYet, session, template } from "../status/views.ts";
import { settings } from "./settings.ts";

const gpu = { allocatable: { "nvidia.com/gpu": "8" } };
const plain = template({ resources: { default: { gpu: 0 } } });
const ofGpu = template();
const both = [node("plain-1"), node("plain-2"), node("gpu-1", gpu)];

const preferred = (changes: Partial<SessionView>) =>
  preferredHosts(nothingYet({ template: plain, nodes: both, usableTemplates: () => [plain, ofGpu], ...changes }));

describe("where a home is best made", () => {
  it("is where all templates of its user can run, though the first asks for no GPU", () => {
    expect(preferred({})).to.deep.equal(["gpu-1"]);
    const optional = template({ resources: { default: { gpu: 0 }, max: { gpu: 1 } } });
    expect(preferred({ usableTemplates: () => [optional] })).to.deep.equal(["gpu-1"]);
    expect(preferred({ home: home("Pending") })).to.deep.equal(["gpu-1"]);
  });

  it("is anywhere when the user may use no template that is choosy, or all nodes are alike", () => {
    expect(preferred({ usableTemplates: () => [plain] })).to.deep.equal([]);
    expect(preferred({ nodes: [node("gpu-1", gpu), node("gpu-2", gpu)] })).to.deep.equal([]);
    expect(preferred({ nodes: [] })).to.deep.equal([]);
  });

  it("is no matter once it has its node, or when there is none", () => {
    expect(preferred({ home: home("Bound") })).to.deep.equal([]);
    expect(preferred({ home: home("Pending", "plain-1") })).to.deep.equal([]);
    const without = session({ spec: { persistence: { enabled: false, size: "1Gi", reclaim: "Retain" } } });
    expect(preferred({ session: without })).to.deep.equal([]);
  });

  it("is told by the node's hostname, which may be another than its name", () => {
    const nodes = [node("plain-1"), node("gpu-1", { ...gpu, labels: { "kubernetes.io/hostname": "host-7" } })];
    expect(preferred({ nodes })).to.deep.equal(["host-7"]);
  });

  it("minds labels and size, not whether a node is ready or full today", () => {
    const large = template({ resources: { default: { gpu: 0, memory: "20Gi" } } });
    const ssd = template({ resources: { default: { gpu: 0 } }, nodeSelector: { disk: "ssd" } });
    const nodes = [
      node("small", { allocatable: { memory: "8Gi" }, labels: { disk: "ssd" } }),
      node("large", { isReady: false, labels: { disk: "ssd" } }),
      node("disk"),
    ];
    expect(preferred({ nodes, usableTemplates: () => [plain, large, ssd] })).to.deep.equal(["large"]);
  });

  it("is never on a node that the template itself does not fit, and always where the most of the others do", () => {
    const anyNode: fc.Arbitrary<Node> = fc
      .record({ name: fc.constantFrom("a", "b", "c", "d"), slices: fc.nat(1), ssd: fc.boolean() })
      .map(({ name, slices, ssd }) =>
        node(name, {
          allocatable: { "nvidia.com/gpu": String(slices) },
          ...(ssd && { labels: { disk: "ssd" } }),
        }),
      );
    const anyTemplate: fc.Arbitrary<VDITemplate> = fc
      .record({ gpu: fc.nat(1), ssd: fc.boolean() })
      .map(({ gpu, ssd }) =>
        template({ resources: { default: { gpu } }, ...(ssd && { nodeSelector: { disk: "ssd" } }) }),
      );
    const runs = ({ spec }: VDITemplate, { metadata, status }: Node) =>
      (spec.resources.default?.gpu === 0 || status?.allocatable?.["nvidia.com/gpu"] === "1") &&
      (!spec.nodeSelector || metadata.labels?.["disk"] === "ssd");
    fc.assert(
      fc.property(
        fc.uniqueArray(anyNode, { selector: ({ metadata }) => metadata.name }),
        anyTemplate,
        fc.array(anyTemplate, { maxLength: 4 }),
        (nodes, own, others) => {
          const hosts = preferred({ nodes, template: own, usableTemplates: () => others });
          const count = (it: Node) => others.filter((other) => runs(other, it)).length;
          const possible = nodes.filter((it) => runs(own, it));
          const best = Math.max(...possible.map(count));
          const wanted = possible.filter((it) => count(it) === best).map(({ metadata }) => metadata.name);
          expect(hosts).to.deep.equal(wanted.length === possible.length ? [] : wanted.sort());
        },
      ),
    );
  });
});

describe("the pod that first mounts a home", () => {
  const podOf = (changes: Partial<SessionView>) => {
    const context = { settings, now, newPassword: () => "secret-password", turnSecret: undefined };
    const view = nothingYet({ template: plain, nodes: both, usableTemplates: () => [plain, ofGpu], ...changes });
    const writes = planSession(view, context).batches.flat();
    const pod = writes.find((it) => it.do === "create" && it.object.kind === "Pod") as
      { object: AnyObject } | undefined;
    expect(pod?.object.metadata?.name).to.equal(homeName(view.session.spec.user));
    return pod?.object["spec"] as { affinity?: { nodeAffinity: Record<string, unknown> } };
  };

  it("would rather run there, and runs elsewhere when it has to", () => {
    const { affinity } = podOf({});
    expect(JSON.stringify(affinity)).to.contain('"kubernetes.io/hostname","operator":"In","values":["gpu-1"]');
    expect(Object.keys(affinity!.nodeAffinity)).to.deep.equal(["preferredDuringSchedulingIgnoredDuringExecution"]);
  });

  it("says nothing of nodes later", () => expect(podOf({ home: home("Bound") }).affinity).to.equal(undefined));
});
