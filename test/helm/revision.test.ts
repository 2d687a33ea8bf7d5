import { expect } from "chai";
import fc from "fast-check";
import { failedRevision, newestRevision, readRevision, revisionSelector } from "../../helm/revision.ts";
import type { AnyObject } from "../../kube/client.ts";
import { releaseSecret } from "./release-secret.ts";

describe("a revision of a Helm release", () => {
  it("is read from Helm's Secret", () => {
    const secret = releaseSecret({ version: 3, config: { publicAddr: "example.com" }, manifest: "kind: Job\n" });
    expect(readRevision(secret)).to.deep.equal({
      name: "kasm",
      namespace: "desktops",
      number: 3,
      status: "deployed",
      description: "Install complete",
      chart: { name: "kasm-helm", version: "1.1190.6" },
      values: { publicAddr: "example.com" },
      manifest: "kind: Job\n",
      lastStep: new Date("2026-11-28T20:39:18.123Z"),
      openHooks: "",
    });
  });

  it("has no values where Helm wrote none down", () => {
    expect(readRevision(releaseSecret({ config: null })).values).to.deep.equal({});
  });

  it("tells the hook that Helm waits for, and since when", () => {
    const hooks = [
      { name: "done", last_run: { phase: "Succeeded", started_at: "2026-11-28T20:40:00Z" } },
      { name: "kasm-backup", last_run: { phase: "Running", started_at: "2026-11-28T21:41:00+01:00" } },
      { name: "later", last_run: { phase: "", started_at: "" } },
    ];
    const { runningHook, lastStep } = readRevision(releaseSecret({ hooks }));
    expect({ runningHook, lastStep }).to.deep.equal({
      runningHook: "kasm-backup",
      lastStep: new Date("2026-11-28T20:41:00Z"),
    });
  });

  it("has the manifests of hooks that were begun and have not succeeded", () => {
    const hooks = ["Succeeded", "Failed", "Running", ""].map((phase) => {
      return { name: phase, manifest: `kind: Job # ${phase}`, last_run: { phase } };
    });
    const { openHooks } = readRevision(releaseSecret({ hooks }));
    expect(openHooks).to.equal("kind: Job # Failed\n---\nkind: Job # Running");
  });

  it("tells when Helm began to uninstall it", () => {
    const info = { status: "uninstalling", deleted: "2026-11-29T08:00:00Z" };
    expect(readRevision(releaseSecret({ info })).lastStep).to.deep.equal(new Date("2026-11-29T08:00:00Z"));
  });

  it("is not read from what is no release, and the message names the Secret", () => {
    const broken = { ...releaseSecret(), data: { release: "bm9uZQ==" } };
    expect(() => readRevision(broken)).to.throw(
      "Secret desktops/sh.helm.release.v1.kasm.v1 holds no release of Helm's",
    );
  });
});

describe("the newest revision", () => {
  it("is that of the highest number, not of the highest name", () => {
    const secrets = [9, 10, 2].map((version) => releaseSecret({ version }));
    expect(newestRevision(secrets)?.metadata?.name).to.equal("sh.helm.release.v1.kasm.v10");
    expect(newestRevision([])).to.equal(undefined);
  });

  it("is among those that are asked for: none that a later one has replaced", () => {
    expect(revisionSelector("kasm")).to.equal("owner=helm,name=kasm,status!=superseded");
  });
});

describe("a revision that is marked as failed", () => {
  const now = new Date("2026-11-28T21:00:00.700Z");

  it("says so in the label that Helm searches and in the text that it reads, and refuses to overwrite a newer one", () => {
    const patch = failedRevision(releaseSecret({ info: { status: "pending-upgrade" } }), "Interrupted", now);
    expect(patch.metadata).to.deep.equal({
      name: "sh.helm.release.v1.kasm.v1",
      namespace: "desktops",
      resourceVersion: "42",
      labels: { status: "failed", modifiedAt: "1795899600" },
    });
    const { status, description } = readRevision(patch);
    expect({ status, description }).to.deep.equal({ status: "failed", description: "Interrupted" });
  });

  it("keeps all else, whatever it holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (config, manifest) => {
        const secret = releaseSecret({ config, manifest, info: { status: "pending-install" } });
        const before = readRevision(secret);
        const after = readRevision(failedRevision(secret, "why", now));
        expect(after).to.deep.equal({ ...before, status: "failed", description: "why" });
      }),
    );
  });

  it("leaves the rest of the Secret alone", () => {
    const patch: AnyObject = failedRevision(releaseSecret(), "why", now);
    expect(Object.keys(patch)).to.have.members(["apiVersion", "kind", "metadata", "data"]);
  });
});
