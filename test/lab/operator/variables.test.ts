import { expect } from "chai";
import { gatewayLaunch, operatorLaunch } from "../../../lab/cluster/node-launches.ts";
import { labLayout } from "../../../lab/cluster/layout.ts";
import { portNames } from "../../../lab/cluster/ports.ts";
import type { Ports } from "../../../lab/cluster/ports.ts";
import { labGatewayVariables, labOperatorVariables } from "../../../lab/operator/variables.ts";
import { loadGatewaySettings } from "../../../operator/gateway-settings.ts";
import { loadSettings } from "../../../operator/settings.ts";
import { loadConfig } from "../../../stacks/config.ts";

const files = { turnSecret: "/secrets/turn-secret" };
const least = { domain: "desktops.lab.example.com", nodeCount: 3, gpuCount: 0 };
const ports = Object.fromEntries(portNames.map((name, index) => [name, 21_000 + index])) as Ports;

function settings(config: Record<string, unknown> = {}) {
  const operatorVariables = labOperatorVariables(loadConfig({ ...least, ...config }), files);
  const context = { layout: labLayout("/checkout"), ports, tools: {}, kwokConfigs: [], operatorVariables };
  return loadSettings(operatorLaunch(context).env ?? {});
}

describe("the lab's operator", () => {
  it("is told what the stack says, in the words that the operator understands", () => {
    const config = { namespaces: { vdi: "desktops", operator: "desktops-system" }, operator: { logLevel: "debug" } };
    expect(settings(config)).to.deep.include({
      namespace: "desktops",
      ownNamespace: "desktops-system",
      domain: "desktops.lab.example.com",
      logLevel: "debug",
      traefikNamespace: "kube-system",
    });
  });

  it("elects a leader whatever the stack's replicas, and does not ask simulated pods for their stream", () => {
    expect(settings({ operator: { replicas: 1 } })).to.deep.include({ leaderElection: true, streamCheck: "kubelet" });
  });

  it("listens on loopback, on ports of its own", () => {
    expect(settings()).to.deep.include({
      listenAddress: "127.0.0.1",
      ports: { metrics: ports["operator-metrics"], health: ports["operator-health"] },
    });
  });

  it("knows the stack's TURN server, and its secret by a file alone", () => {
    const { turn } = settings({ turn: { enabled: true, publicIPs: ["203.0.113.7"] } });
    expect(turn?.host).to.equal("turn.desktops.lab.example.com");
    expect(turn?.secretFile).to.equal(files.turnSecret);
    expect(settings().turn).to.equal(undefined);
  });
});

describe("the lab's gateway", () => {
  it("is told what the stack says, listens on loopback, and reads its key from the lab's file", () => {
    const config = loadConfig({ ...least, namespaces: { vdi: "desktops" } });
    const gatewayVariables = labGatewayVariables(config, { accessKey: "/secrets/access-key" });
    const context = { layout: labLayout("/checkout"), ports, tools: {}, kwokConfigs: [], gatewayVariables };
    expect(loadGatewaySettings(gatewayLaunch(context).env ?? {})).to.deep.include({
      ...{ namespace: "desktops", domain: "desktops.lab.example.com", accessKeyFile: "/secrets/access-key" },
      ...{ listenAddress: "127.0.0.1", drainSeconds: 0 },
      ports: { metrics: ports["gateway-metrics"], health: ports["gateway-health"], access: ports["gateway-access"] },
    });
  });
});
