import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import { readFileSync } from "node:fs";
import { catalog } from "../../analyzers/catalog.ts";
import type { ReportDocument } from "../../diagnose/render/report-schema.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { faults } from "../../lab/faults/faults.ts";
import { checkout } from "./lab-stack.ts";

/**
 * Which codes each fault may be found by, any of them. Codes that the catalog does not have are not waited for, so that a fault
 * may come before its rule.
 */
const expected: Readonly<Record<string, readonly string[]>> = {
  "image-missing": ["ImageNotFound"],
  "secret-missing": ["SecretMissing"],
  "class-missing": ["StorageClassMissing"],
  "provisioner-down": ["ProvisionerMissing", "ProvisionerNotReady", "WorkloadScaledToZero"],
  "coredns-down": ["CoreDnsScaledDown", "CoreDnsMissing", "CoreDnsUnavailable"],
  "time-slicing-off": ["TimeSlicingNotReferenced", "GpuNotShared", "TimeSlicingNotApplied"],
  "operator-down": ["OperatorScaledDown", "OperatorMissing"],
  "rbac-missing": ["OperatorForbidden", "WriteForbidden"],
  "template-invalid": ["TemplateInvalid", "TemplateNotUsable"],
  "route-host": ["RouteRuleInvalid"],
  "quota-full": ["QuotaExceeded", "QuotaUsedUp", "QuotaBlocks"],
  "node-down": ["NodeNotReady", "NodeUnreachable"],
};

// The bundled file, as it ships.
const tool = join(checkout, "dist", "kasm-vdi.mjs");
const layout = labLayout(checkout);
const lab = (...args: string[]) => execa(process.execPath, [join(checkout, "lab", "main.ts"), ...args]);

async function diagnosis(kubeconfig = layout.kubeconfig): Promise<ReportDocument> {
  const { stdout } = await execa(process.execPath, [tool, "diagnose", "-o", "json", "--kubeconfig", kubeconfig], {
    reject: false,
  });
  return JSON.parse(stdout) as ReportDocument;
}

const codes = (roots: ReportDocument["rootCauses"]): string[] =>
  roots.flatMap(({ code, symptoms }) => [code, ...codes(symptoms)]);

/** Looks until it is so, a minute at most: controllers need their time. */
async function until(isSo: (report: ReportDocument) => boolean): Promise<ReportDocument> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const report = await diagnosis();
    if (isSo(report) || Date.now() > deadline) return report;
    await sleep(2_000);
  }
}

describe("the diagnosis of the lab", () => {
  let atFirst: string[] = [];

  before(async () => {
    await execa(process.execPath, [join(checkout, "diagnose", "bundle.ts")]);
    atFirst = codes((await diagnosis()).rootCauses);
  });

  it("has an expectation for each failure that can be provoked", () => {
    expect(Object.keys(expected)).to.have.members(Object.keys(faults));
  });

  for (const [name, wanted] of Object.entries(expected))
    it(`finds ${name}, and no trace of it once it is mended`, async () => {
      const known = wanted.filter((code) => Object.hasOwn(catalog, code));
      await lab("break", name);
      try {
        const isFound = (report: ReportDocument) =>
          known.length === 0 || codes(report.rootCauses).some((code) => known.includes(code));
        expect(isFound(await until(isFound)), `one of ${known.join(", ")}`).to.equal(true);
      } finally {
        await lab("mend", name);
      }
      const isWell = (report: ReportDocument) => codes(report.rootCauses).every((code) => atFirst.includes(code));
      const after = await until(isWell);
      expect(codes(after.rootCauses).filter((code) => !atFirst.includes(code))).to.deep.equal([]);
    });

  it("needs no more rights than the ClusterRoles that ship, and less is told as not seen", async () => {
    const client = new ClusterClient(loadKubeConfig({ file: layout.kubeconfig }));
    const made: AnyObject[] = [];
    const make = async (object: AnyObject) => made.push(await client.create(object));
    const role = (roleName: string): AnyObject => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `engine-${roleName}` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: roleName },
      subjects: [{ kind: "ServiceAccount", namespace: "default", name: "engine-diagnosis" }],
    });
    try {
      const roles = parseAllDocuments(readFileSync(join(checkout, "diagnose", "rbac", "cluster-role.yaml"), "utf8"));
      for (const it of roles) await make(it.toJS() as AnyObject);
      await make({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { namespace: "default", name: "engine-diagnosis" },
      });
      await make(role("kasm-vdi-diagnose"));
      const kubectl = join(layout.bin, "kubectl");
      const kubeconfig = ["--kubeconfig", layout.kubeconfig];
      const { stdout: token } = await execa(kubectl, [
        ...kubeconfig,
        "create",
        "token",
        "engine-diagnosis",
        "-n",
        "default",
      ]);
      const file = join(layout.root, "engine-diagnosis.kubeconfig");
      await execa("cp", [layout.kubeconfig, file]);
      const set = (...args: string[]) => execa(kubectl, ["--kubeconfig", file, "config", ...args]);
      await set("set-credentials", "engine-diagnosis", `--token=${token}`);
      await set("set-context", "--current", "--user=engine-diagnosis");
      expect((await diagnosis(file)).unseen.map(({ kind }) => kind)).to.deep.equal(["Secret"]);
      await make(role("kasm-vdi-diagnose-secrets"));
      expect((await diagnosis(file)).unseen).to.deep.equal([]);
    } finally {
      for (const it of made.toReversed()) await client.delete(it as Parameters<typeof client.delete>[0]);
      await client.config.close();
    }
  });
});
