import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { HelmRecords } from "./helm-records.ts";
import { interruptibleStack, name } from "./interruptible-stack.ts";
import { killedRun } from "./killed-run.ts";
import type { Victim } from "./killed-run.ts";
import { checkout, succeeds } from "./lab-stack.ts";
import type { ScratchStack } from "./scratch-stack.ts";

/** Moments of an `up`: the API server has done this, and nobody knows yet. */
const moments = {
  namespace: /^PATCH .*\/namespaces\/interrupted\?/,
  secret: /^PATCH .*\/secrets\/interrupted\?/,
  deployment: /^PATCH .*\/deployments\/interrupted\?/,
  install: /^POST .*\/statefulsets/,
  // It notes that Pulumi has the release.
  gate: /^PATCH .*\/secrets\/sh\.helm\.release/,
  upgrade: /^PATCH .*\/configmaps\/interrupted-chart/,
  uninstall: /^DELETE .*\/statefulsets\/interrupted-chart/,
  deletion: /^DELETE .*\/deployments\/interrupted/,
} as const;

const second = { TEXT: "second" };

/** A stack whose runs are killed. */
class Interrupted {
  readonly client = new ClusterClient(loadKubeConfig());
  readonly helm = new HelmRecords(this.client, name, name);
  readonly stack: ScratchStack;
  readonly #victim: Victim;
  readonly #access: { KUBECONFIG: string };

  constructor(stack: ScratchStack, victim: Victim) {
    this.stack = stack;
    this.#victim = victim;
    // The state remembers its path.
    this.#access = { KUBECONFIG: join(stack.folder, "kubeconfig") };
    copyFileSync(process.env["KUBECONFIG"] ?? "", this.#access.KUBECONFIG);
  }

  pulumi(command: string, env = {}) {
    return this.stack.pulumi([command, "--yes", "--skip-preview"], { ...this.#access, ...env });
  }

  async kill(moment: keyof typeof moments, { command = "up", env = {} } = {}): Promise<void> {
    await killedRun({
      begin: () => this.pulumi(command, env),
      kubeconfig: this.#access.KUBECONFIG,
      victim: this.#victim,
      moment: ({ method, path }) => moments[moment].test(`${method} ${path}`),
      settled: () => this.helm.settled(),
    });
  }

  recover(...options: string[]) {
    const cwd = join(this.stack.folder, "program");
    const script = join(checkout, "recover", "main.ts");
    const env = { ...this.stack.env, ...this.#access };
    return execa("node", [script, "test", ...options], { cwd, env, reject: false, all: true });
  }

  /** Expects the command to find these, to do it, and then to find nothing. */
  async recovers(...found: RegExp[]): Promise<void> {
    const { exitCode, all } = await this.recover("--yes");
    expect(exitCode, all).to.equal(0);
    for (const line of found) expect(all).to.match(line);
    expect((await this.recover()).all).to.contain("nothing was left behind");
  }

  /** Expects that the command does nothing while Helm may be at work. */
  async waitsForHelm(): Promise<void> {
    const { exitCode, all } = await this.recover("--yes");
    expect(exitCode, all).to.equal(1);
    expect(all).to.contain("Helm may still be at work on release interrupted/interrupted");
    await this.helm.age();
  }

  async has(apiVersion: string, kind: string, object: string): Promise<boolean> {
    const found = await this.client.get({ apiVersion, kind, metadata: { namespace: name, name: object } });
    return found !== undefined && found.metadata?.deletionTimestamp === undefined;
  }

  changes(env = {}): Promise<Record<string, string>> {
    return this.stack.changes({ ...this.#access, ...env });
  }

  /** An `up` ends well, and leaves nothing to do. */
  async isInstalled(env = {}): Promise<void> {
    await succeeds(this.pulumi("up", env));
    expect(await this.changes(env)).to.deep.equal({});
    expect((await this.helm.statuses()).at(-1)).to.equal("deployed");
  }

  async isDestroyed(): Promise<void> {
    await succeeds(this.pulumi("destroy"));
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    expect(await this.client.get(namespace)).to.equal(undefined);
  }
}

/** Opens a stack before the cases of a suite and removes it after them. */
function interrupted(victim: Victim): () => Interrupted {
  let run: Interrupted;
  before(async () => {
    run = new Interrupted(await interruptibleStack(), victim);
  });
  after(async () => {
    await run.stack.unlock();
    await run.pulumi("destroy");
    run.stack.remove();
    await run.client.config.close();
  });
  return () => run;
}

// The cases of a suite go on from where the one before was killed.
describe("`npm run recover` after an engine was killed and its plugin went on", () => {
  const run = interrupted("engine");

  it("shows what it would do and does nothing without a yes", async () => {
    await run().kill("namespace");
    const { exitCode, all } = await run().recover();
    expect([exitCode, all]).to.deep.equal([1, (await run().recover()).all]);
    expect(all).to.match(/lock of process \d+: .* is gone -> removed/);
    expect(all).to.contain("Nothing was done. Run it with --yes to do this.");
    expect((await run().pulumi("up")).all).to.contain("the stack is currently locked by 1 lock(s)");
  });

  it("takes the first namespace into the state", () =>
    run().recovers(/lock of process/, /Namespace interrupted: interrupted while creating, and made -> taken into/));

  it("takes a Secret into the state, encrypted", async () => {
    await run().kill("secret");
    await run().recovers(/Secret interrupted\/interrupted: interrupted while creating, and made -> taken into/);
    expect(run().stack.state()).not.to.match(/swordfish|c3dvcmRmaXNo/);
  });

  it("takes a Deployment that was awaited into the state", async () => {
    await run().kill("deployment");
    await run().recovers(/Deployment interrupted\/interrupted: interrupted while creating, and made -> taken into/);
  });

  it("takes a release that Helm has installed into the state", async () => {
    await run().kill("install");
    await run().recovers(/release interrupted\/interrupted: revision 1 is deployed, .* -> taken into the state/);
  });

  it("lets a gate run again", async () => {
    await run().kill("gate");
    await run().recovers(/Command gate: interrupted while creating, and not made -> left to the next `up`/);
    await run().isInstalled();
  });

  it("takes an upgrade that Helm has finished into the state, so that a way back is one", async () => {
    await run().kill("upgrade", { env: second });
    await run().recovers(/revision 2 is deployed, and the state has an earlier one -> taken into the state/);
    expect(await run().changes()).to.have.property("release", "update");
    await run().isInstalled();
  });

  it("takes out of the state what Helm has uninstalled, and what is deleted", async () => {
    await run().kill("uninstall", { command: "destroy" });
    await run().recovers(/the state has it, and Helm does not -> taken out of the state/);
    await run().kill("deletion", { command: "destroy" });
    await run().recovers(/Deployment interrupted\/interrupted: interrupted while deleting/);
    await run().isDestroyed();
  });
});

describe("`npm run recover` after engine and plugin were killed", () => {
  const run = interrupted("all");

  it("takes objects into the state, also one that two runs have made", async () => {
    await run().kill("secret");
    await run().stack.unlock();
    await run().kill("secret");
    await run().recovers(/Secret interrupted\/interrupted: .* made -> taken into the state/);
    await run().kill("deployment");
    await run().recovers(/Deployment interrupted\/interrupted: .* made -> taken into the state/);
  });

  it("uninstalls a release that was never deployed, and keeps claims and Secrets", async () => {
    await run().kill("install");
    await run().waitsForHelm();
    await run().recovers(
      /revision 1 is pending-install; none was ever deployed -> uninstalled, without what holds data/,
    );
    expect(await run().helm.statuses()).to.deep.equal([]);
    expect(await run().has("apps/v1", "StatefulSet", "interrupted-chart")).to.equal(false);
    for (const claim of ["interrupted-chart", "data-interrupted-chart-0"])
      expect(await run().has("v1", "PersistentVolumeClaim", claim), claim).to.equal(true);
    expect(await run().has("v1", "Secret", "interrupted-chart")).to.equal(true);
  });

  it("lets a gate run again", async () => {
    await run().kill("gate");
    await run().recovers(/Command gate: interrupted while creating/);
    await run().isInstalled();
  });

  it("rolls a release back whose upgrade was killed", async () => {
    await run().kill("upgrade", { env: second });
    await run().waitsForHelm();
    await run().recovers(/revision 2 is pending-upgrade -> rolled back to revision 1, which is deployed/);
    expect((await run().helm.statuses()).at(-1)).to.equal("deployed");
    // The Deployment was updated before.
    expect(await run().changes()).to.deep.equal({ deployment: "update" });
    await run().isInstalled(second);
  });

  it("finishes an uninstallation", async () => {
    await run().kill("uninstall", { command: "destroy" });
    await run().waitsForHelm();
    await run().recovers(/revision \d is uninstalling -> uninstalled/);
    expect(await run().helm.statuses()).to.deep.equal([]);
    await run().isDestroyed();
  });
});

describe("`pulumi up` alone, once the lock is given back", () => {
  for (const victim of ["engine", "plugin", "all"] as const)
    describe(`after ${victim === "all" ? "engine and plugin were" : `the ${victim} was`} killed`, () => {
      const run = interrupted(victim);
      const goOn = async () => {
        await run().stack.unlock();
        if ((await run().helm.statuses()).some((status) => status.startsWith("pending-"))) await run().helm.age();
      };

      for (const moment of ["namespace", "secret", "deployment", "install"] as const)
        it(`has come as far as before: ${moment}`, async () => {
          await run().kill(moment);
          await goOn();
        });

      it("goes on with the release, or names the command that makes it go on", async () => {
        const { exitCode, all } = await run().pulumi("up");
        if (victim !== "engine") expect(exitCode, all).to.equal(0);
        else {
          expect(exitCode, all).not.to.equal(0);
          expect(all).to.contain("run `npm run recover test`");
          await run().recovers(/revision 1 is deployed, and the state does not have it -> taken into the state/);
        }
        await run().isInstalled();
      });

      it("goes on with an upgrade", async () => {
        await run().kill("upgrade", { env: second });
        await goOn();
        await run().isInstalled(second);
      });

      it("is followed by a `destroy` that goes on with another", async () => {
        await run().kill("deletion", { command: "destroy" });
        await goOn();
        await run().isDestroyed();
      });
    });
});
