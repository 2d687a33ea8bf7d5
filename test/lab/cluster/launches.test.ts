import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

import { launchFingerprint } from "../../../lab/cluster/component-process.ts";
import { components } from "../../../lab/cluster/components.ts";
import { advertisedAddress } from "../../../lab/cluster/launches.ts";
import type { LaunchContext } from "../../../lab/cluster/launches.ts";
import { labLayout } from "../../../lab/cluster/layout.ts";
import { portNames } from "../../../lab/cluster/ports.ts";
import type { Ports } from "../../../lab/cluster/ports.ts";
import { desiredNodes } from "../../../lab/k3s/nodes.ts";
import { temporaryLab } from "./temporary-lab.ts";

const ports = Object.fromEntries(portNames.map((name, index) => [name, 21_000 + index])) as Ports;
const context: LaunchContext = {
  layout: labLayout("/checkout"),
  ports,
  tools: Object.fromEntries(["traefik", ...components.map(({ name }) => name)].map((name) => [name, `/tools/${name}`])),
  kwokConfigs: ["/stages/a.yaml", "/stages/b.yaml"],
  stackFile: "/checkout/Pulumi.lab.yaml",
  operatorVariables: { VDI_NAMESPACE: "desktops" },
  gatewayVariables: { VDI_NAMESPACE: "desktops" },
  portalVariables: { VDI_NAMESPACE: "desktops" },
  desktops: {
    files: "/files",
    gatewayAddress: "10.43.0.7",
    hosts: "/state/hosts",
    traefikConfig: "/state/traefik.yaml",
  },
};

function component(name: string) {
  return components.find((candidate) => candidate.name === name)!;
}

function launch(name: string) {
  return component(name).launch(context);
}

describe("lab components", () => {
  it("come after everything that they depend on", () => {
    const names = components.map(({ name }) => name);
    for (const { name, dependsOn } of components) {
      for (const needed of dependsOn) expect(names.indexOf(needed)).to.be.lessThan(names.indexOf(name));
    }
  });

  it("listen on loopback only, on the port that the state gives them", () => {
    expect(launch("etcd").args).to.include("--listen-client-urls=https://127.0.0.1:21000");
    expect(launch("etcd").args).to.include("--listen-peer-urls=https://127.0.0.1:21001");
    for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const) {
      expect(launch(name).args).to.include.members(["--bind-address=127.0.0.1", `--secure-port=${ports[name]}`]);
    }
    expect(launch("kwok").args).to.include(`--server-address=127.0.0.1:${ports.kwok}`);
    expect(launch("operator").env).to.deep.include({
      VDI_LISTEN_ADDRESS: "127.0.0.1",
      VDI_METRICS_PORT: String(ports["operator-metrics"]),
      VDI_HEALTH_PORT: String(ports["operator-health"]),
    });
    expect(launch("gateway").env).to.deep.include({
      VDI_LISTEN_ADDRESS: "127.0.0.1",
      VDI_METRICS_PORT: String(ports["gateway-metrics"]),
      VDI_HEALTH_PORT: String(ports["gateway-health"]),
      VDI_ACCESS_PORT: String(ports["gateway-access"]),
    });
    expect(launch("portal").env).to.deep.include({
      VDI_LISTEN_ADDRESS: "127.0.0.1",
      VDI_METRICS_PORT: String(ports["portal-metrics"]),
      VDI_HEALTH_PORT: String(ports["portal-health"]),
      VDI_PORTAL_PORT: String(ports["portal-web"]),
    });
    expect(launch("identity").env).to.include({ LAB_ISSUER: `http://127.0.0.1:${ports.identity}` });
  });

  it("work under the name of K3s, which is their field manager there, but for etcd and what is the lab's own", () => {
    const asK3s = components.filter(({ launch }) => launch(context).argv0 === "k3s").map(({ name }) => name);
    expect(asK3s).to.deep.equal(["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]);
  });

  it("turn no check off: no anonymous access, no insecure TLS, no admission plugin disabled", () => {
    const all = components.flatMap(({ launch }) => launch(context).args);
    expect(all.filter((argument) => /insecure|skip-tls|AlwaysAllow|disable-admission|token-auth/.test(argument))).to.be
      .empty;
    expect(launch("kube-apiserver").args).to.include.members([
      "--anonymous-auth=false",
      "--authorization-mode=Node,RBAC",
    ]);
  });

  it("take each its own identity", () => {
    for (const name of ["kube-controller-manager", "kube-scheduler", "kwok"]) {
      expect(launch(name).args).to.include(`--kubeconfig=/checkout/.lab/kubeconfigs/${name}`);
    }
    for (const name of ["simulators", "operator", "gateway", "portal"])
      expect(launch(name).env).to.include({ KUBECONFIG: `/checkout/.lab/kubeconfigs/${name}` });
  });

  it("of KWOK read the stages in the given order", () => {
    expect(launch("kwok").args.filter((argument) => argument.startsWith("--config"))).to.deep.equal([
      "--config=/stages/a.yaml",
      "--config=/stages/b.yaml",
    ]);
  });

  it("give the API server the address of the first simulated server", () => {
    const pool = { name: "pool", count: 1, gpusPerNode: 0, replicasPerGpu: 1, labels: {} };
    const [server] = desiredNodes({ pools: [pool], nodeSize: { cpuCores: 8, memoryGiB: 32 } });
    expect(JSON.stringify(server)).to.include(`{"type":"InternalIP","address":"${advertisedAddress}"}`);
  });

  it("count as changed when a file changes that they read only at their start", () => {
    const { layout, remove } = temporaryLab();
    const file = join(layout.root, "stages.yaml");
    const fingerprint = (content: string) => {
      writeFileSync(file, content);
      return launchFingerprint({ program: "kwok", args: [], files: [file] });
    };
    expect(fingerprint("a")).to.equal(fingerprint("a"));
    expect(fingerprint("a")).not.to.equal(fingerprint("b"));
    remove();
  });
});
