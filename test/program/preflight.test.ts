import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import { Preflight } from "../../components/preflight/preflight.ts";
import type { PreflightArgs } from "../../components/preflight/preflight.ts";
import { registrationsOf, valueOf } from "./registrations.ts";

const args: PreflightArgs = {
  mode: "warn",
  domain: "desktops.example.com",
  publicIPs: [],
  pools: [{ name: "cpu", count: 2, gpusPerNode: 0, replicasPerGpu: 8, labels: {} }],
  namespaces: { kasm: "kasm", gpuOperator: "gpu", turn: "turn", storage: "storage", traefik: "traefik" },
  kasm: { sizing: { deploymentSize: "small", replicas: 2, isCompact: false }, nginxResolver: "10.43.0.10" },
  certificate: { kind: "self-signed" },
  storage: { mode: "check", className: "local-path" },
  traefik: { mode: "k3s" },
  operator: { enforceIdentity: true },
  crds: [],
  cluster: { kubeconfig: "/kube/config", context: "site" },
};
const report = { passed: 20, warnings: ["one"], unknown: [] };

const register = () =>
  registrationsOf(
    () => {
      const later = new Preflight("preflight", args);
      new k8s.core.v1.Namespace("after", {}, { dependsOn: later });
      return later;
    },
    ({ inputs }) => ({ ...(inputs as object), stdout: JSON.stringify(report) }),
  );

describe("Preflight", () => {
  it("is one command below the component, which deletes nothing when it goes", async () => {
    const { resources } = await register();
    const component = resources.find(({ type }) => type === "kasm:cluster:Preflight");
    const checks = resources.find(({ name }) => name === "preflight-checks");
    expect(checks?.parent).to.equal(component?.urn);
    expect(checks?.inputs).to.have.keys("create", "update", "environment");
    expect(checks?.secrets).to.deep.equal([]);
  });

  it("runs on the stack's cluster with what the config asks for", async () => {
    const { resources } = await register();
    const { environment } = resources.find(({ name }) => name === "preflight-checks")!.inputs as {
      environment: { INPUT: string; KUBECONFIG: string };
    };
    expect(environment.KUBECONFIG).to.equal("/kube/config");
    expect(JSON.parse(environment.INPUT)).to.include({ mode: "warn", context: "site", nodeCount: 2 });
  });

  it("comes before whatever depends on it", async () => {
    const { resources } = await register();
    const checks = resources.find(({ name }) => name === "preflight-checks");
    expect(resources.find(({ name }) => name === "after")?.dependencies).to.include(checks?.urn);
  });

  it("gives what was seen", async () => {
    const { result } = await register();
    expect(await valueOf(result.report)).to.deep.equal(report);
  });
});
