import { expect } from "chai";
import { CertManager } from "./cert-manager.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { startOperator } from "../../lab/operator/start.ts";
import { clusterObjects, settlesAt } from "./cluster-objects.ts";
import { EditedStack, all, group, pool } from "./edited-stack.ts";
import { checkout } from "./lab-stack.ts";

const budgets = ["kasm-proxy-budget", "kasm-api-budget", "kasm-manager-budget"];
const turnServer = [
  ...["turn", "turn-namespace", "turn-default-deny", "turn-shared-secret", "turn-config", "turn-server"],
  ...["turn-rollout", "vdi-turn-credentials"],
];
/** A change of Kasm's values: what Helm could not change goes before, what runs is looked at after. */
const kasm = ["kasm-pre-upgrade", "kasm-release", "kasm-rollout"];
const operator = ["vdi-deployment", "vdi-rollout"];
const whoKnowsTurn = ["preflight-checks", ...operator];
const provisioner = [
  ...[
    "storage-namespace",
    "storage-default-deny",
    "storage-to-api-server",
    "storage-account",
    "storage-helper-account",
  ],
  ...["storage-cluster-role", "storage-cluster-binding", "storage-role", "storage-binding", "storage-config"],
  ...["storage-provisioner", "storage-rollout", "storage-class", "storage-drain"],
];
/** Of what sessions are reached by. */
const whoKnowsTheDomain = ["vdi-gateway", "vdi-gateway-rollout", "vdi-host-tcp-routes"];
const whoUsesStorage = ["storage", "storage-check", "preflight-checks", ...kasm];

// Configs as they stand in the repository, on machines of their size; each case goes on from the one before.
describe("the stacks of this repository on the lab", () => {
  const stack = new EditedStack();
  const certManager = new CertManager(stack.client);
  let bare: string[];

  before(async () => {
    await stack.destroy();
    // The volumes of the lab's own platform may still be on their way out.
    bare = (await clusterObjects(stack.client)).filter((name) => !name.startsWith("PersistentVolume"));
  });
  after(async () => {
    await stack.pulumi("state", "unprotect", "--all", "--yes");
    await stack.destroy();
    await certManager.remove();
    stack.restore();
    await stack.up();
    await stack.remove();
    // Its ServiceAccount is another one now.
    await startOperator(labLayout(checkout));
  });

  describe("dev: one node of 8 cores and 16 GiB", () => {
    let passwords: unknown;
    before(() => stack.become("dev"));

    installs([2]);

    it("has room for as many desktops of the default template as it promises", async () => {
      const { sessions } = await stack.capacity();
      expect(sessions).to.equal(2);
      await stack.runsDesktops(sessions);
    });

    it("shows for two more nodes what has copies now, and nothing of GPUs", async () => {
      passwords = await stack.passwords();
      stack.edit((config) => (config["kasm-vdi:nodeCount"] = 3));
      await stack.shows({
        ...all("update", "preflight-checks", ...kasm, ...operator),
        ...all("create", ...budgets, "vdi-disruption-budget"),
      });
      expect(await stack.slices()).to.deep.equal([2]);
    });

    it("shows for one more GPU the checks before and after", async () => {
      stack.edit((config) => (config["kasm-vdi:gpuCount"] = 2));
      await stack.shows(all("update", "preflight-checks", "gpu-capacity"));
      expect(await stack.slices()).to.deep.equal([2, 2]);
    });

    it("shows for other slices of a GPU the sharing config, the release that refers to it, and the checks before and after", async () => {
      stack.edit((config) => (group(config, "gpu")["replicasPerGpu"] = 4));
      await stack.shows({
        ...all("replace", "gpu-time-slicing"),
        ...all("update", "preflight-checks", "gpu-release", "gpu-capacity"),
      });
      expect(await stack.slices()).to.deep.equal([4, 4]);
    });

    it("shows for another domain its certificate, Kasm and the operator", async () => {
      stack.edit((config) => (config["kasm-vdi:domain"] = "dev.example.net"));
      await stack.shows(
        all("update", "preflight-checks", "kasm-certificate", ...kasm, ...operator, ...whoKnowsTheDomain),
      );
    });

    it("shows for storage of its own a provisioner, and leaves Kasm's volumes where they are", async () => {
      const volumes = await stack.kasmVolumes();
      stack.edit((config) => (config["kasm-vdi:storage"] = { mode: "own" }));
      await stack.shows({ ...all("create", ...provisioner), ...all("update", ...whoUsesStorage) });
      expect(volumes).not.to.deep.equal({});
      expect(await stack.kasmVolumes()).to.deep.equal(volumes);
    });

    it("shows for a TURN server its parts, and gets it onto every node", async () => {
      stack.edit((config) => (group(config, "turn")["enabled"] = true));
      await stack.shows({ ...all("update", ...whoKnowsTurn), ...all("create", ...turnServer) });
    });

    it("shows for a TURN server that goes the same parts", async () => {
      stack.edit((config) => (group(config, "turn")["enabled"] = false));
      await stack.shows({ ...all("update", ...whoKnowsTurn), ...all("delete", ...turnServer) });
    });

    it("shows for a patch of Kasm's chart the release, the clean-up before it and the gate after it", async () => {
      stack.edit((config) => (group(config, "kasm")["chart"] = stack.nextKasmChart()));
      await stack.shows(all("update", "kasm", ...kasm));
      expect(await stack.kasmChart()).to.equal("kasm-helm-1.1190.7");
    });

    it("has kept Kasm's passwords over all of that", async () => {
      expect(await stack.passwords()).to.deep.equal(passwords);
    });

    it("destroys everything but the CRDs that Helm never deletes", async () => {
      await stack.destroy();
      await settlesAt(stack.client, bare);
    });
  });

  describe("prod: six nodes of 16 cores and 64 GiB in three pools", () => {
    let withCertManager: string[];
    let passwords: unknown;
    let volumes: Awaited<ReturnType<EditedStack["kasmVolumes"]>>;
    before(async () => {
      await certManager.install("letsencrypt");
      withCertManager = await clusterObjects(stack.client);
      stack.become("prod");
    });

    installs([8, 32, 32]);

    it("shows for two more servers the check of nodes alone", async () => {
      passwords = await stack.passwords();
      stack.edit((config) => {
        config["kasm-vdi:nodeCount"] = 8;
        pool(config, "server")["count"] = 5;
      });
      await stack.shows(all("update", "preflight-checks"));
    });

    it("shows for one more GPU the checks before and after", async () => {
      stack.edit((config) => {
        config["kasm-vdi:gpuCount"] = 11;
        pool(config, "gpu-small")["gpusPerNode"] = 3;
      });
      await stack.shows(all("update", "preflight-checks", "gpu-capacity"));
      expect(await stack.slices()).to.deep.equal([12, 32, 32]);
    });

    it("shows for 4 desktops per GPU instead of 8 the sharing config, its release, the gate and the nodes' labels", async () => {
      stack.edit((config) => (pool(config, "gpu-large")["replicasPerGpu"] = 4));
      await stack.shows({
        ...all("replace", "gpu-time-slicing"),
        ...all("update", "preflight-checks", "gpu-release", "gpu-capacity"),
      });
      expect(await stack.slices()).to.deep.equal([12, 16, 16]);
    });

    it("shows for another domain Kasm, the operator and the TURN server that is named after it", async () => {
      stack.edit((config) => (config["kasm-vdi:domain"] = "desktops.example.net"));
      await stack.shows(
        all(
          "update",
          ...["preflight-checks", "turn", "turn-config", "turn-server", "turn-rollout"],
          ...[...kasm, ...operator, ...whoKnowsTheDomain],
        ),
      );
    });

    it("shows for a TURN server that goes, and comes again, its parts", async () => {
      stack.edit((config) => (group(config, "turn")["enabled"] = false));
      await stack.shows({ ...all("update", ...whoKnowsTurn), ...all("delete", ...turnServer) });
      stack.edit((config) => (group(config, "turn")["enabled"] = true));
      await stack.shows({ ...all("update", ...whoKnowsTurn), ...all("create", ...turnServer) });
    });

    it("shows for a patch of Kasm's chart the release, the clean-up before it and the gate after it", async () => {
      stack.edit((config) => (group(config, "kasm")["chart"] = stack.nextKasmChart()));
      await stack.shows(all("update", "kasm", ...kasm));
      expect(await stack.kasmChart()).to.equal("kasm-helm-1.1190.7");
      expect(await stack.passwords()).to.deep.equal(passwords);
    });

    it("refuses to be destroyed while its data is protected, and changes nothing", async () => {
      const { exitCode, all: said } = await stack.pulumi("destroy", "--yes", "--skip-preview");
      expect(exitCode).not.to.equal(0);
      expect(said).to.match(/protected/);
      await stack.run("refresh", "--preview-only", "--expect-no-changes");
      await stack.hasNothingToDo();
    });

    it("shows for K3s's storage again the provisioner that goes, and leaves Kasm's volumes where they are", async () => {
      volumes = await stack.kasmVolumes();
      stack.edit((config) => (config["kasm-vdi:storage"] = { mode: "check" }));
      await stack.shows({ ...all("delete", ...provisioner), ...all("update", ...whoUsesStorage) });
      expect(await stack.kasmVolumes()).to.deep.equal(volumes);
    });

    it("destroys everything, once the protection is taken away, but volumes that lost their provisioner before", async () => {
      stack.edit((config) => (config["kasm-vdi:protectData"] = false));
      await stack.up();
      await stack.destroy();
      const orphans = Object.values(volumes).map(({ name }) => name);
      await settlesAt(stack.client, [...withCertManager, ...orphans.map((name) => `PersistentVolume ${name}`)]);
      for (const name of orphans)
        await stack.client.delete({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name } });
    });
  });

  /** @param slices of each GPU node */
  function installs(slices: number[]): void {
    it("comes up on its nodes, with every pod ready", async () => {
      await stack.up();
      // Those of K3s are made anew where their node is gone, which `up` does not wait for.
      await stack.podsSettle();
      expect(await stack.slices()).to.deep.equal(slices);
    });

    it("has nothing to do afterwards, and nothing to repair", async () => {
      await stack.hasNothingToDo();
      await stack.run("refresh", "--yes");
      await stack.run("refresh", "--preview-only", "--expect-no-changes");
      await stack.hasNothingToDo();
    });
  }
});
