import { expect } from "chai";
import { recoveryFrom } from "../../helm/interruption.ts";
import type { Attempt } from "../../helm/interruption.ts";
import { readRevision } from "../../helm/revision.ts";
import { releaseSecret } from "./release-secret.ts";
import type { RevisionText } from "./release-secret.ts";

const values = { publicAddr: "desktops.example.com", database: { storage: { storageClassName: "local-path" } } };
const began = new Date("2026-11-28T20:39:18Z");
const after = (seconds: number) => new Date(began.getTime() + seconds * 1000);
const create: Attempt = { operation: "create", chartVersion: "1.1190.6", values, timeoutSeconds: 900 };
const update: Attempt = { ...create, operation: "update" };

const revision = (status: string, text: RevisionText = {}) =>
  readRevision(releaseSecret({ config: values, ...text, info: { last_deployed: began.toISOString(), status } }));

describe("the recovery from an interruption of Helm", () => {
  it("is nothing where Helm knows no release", () => {
    expect(recoveryFrom(undefined, create, after(0))).to.deep.equal({ kind: "none" });
  });

  it("is nothing where no interruption keeps Helm from going on", () => {
    for (const status of ["failed", "superseded", "uninstalled"])
      expect(recoveryFrom(revision(status), create, after(900)), status).to.deep.equal({ kind: "none" });
    for (const status of ["deployed", "failed"])
      expect(recoveryFrom(revision(status), update, after(900)), status).to.deep.equal({ kind: "none" });
  });

  for (const status of ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"])
    it(`waits for a Helm that may be at work (${status}), then marks the revision as failed`, () => {
      expect(recoveryFrom(revision(status), update, after(59))).to.deep.equal({
        kind: "wait",
        reason:
          `Helm began with revision 1 of release desktops/kasm at 2026-11-28T20:39:18.000Z (${status}) ` +
          `and may still be at work`,
      });
      expect(recoveryFrom(revision(status), update, after(60)).kind).to.equal("mark-failed");
    });

  it("waits as long as Helm waits for a hook", () => {
    const hooks = [{ name: "kasm-backup", last_run: { phase: "Running", started_at: after(100).toISOString() } }];
    const pending = revision("pending-upgrade", { hooks });
    const seen = recoveryFrom(pending, update, after(1059));
    expect(seen).to.have.property("reason").that.includes("(pending-upgrade, at its hook kasm-backup)");
    expect(recoveryFrom(pending, update, after(1060)).kind).to.equal("mark-failed");
  });

  it("takes a release up that no state knows, when it is what the config asks for", () => {
    for (const status of ["deployed", "pending-install"])
      expect(recoveryFrom(revision(status), create, after(60)).kind, status).to.equal("mark-failed");
  });

  it("leaves a release that no state knows alone when its chart or its values are others", () => {
    const others = [
      { ...create, chartVersion: "1.1190.7" },
      { ...create, values: { ...values, publicAddr: "other.example.com" } },
    ];
    for (const attempt of others) {
      const seen = recoveryFrom(revision("deployed"), attempt, after(60));
      expect(seen).to.have.property("kind", "refuse");
      expect(seen).to.have.property("reason").that.includes("helm uninstall kasm --namespace desktops");
    }
  });

  it("does not care for values where the state knows the release: the upgrade brings others", () => {
    const attempt = { ...update, values: {}, chartVersion: "1.1190.7" };
    expect(recoveryFrom(revision("pending-upgrade"), attempt, after(60)).kind).to.equal("mark-failed");
  });
});
