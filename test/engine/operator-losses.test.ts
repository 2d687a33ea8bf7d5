import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("what desktops lose", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness();
  before(async () => {
    await harness.open();
    await harness.operator();
  });
  after(() => harness.close());

  const podOf = async (session: VDISession) => (await harness.children("Pod", session))[0];
  const imageOf = (pod: AnyObject | undefined) =>
    (pod?.["spec"] as { containers: { image: string }[] }).containers[0]?.image;

  it("an edited template takes no desktop from anybody: the next start has it", async () => {
    const { metadata } = await harness.template({ image: "lab.invalid/desktop:1" });
    const session = await harness.session({ template: metadata.name });
    await harness.waitForCondition(session);
    const before = await podOf(session);
    const template = { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDITemplate", metadata: { name: metadata.name } };
    await harness.client.mergePatch({ ...template, spec: { image: "lab.invalid/desktop:2", networkMode: "Isolated" } });
    // The policy shows that the edit has been looked at.
    const policy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: before!.metadata!.name!, namespace: harness.namespace },
    };
    const ways = (it: AnyObject | undefined) => (it?.["spec"] as { egress?: unknown[] } | undefined)?.egress ?? [];
    await harness.waitFor(policy, (it) => it !== undefined && ways(it).length === 0);
    expect((await podOf(session))?.metadata?.uid).to.equal(before?.metadata?.uid);

    const state = (desiredState: string) =>
      harness.client.mergePatch({ ...harness.keyOf(session), spec: { desiredState } });
    await state("Suspended");
    await harness.waitForCondition(session, { status: "False", reason: "Suspended" });
    await state("Running");
    await harness.waitForCondition(session);
    expect(imageOf(await podOf(session))).to.equal("lab.invalid/desktop:2");
  });

  it("a home volume that is gone for good is told, and what to do", async () => {
    const { metadata } = await harness.template();
    const session = await harness.session({ template: metadata.name, persistence: { enabled: true, size: "1Gi" } });
    const running = await harness.waitForCondition(session);
    const home = { name: running.status!.homeClaimName!, namespace: harness.namespace };
    const claim = await harness.client.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: home });
    const volume = {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: (claim?.["spec"] as { volumeName: string }).volumeName },
    };
    await harness.client.delete(volume);
    await harness.client.mergePatch({ ...volume, metadata: { ...volume.metadata, finalizers: [] } });
    const told = await harness.waitForCondition(session, { type: "HomeBound", status: "False", reason: "ClaimLost" });
    expect(told.status?.conditions?.find(({ type }) => type === "HomeBound")?.message).to.contain(home.name);
  });

  it("a node that is taken away costs a desktop without a home a new start on another", async () => {
    const label = harness.name("node");
    const nodes = await Promise.all([250, 251].map((ordinal) => aNode(label, ordinal)));
    const { metadata } = await harness.template({ nodeSelector: { "test.kasm-vdi/nodes": label } });
    const session = await harness.session({ template: metadata.name });
    const running = await harness.waitForCondition(session, {}, 60_000);
    const { nodeName, podName } = running.status!;
    expect(nodes).to.include(nodeName);
    const lost = await podOf(session);
    await harness.client.delete({ apiVersion: "v1", kind: "Node", metadata: { name: nodeName! } });
    await harness.waitForCondition(session, { status: "False", reason: "NodeLost" });
    // Kubernetes itself takes the pod out of the API, 40 s after its node.
    const key = harness.keyOf(session);
    const moved = await harness.waitFor<VDISession>(
      key,
      (it) => it?.status?.phase === "Running" && it.status.nodeName !== nodeName,
      120_000,
    );
    expect(moved?.status?.podName).to.equal(podName);
    expect((await podOf(session))?.metadata?.uid).not.to.equal(lost?.metadata?.uid);
  });

  async function aNode(label: string, ordinal: number): Promise<string> {
    const name = `${label}-${ordinal}`;
    const resources = { cpu: "4", memory: "8Gi", pods: "110", "ephemeral-storage": "100Gi" };
    await harness.create({
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "test.kasm-vdi/nodes": label },
        annotations: { "kwok.x-k8s.io/node": "fake" },
      },
      spec: { podCIDR: `10.42.${ordinal}.0/24`, podCIDRs: [`10.42.${ordinal}.0/24`] },
      status: {
        capacity: resources,
        allocatable: resources,
        addresses: [{ type: "InternalIP", address: `192.168.250.${ordinal}` }],
      },
    });
    return name;
  }
});
