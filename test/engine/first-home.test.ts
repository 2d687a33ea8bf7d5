import { expect } from "chai";
import type { Node } from "../../operator/kinds.ts";
import { allocatable } from "../../analyzers/scheduling/resources.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

const gpu = "nvidia.com/gpu";

describe("a home on a node's disk", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("homes"));
  const gpuNodes: string[] = [];
  let plainNode = "";

  before(async () => {
    await harness.open();
    await harness.operator();
    for (const node of (await harness.client.list("v1", "Node")) as unknown as Node[])
      if (allocatable(node, gpu) > 0) gpuNodes.push(node.metadata.name);
      else plainNode = node.metadata.name;
  });
  after(() => harness.close());

  const kept = { persistence: { enabled: true } };
  const ofGpu = { resources: { default: { gpu: 1, cpu: "10m", memory: "16Mi" } } };

  it("is made where its user's GPU templates can run, though the first desktop needs no GPU", async () => {
    await harness.template(ofGpu);
    const sessions = await Promise.all(Array.from({ length: 6 }, () => harness.session(kept)));
    for (const session of sessions) {
      const { status } = await harness.waitForCondition(session, {}, 60_000);
      expect(gpuNodes).to.include(status?.nodeName);
    }
  });

  it("is told with its node, what that lacks, and what to do, when a desktop cannot run there", async () => {
    const there = await harness.template({ nodeSelector: { "kubernetes.io/hostname": plainNode } });
    const user = `${harness.name("user")}@example.com`;
    const first = await harness.session({ ...kept, user, template: there.metadata.name });
    await harness.waitForCondition(first, {}, 60_000);
    await harness.client.delete(harness.keyOf(first));
    await harness.waitForEnd(first);
    const template = await harness.template(ofGpu);
    const second = await harness.session({ ...kept, user, template: template.metadata.name });
    const told = await harness.waitForCondition(second, { status: "False", reason: "VolumeOnOtherNode" }, 60_000);
    expect(told.status?.message)
      .to.contain(`lies on node ${plainNode}`)
      .and.contain(`that node does not have the ${gpu} that is asked for (${gpuNodes.sort().join(" and ")} have)`)
      .and.contain("move the home");
  });
});
