import { expect } from "chai";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { waitForObject } from "../../kube/wait-for.ts";
import type { Pod } from "../../operator/kinds.ts";

const namespace = "engine-pod-faults";

describe("a pod whose image names a fault", () => {
  const client = new ClusterClient(loadKubeConfig());

  before(async () => {
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });
  after(async () => {
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await client.config.close();
  });

  /** A desktop's pod: an init container `home` of the same image, and a last line for what crashes. */
  const pod = (name: string): AnyObject => {
    const container = { image: `lab.invalid/fault-${name}:1`, terminationMessagePolicy: "FallbackToLogsOnError" };
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace },
      spec: {
        automountServiceAccountToken: false,
        initContainers: [{ name: "home", ...container }],
        containers: [{ name: "desktop", ...container }],
      },
    };
  };

  async function meets(name: string, isSo: (pod: Pod) => boolean): Promise<Pod> {
    await client.create(pod(name));
    const key = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
    const found = await waitForObject<Pod>(client, key, (it) => it !== undefined && isSo(it), { timeoutMs: 10_000 });
    return found!;
  }

  const initState = ({ status }: Pod) => status?.initContainerStatuses?.[0];
  const state = ({ status }: Pod) => status?.containerStatuses?.[0];
  const condition = ({ status }: Pod, type: string) => status?.conditions?.find((it) => it.type === type)?.status;

  it("image-pull: cannot pull it, for the init container first", async () => {
    const { status } = await meets("image-pull", (it) => initState(it)?.state?.waiting?.reason === "ImagePullBackOff");
    expect(status?.initContainerStatuses?.[0]?.state?.waiting?.message).to.contain('"lab.invalid/fault-image-pull:1"');
    expect(status?.phase).to.equal("Pending");
  });

  it("crash-loop: ends again and again, with its exit code and last line", async () => {
    const found = await meets("crash-loop", (it) => state(it)?.state?.waiting?.reason === "CrashLoopBackOff");
    const { exitCode, message } = state(found)?.lastState?.terminated ?? {};
    expect([exitCode, message]).to.deep.equal([1, "cannot open display :20"]);
    expect(state(found)?.restartCount).to.be.greaterThan(0);
  });

  it("oom: is killed for its memory", async () => {
    const found = await meets("oom", (it) => state(it)?.state?.waiting?.reason === "CrashLoopBackOff");
    const { exitCode, reason } = state(found)?.lastState?.terminated ?? {};
    expect([exitCode, reason]).to.deep.equal([137, "OOMKilled"]);
  });

  it("not-ready: runs and never passes its probe", async () => {
    const found = await meets("not-ready", (it) => it.status?.phase === "Running");
    expect(condition(found, "Ready")).to.equal("False");
    expect(state(found)?.state).to.have.property("running");
  });

  it("mount-failed: waits for its volumes on its node", async () => {
    const found = await meets("mount-failed", (it) => it.status?.startTime !== undefined);
    expect(found.spec?.nodeName).to.be.a("string");
    expect(condition(found, "Initialized")).to.equal("False");
    expect(initState(found)?.state?.waiting?.reason).to.equal("PodInitializing");
  });

  it("home-denied: its init container may not write, and says so", async () => {
    const found = await meets("home-denied", (it) => initState(it)?.state?.waiting?.reason === "CrashLoopBackOff");
    const { exitCode, message } = initState(found)?.lastState?.terminated ?? {};
    expect([exitCode, message]).to.deep.equal([
      1,
      "uid 1000 cannot write the home volume: drwx------ 2 root root 4096 Nov 28 20:55 /home/ubuntu",
    ]);
  });

  it("init-stuck: its init container never ends", async () => {
    const found = await meets("init-stuck", (it) => initState(it)?.state?.running !== undefined);
    expect(condition(found, "Initialized")).to.equal("False");
  });

  it("is healed by the annotation `none`", async () => {
    await meets("config-error", (it) => state(it)?.state?.waiting?.reason === "CreateContainerConfigError");
    const key = { apiVersion: "v1", kind: "Pod", metadata: { name: "config-error", namespace } };
    await client.mergePatch({ ...key, metadata: { ...key.metadata, annotations: { "lab.kasm-vdi/fault": "none" } } });
    await waitForObject<Pod>(client, key, (it) => it !== undefined && condition(it, "Ready") === "True", {
      timeoutMs: 10_000,
    });
  });
});
