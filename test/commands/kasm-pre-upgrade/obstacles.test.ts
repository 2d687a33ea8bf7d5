import { expect } from "chai";
import { obstacles } from "../../../commands/kasm-pre-upgrade/obstacles.ts";
import type { AnyObject } from "../../../kube/client.ts";

const job = (status: object, metadata: object = {}): AnyObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { namespace: "kasm", name: "kasm-db-init", ...metadata },
  status,
});
const jobKey = { apiVersion: "batch/v1", kind: "Job", metadata: { namespace: "kasm", name: "kasm-db-init" } };

const statefulSet = (name: string, storageClassName?: string): AnyObject => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { namespace: "kasm", name },
  spec: { volumeClaimTemplates: [{ spec: { ...(storageClassName !== undefined && { storageClassName }) } }] },
});

describe("what stands in the way of an upgrade of Kasm", () => {
  it("is nothing before the first installation", () => {
    expect(obstacles(undefined, [], "local-path")).to.deep.equal({ statefulSets: [] });
  });

  it("is a Job that has ended, well or badly", () => {
    for (const condition of ["Complete", "Failed"]) {
      const ended = job({ conditions: [{ type: condition, status: "True" }] });
      expect(obstacles(ended, [], "local-path")).to.deep.equal({ finishedJob: jobKey, statefulSets: [] });
    }
  });

  it("is a Job that cannot begin, for want of its image or of the database", () => {
    expect(obstacles(job({ active: 1, ready: 0 }), [], "local-path").finishedJob).to.deep.equal(jobKey);
  });

  it("is waited for while a Job is at work on the database, or on its way out", () => {
    expect(obstacles(job({ active: 1, ready: 1 }), [], "local-path")).to.deep.equal({
      statefulSets: [],
      waiting: "Job kasm/kasm-db-init is at work on the database (kubectl logs -n kasm job/kasm-db-init --follow)",
    });
    expect(obstacles(job({}, { deletionTimestamp: "2026-01-01T00:00:00Z" }), [], "local-path").waiting).to.equal(
      "Job kasm/kasm-db-init is being deleted",
    );
  });

  it("are StatefulSets that ask for another class of volumes than the next release, or for none", () => {
    const sets = [statefulSet("same", "local-path"), statefulSet("other", "old"), statefulSet("unnamed")];
    expect(obstacles(undefined, sets, "local-path").statefulSets.map(({ metadata }) => metadata.name)).to.deep.equal([
      "other",
      "unnamed",
    ]);
  });

  it("are not StatefulSets without volumes", () => {
    const gateway = { ...statefulSet("rdp-https"), spec: {} };
    expect(obstacles(undefined, [gateway], "local-path").statefulSets).to.deep.equal([]);
  });
});
