import { expect } from "chai";
import type { Code } from "../../../analyzers/catalog.ts";
import { refText } from "../../../analyzers/finding.ts";
import { scopeOf } from "../../../analyzers/workloads/scope.ts";
import { clusterOf } from "../cluster-of.ts";

const pod = {
  kind: "Pod",
  metadata: {
    namespace: "kasm",
    name: "db-0",
    ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "u", controller: true }],
  },
  spec: { nodeName: "k3s-1" },
};
const cluster = clusterOf({ Pod: [pod] });

describe("what a pod's fault has in common with those of other pods", () => {
  const own: Code[] = ["NetworkPluginFailed", "NodeDiskFull", "GpuDriverMismatch", "NodeLost"];
  const alike: Code[] = ["SandboxFailed", "RuntimeNotConfigured"];
  const scope = (code: Code) =>
    scopeOf(cluster, {
      code,
      object: { kind: "Pod", namespace: "kasm", name: "db-0" },
      problem: "",
      evidence: [],
      fix: [],
    });

  for (const code of [...own, ...alike])
    it(`is its node for ${code}${own.includes(code) ? ", whatever else is said" : ""}`, () => {
      const found = scope(code);
      expect(found && refText(found.object)).to.equal("Node k3s-1");
      expect(found?.members).to.equal("pods on Node k3s-1");
      expect(found?.isCause).to.equal(own.includes(code));
    });

  it("is what made it for any other", () => {
    expect(scope("CrashLoop")?.members).to.equal("pods of StatefulSet kasm/db");
  });
});
