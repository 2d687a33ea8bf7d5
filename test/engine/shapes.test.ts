import { expect } from "chai";
import { labLayout } from "../../lab/cluster/layout.ts";
import { startOperator } from "../../lab/operator/start.ts";
import { Desktops } from "./desktops.ts";
import { EditedStack, group } from "./edited-stack.ts";
import { checkout } from "./lab-stack.ts";
import { runPreflight, stackPreflightInput, toldFailures } from "./stack-preflight.ts";

interface Shape {
  readonly cpuCores: number;
  readonly memoryGiB: number;
  readonly gpus: number;
  /** Starter template of the desktop that the shape promises. */
  readonly template: string;
  /** What preflight says of one core less. */
  readonly refusal: string;
}

const way =
  "Use larger nodes, or add one; where all templates of yours ask for less, set kasm-vdi:preflight.mode to warn.";

/** The least that docs/components/preflight.md names, without a GPU and with one. */
const least: readonly Shape[] = [
  {
    ...{ cpuCores: 4, memoryGiB: 8, gpus: 0, template: "webtop" },
    refusal: `nodes: no desktop of the default template, which requests 1 cores and 3 GiB, can start: Kasm's services request 2.05 cores and 2.25 GiB of the 2.7 cores and 7.43 GiB that pods may use. ${way}`,
  },
  {
    ...{ cpuCores: 5, memoryGiB: 8, gpus: 1, template: "ubuntu-gpu" },
    refusal: `nodes: no desktop of the default template, which requests 2 cores and 4 GiB, can start: Kasm's services request 2.05 cores and 2.25 GiB of the 3.38 cores and 7.02 GiB that pods may use. ${way}`,
  },
];

// Stand-ins that request what the charts do (chart-facts.test.ts), on nodes of their size. The shapes of prod: stack-edits.test.ts.
describe("the shapes that are promised", function () {
  this.timeout(240_000);
  const stack = new EditedStack();
  const desktops = new Desktops(stack.client);

  before(async () => {
    desktops.namespace = "kasm-vdi";
    // Volumes stay on the node that they were made on.
    await stack.destroy();
    stack.become("dev");
  });
  afterEach(() => desktops.removeAll());
  after(async () => {
    stack.restore();
    await stack.up();
    await stack.remove();
    await startOperator(labLayout(checkout));
  });

  for (const { cpuCores, memoryGiB, gpus, template, refusal } of least) {
    const shape = `one node of ${cpuCores} cores and ${memoryGiB} GiB with${gpus > 0 ? "" : "out"} a GPU`;

    it(`${shape}: \`up\` is green, and a desktop becomes Running beside Kasm`, async () => {
      stack.edit((config) => {
        Object.assign(config, { "kasm-vdi:nodeSize": { cpuCores, memoryGiB }, "kasm-vdi:gpuCount": gpus });
        Reflect.deleteProperty(group(config, "gpu"), "replicasPerGpu");
      });
      await comesUp();
      await runs(template);
    });

    it(`${shape}: one core less is refused with the numbers`, async () => {
      stack.edit((config) => (group(config, "nodeSize")["cpuCores"] = cpuCores - 1));
      await sizeOfNode(cpuCores - 1);
      const { exitCode, stderr } = await runPreflight({ mode: "enforce", ...stackPreflightInput() });
      expect(exitCode, stderr).to.equal(1);
      expect(toldFailures(stderr)).to.deep.equal([refusal]);
    });
  }

  it("dev, as Pulumi.dev.yaml has it: `up` is green, and as many GPU desktops as promised run at once", async () => {
    stack.become("dev");
    await comesUp();
    const { sessions } = await stack.capacity();
    expect(sessions).to.equal(2);
    await Promise.all(Array.from({ length: sessions }, () => runs("ubuntu-gpu")));
  });

  async function comesUp(): Promise<void> {
    await stack.up();
    await startOperator(labLayout(checkout));
    await stack.podsSettle();
  }

  async function runs(template: string): Promise<void> {
    const session = await desktops.session({ template });
    await desktops.waitForPhase(session, "Running", 60_000);
  }

  /** The simulated machines follow the stack's file. */
  async function sizeOfNode(cores: number): Promise<void> {
    const key = { apiVersion: "v1", kind: "Node", metadata: { name: "k3s-server-0" } };
    await desktops.waitFor(key, (node) => {
      const { allocatable } = (node?.["status"] ?? {}) as { allocatable?: Record<string, string> };
      return allocatable?.["cpu"] === String(cores);
    });
  }
});
