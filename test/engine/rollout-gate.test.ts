import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";

const checkout = join(import.meta.dirname, "..", "..");
const namespace = "rollout-gate";

describe("the gate after a workload of our own, on the lab", () => {
  const client = new ClusterClient(loadKubeConfig());
  const options = { fieldManager: "rollout-gate-test", force: true };

  before(async () => {
    const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
    await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } }, options);
  });
  after(async () => {
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await client.config.close();
  });

  it("passes when all pods run", async () => {
    await deploy("sound", {});
    const { exitCode, stdout, stderr } = await gate("sound", 30);
    expect(exitCode, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({});
  });

  const faults: [string, object, RegExp][] = [
    [
      "an image that cannot be had",
      { containers: [container("lab.invalid/fault-image-pull:1")] },
      /pod faulty-\S+: Image lab\.invalid\/fault-image-pull:1 cannot be pulled/,
    ],
    [
      "a container that crashes",
      { containers: [container("lab.invalid/fault-crash-loop:1")] },
      /container main ended with exit code 1.*kubectl logs faulty-\S+ --namespace rollout-gate --container main --previous/,
    ],
    [
      "an init container that never ends",
      {
        initContainers: [container("lab.invalid/sound:1", "wait")],
        containers: [container("lab.invalid/fault-init-stuck:1")],
      },
      /waits in init container wait \(1 of 1\) since /,
    ],
    [
      "a volume that cannot be mounted",
      { containers: [container("lab.invalid/fault-mount-failed:1")] },
      /pod faulty-\S+: A volume cannot be mounted: /,
    ],
    [
      "a node that is not there",
      { nodeSelector: { nowhere: "here" } },
      /cannot be scheduled: 0\/\d+ nodes are available/,
    ],
    ["what Pod Security refuses", { hostNetwork: true }, /pods "faulty-\S+" is forbidden: violates/],
  ];
  for (const [what, spec, reason] of faults)
    it(`names pod and reason: ${what}`, async () => {
      await deploy("faulty", spec);
      const { exitCode, stderr } = await gate("faulty", 5);
      expect(exitCode).to.equal(1);
      expect(stderr)
        .to.match(/^Deployment rollout-gate\/faulty has 0 of 1 (pods ready|new pods, and 0 ready ones in all); /m)
        .and.to.match(reason);
      expect(stderr)
        .to.match(/Gave up after 5 s\.$/)
        .and.not.to.contain("    at ");
    });

  it("names a workload that does not exist", async () => {
    const { stderr } = await gate("missing", 1);
    expect(stderr).to.match(/Deployment rollout-gate\/missing does not exist/);
  });

  function gate(name: string, timeoutSeconds: number) {
    const input = { namespace, workload: { kind: "Deployment", name }, timeoutSeconds };
    const env = { INPUT: JSON.stringify(input) };
    return execa("node", ["commands/rollout.ts"], { cwd: checkout, env, reject: false });
  }

  async function deploy(name: string, spec: object): Promise<void> {
    const labels = { app: name };
    const key = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } };
    await client.delete(key, "Foreground");
    while (await client.get(key)) await new Promise((resolve) => setTimeout(resolve, 200));
    const template = { metadata: { labels }, spec: { containers: [container()], ...spec } };
    await client.create({ ...key, spec: { selector: { matchLabels: labels }, template } });
  }
});

function container(image = "lab.invalid/sound:1", name = "main") {
  return { name, image, terminationMessagePolicy: "FallbackToLogsOnError" };
}
