import { expect } from "chai";
import { checks, preflightVerdict, refusal } from "../../../analyzers/preflight/verdict.ts";
import { toolChecks } from "../../../analyzers/preflight/tools.ts";
import type { Snapshot } from "../../../analyzers/preflight/check.ts";
import { cases, healthyExpectation, observedOf, node } from "./cluster.ts";

const verdict = (seen: Partial<Snapshot> = {}, unseen: Partial<Record<keyof Snapshot, string>> = {}) =>
  preflightVerdict(healthyExpectation, observedOf(seen, unseen));

describe("preflight's check of tools", () => {
  cases(toolChecks, [
    {
      title: "tells of tools that are not there, and that the program does without",
      seen: { tools: ["git"] },
      finds: [
        "recommended this machine: kubectl and helm are not on its PATH. " +
          "The program needs none of them; install them for looking into the cluster by hand",
      ],
    },
  ]);
});

describe("the verdict of preflight", () => {
  it("is that all checks passed in a healthy cluster", () => {
    expect(verdict()).to.deep.equal({
      passed: checks.length,
      warnings: [],
      unknown: [],
      failures: [],
      maySettle: false,
    });
  });

  it("has every failure in one message, with object, what is wrong and what to do", () => {
    const seen = verdict({ hasAdmissionPolicies: false, storageClasses: [] });
    expect(refusal(seen).split("\n")).to.deep.equal([
      "Preflight: 2 requirements are not met.",
      "  - API server: it has no ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1), which guards VDISessions. " +
        "Use K3s 1.30 or later, or set kasm-vdi:operator.enforceIdentity to false: users could then make sessions for others.",
      "  - StorageClass local-path: it does not exist. Set kasm-vdi:storage.className to one that exists, or kasm-vdi:storage.mode to own.",
      "To go on all the same, set kasm-vdi:preflight.mode to warn.",
    ]);
    expect(seen.warnings).to.have.length(1);
    expect(seen.passed).to.equal(checks.length - 3);
  });

  it("waits only when waiting may mend every failure", () => {
    expect(verdict({ storageClasses: [] }).maySettle).to.equal(true);
    expect(verdict({ storageClasses: [], hasAdmissionPolicies: false }).maySettle).to.equal(false);
  });

  it("never passes what it could not see, and gives each reason once", () => {
    const reason = 'nodes is forbidden: User "guest" cannot list resource "nodes"';
    const { passed, unknown, failures } = verdict({}, { nodes: reason });
    const blind = [
      "K3s",
      "version of K3s",
      "port of the API server",
      "network policies",
      "addresses of LoadBalancers",
      "number of nodes",
      "taints of nodes",
      "size of nodes",
      "architecture of nodes",
      "labels of pools",
      "nodes of the TURN server",
      "GPUs of nodes",
      "encoders of GPUs",
      "room for Kasm",
      "room for a desktop",
      "address of Traefik",
    ];
    expect(unknown).to.deep.equal([`not checked: ${blind.join(", ")} (${reason})`]);
    expect(failures).to.deep.equal([]);
    expect(passed).to.equal(checks.length - blind.length);
  });

  it("still judges what could be seen beside what could not", () => {
    const { failures, unknown } = verdict({ nodes: [node("a")] }, { pods: "pods is forbidden" });
    expect(failures).to.have.length(1);
    expect(unknown).to.deep.equal([
      "not checked: network policies, addresses of LoadBalancers, room for Kasm, room for a desktop, local-path-provisioner, CoreDNS, Traefik's pods, ports of the nodes (pods is forbidden)",
    ]);
  });

  it("has a title of its own for each check", () => {
    const titles = checks.map(({ title }) => title);
    expect(new Set(titles).size).to.equal(titles.length);
  });
});
