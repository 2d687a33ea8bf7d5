import { expect } from "chai";
import { operatorLaunch } from "../../../lab/cluster/node-launches.ts";
import { labLayout } from "../../../lab/cluster/layout.ts";
import { portNames } from "../../../lab/cluster/ports.ts";
import type { Ports } from "../../../lab/cluster/ports.ts";
import { labOperatorVariables } from "../../../lab/operator/variables.ts";
import { loadSettings } from "../../../operator/settings.ts";
import { loadConfig } from "../../../stacks/config.ts";

const files = { accessKey: "/secrets/access-key", turnSecret: "/secrets/turn-secret" };
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

  it("listens on loopback, on ports of its own, and reads its keys from the lab's files", () => {
    expect(settings()).to.deep.include({
      listenAddress: "127.0.0.1",
      ports: {
        metrics: ports["operator-metrics"],
        health: ports["operator-health"],
        access: ports["operator-access"],
      },
      accessKeyFile: files.accessKey,
    });
  });

  it("knows the stack's TURN server, and its secret by a file alone", () => {
    const { turn } = settings({ turn: { enabled: true, publicIPs: ["203.0.113.7"] } });
    expect(turn?.host).to.equal("turn.desktops.lab.example.com");
    expect(turn?.secretFile).to.equal(files.turnSecret);
    expect(settings().turn).to.equal(undefined);
  });
});
