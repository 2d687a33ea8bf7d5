import { expect } from "chai";
import { interruptionOf } from "../../helm/interruption.ts";
import { readRevision } from "../../helm/revision.ts";
import { releaseSecret } from "./release-secret.ts";
import type { RevisionText } from "./release-secret.ts";

const began = new Date("2026-11-28T20:39:18Z");
const after = (seconds: number) => new Date(began.getTime() + seconds * 1000);
const revision = (status: string, text: RevisionText = {}) =>
  readRevision(releaseSecret({ ...text, info: { last_deployed: began.toISOString(), status } }));

describe("the interruption that a revision shows", () => {
  it("is none when Helm has brought it to its end, well or badly", () => {
    for (const status of ["deployed", "failed", "superseded", "uninstalled"])
      expect(interruptionOf(revision(status), 900, after(3600)), status).to.equal(undefined);
  });

  for (const status of ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"])
    it(`is waited for while a Helm may be at work (${status}), and told to be a failure after it`, () => {
      expect(interruptionOf(revision(status), 900, after(59))).to.deep.equal({
        kind: "wait",
        reason: `Helm may be at work on revision 1 of release desktops/kasm (${status} since 2026-11-28T20:39:18.000Z)`,
      });
      expect(interruptionOf(revision(status), 900, after(60))).to.deep.equal({ kind: "mark-failed" });
    });

  it("is waited for as long as Helm waits for a hook", () => {
    const hooks = [{ name: "kasm-backup", last_run: { phase: "Running", started_at: after(100).toISOString() } }];
    const pending = revision("pending-upgrade", { hooks });
    expect(interruptionOf(pending, 900, after(1059)))
      .to.have.property("reason")
      .that.matches(/at its hook kasm-backup\)$/);
    expect(interruptionOf(pending, 900, after(1060))).to.deep.equal({ kind: "mark-failed" });
  });
});
