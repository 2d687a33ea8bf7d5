import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { VDISession } from "../../operator/api/objects.ts";
import type { VDITemplateSpec } from "../../operator/api/vdi-template.ts";
import type { Node, Pod } from "../../operator/kinds.ts";
import { annotations } from "../../operator/resources/labels.ts";
import { allocatable } from "../../analyzers/scheduling/resources.ts";
import { OperatorHarness } from "./operator-harness.ts";

const harness = new OperatorHarness();

/** Makes a session and waits until Ready is false for this reason. */
async function told(reason: string, session: VDISession): Promise<string> {
  const { status } = await harness.waitForCondition(session, { status: "False", reason }, 90_000);
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.message ?? "";
}

/** The init container is there only with a home. */
const withHome = new Set<string>(["init-stuck", "home-denied"]);

const withFault = async (fault: string, given: Partial<VDITemplateSpec> = {}, hasHome = false) => {
  const template = await harness.template({ image: `lab.invalid/fault-${fault}:1`, ...given });
  return harness.session({ template: template.metadata.name, persistence: { enabled: hasHome } });
};

/** What a simulated kubelet reports of an image of that name, and what is made of it. */
const faults = [
  ["image-pull", "ImageNotFound", "lab.invalid does not have it"],
  ["config-error", "SecretMissing", "does not exist. Create Secret"],
  ["crash-loop", "CrashLoop", 'exit code 1, and is started again. Its termination message: "cannot open display :20"'],
  ["oom", "OutOfMemory", "memory limit of 16Mi"],
  ["rejected", "UnexpectedAdmissionError", "ask for gpu 1"],
  ["mount-failed", "ConfigMapMissing", 'configmap "config" not found'],
  ["sandbox-failed", "RuntimeNotConfigured", "has no runtime nvidia"],
  ["home-denied", "VolumeNotPermitted", "cannot write the home volume"],
] as const;

/** What is no fault before it has lasted a while. */
const slowFaults = [
  ["not-ready", "ProbeFailing", "HTTP probe failed with statuscode: 503"],
  ["init-stuck", "InitStuck", "Init container home (1 of 1) does not end"],
] as const;

describe("the status of a session on a real API server", () => {
  const faulty = new Map<string, VDISession>();
  before(async () => {
    await harness.open();
    await harness.operator();
    // All at once: explanations are looked for only when a start is slow.
    for (const [fault] of [...faults, ...slowFaults])
      faulty.set(fault, await withFault(fault, {}, withHome.has(fault)));
  });
  after(() => harness.close());

  it("names the template that is missing, and goes on when it appears", async () => {
    const name = harness.name("late");
    const session = await harness.session({ template: name });
    expect(await told("TemplateMissing", session)).to.contain(`VDITemplate ${name} does not exist`);
    await harness.template({}, name);
    const { status } = await harness.waitForCondition(session);
    expect(status?.conditions?.map(({ type }) => type)).not.to.include("Stalled");
  });

  const says = ([fault, reason, words]: (typeof faults | typeof slowFaults)[number]) =>
    it(`says ${reason} of a pod with the fault ${fault}`, async () => {
      expect(await told(reason, faulty.get(fault)!)).to.contain(words);
    });
  faults.forEach(says);

  it("says CpuShort with the nodes that were considered", async () => {
    const template = await harness.template({ resources: { default: { gpu: 0, cpu: "900", memory: "16Mi" } } });
    const message = await told("CpuShort", await harness.session({ template: template.metadata.name }));
    expect(message).to.match(/No node has 900 CPU left for the desktop; considered: [a-z]/);
  });

  it("says NodeSelectorUnmatched with the labels that no node has", async () => {
    const template = await harness.template({ nodeSelector: { "example.com/pool": "none" } });
    const message = await told("NodeSelectorUnmatched", await harness.session({ template: template.metadata.name }));
    expect(message).to.contain("has the labels example.com/pool=none");
  });

  it("says NoGpuNode or GpuResourceRenamed when no node offers the template's resource", async () => {
    const given = { resources: { default: { gpu: 1, cpu: "10m", memory: "16Mi" } } };
    const renamed = await harness.template({ ...given, gpuResourceName: "nvidia.com/gpu.shared" });
    const absent = await harness.template({ ...given, gpuResourceName: "example.com/accelerator" });
    await told("GpuResourceRenamed", await harness.session({ template: renamed.metadata.name }));
    expect(await told("NoGpuNode", await harness.session({ template: absent.metadata.name }))).to.contain(
      "No node offers example.com/accelerator",
    );
  });

  it("says GpuSlicesInUse with each node's share, and starts the desktop when a slice becomes free", async () => {
    const nodes = (await harness.client.list("v1", "Node")) as unknown as Node[];
    const slices = nodes.map((it) => allocatable(it, "nvidia.com/gpu")).filter((it) => it > 0);
    const pods = (await harness.client.list("v1", "Pod", { namespace: harness.namespace })) as unknown as Pod[];
    const taken = pods.filter(({ metadata }) => metadata.annotations?.[annotations.gpuResource] === "nvidia.com/gpu");
    const resources = { default: { gpu: 1, cpu: "10m", memory: "16Mi" } };
    const template = (await harness.template({ resources })).metadata.name;
    const free = slices.reduce((sum, it) => sum + it, 0) - taken.length;
    const sessions = await Promise.all(Array.from({ length: free }, () => harness.session({ template })));
    await Promise.all(sessions.map((it) => harness.waitForCondition(it)));
    const late = await harness.session({ template });
    const message = await told("GpuSlicesInUse", late);
    for (const it of slices) expect(message).to.contain(`${it} of ${it}`).and.not.contain("not all by desktops");
    await harness.client.mergePatch({ ...harness.keyOf(sessions[0]!), spec: { desiredState: "Suspended" } });
    await harness.waitForCondition(late, {}, 60_000);
  });

  it("names the session that has the user's home", async () => {
    const template = (await harness.template()).metadata.name;
    const user = `${harness.name("user")}@example.com`;
    const first = await harness.session({ user, template, persistence: { enabled: true } });
    await harness.waitForCondition(first);
    const second = await harness.session({ user, template, persistence: { enabled: true } });
    expect(await told("HomeInUse", second)).to.contain(`in use by session ${first.metadata.name}`);
    await harness.client.mergePatch({ ...harness.keyOf(first), spec: { desiredState: "Suspended" } });
    await harness.waitForCondition(second);
  });

  describe("while time goes by", () => {
    const names = ["image-pull", "config-error", "crash-loop", "oom", "mount-failed", "sandbox-failed", "home-denied"];
    let calm: readonly VDISession[];
    let versionsThen: unknown[];
    let sinceMs: number;
    const versions = async () =>
      (await Promise.all(calm.map((it) => harness.read(it)))).map((it) => it?.metadata.resourceVersion);

    before(async () => {
      calm = [...names.map((it) => faulty.get(it)!), await withFault("none")];
      await harness.waitForCondition(calm.at(-1)!);
      versionsThen = await versions();
      sinceMs = Date.now();
    });

    it("fails after the progress deadline, and is ready when the desktop is after all", async () => {
      const session = await withFault("not-ready", { progressDeadline: "15s" });
      const failed = await harness.waitForCondition(
        session,
        { type: "Stalled", reason: "ProgressDeadlineExceeded" },
        60_000,
      );
      expect(failed.status?.phase).to.equal("Failed");
      const [pod] = await harness.children("Pod", failed);
      const { name, namespace } = pod?.metadata ?? {};
      const key = { apiVersion: "v1", kind: "Pod", metadata: { name: name!, namespace: namespace! } };
      await harness.client.mergePatch({
        ...key,
        metadata: { ...key.metadata, annotations: { "lab.kasm-vdi/fault": "none" } },
      });
      expect((await harness.waitForCondition(session, {}, 60_000)).status?.phase).to.equal("Running");
    });

    slowFaults.forEach(says);

    it("writes nothing for half a minute of what does not change, whatever is wrong", async () => {
      await sleep(Math.max(0, sinceMs + 30_000 - Date.now()));
      expect(await versions()).to.deep.equal(versionsThen);
    });
  });
});
