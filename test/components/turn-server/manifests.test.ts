import { expect } from "chai";
import { turnPodSpec, turnTransports } from "../../../components/turn-server/manifests.ts";
import type { TurnPodArgs } from "../../../components/turn-server/manifests.ts";

const base: TurnPodArgs = {
  ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
  nodeLabels: { "example.com/turn": "true" },
  image: "coturn/coturn:4.17.0-r0-alpine",
  registry: {},
};

/** The parts that the tests read; the types allow outputs everywhere. */
interface Pod {
  hostNetwork: boolean;
  dnsPolicy: string;
  nodeSelector: Record<string, string>;
  priorityClassName: string;
  imagePullSecrets?: { name: string }[];
  containers: {
    image: string;
    command: string[];
    env?: { name: string; valueFrom: { fieldRef: { fieldPath: string } } }[];
    ports: { name: string; containerPort: number; hostPort: number; protocol: string }[];
    volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
    securityContext: Record<string, unknown>;
  }[];
  volumes: { name: string; secret?: { secretName: string; defaultMode: number } }[];
}

const pod = (overrides: Partial<TurnPodArgs> = {}) => turnPodSpec({ ...base, ...overrides }) as unknown as Pod;
const container = (overrides: Partial<TurnPodArgs> = {}) => pod(overrides).containers[0]!;

describe("the TURN server's pod", () => {
  it("is in the network of the labelled nodes, and still resolves names of the cluster", () => {
    const { hostNetwork, dnsPolicy, nodeSelector } = pod();
    expect({ hostNetwork, dnsPolicy }).to.deep.equal({ hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" });
    expect(nodeSelector).to.include({ "example.com/turn": "true" });
  });

  it("comes before pods that could run on another node too", () => {
    expect(pod().priorityClassName).to.equal("system-cluster-critical");
  });

  it("starts coturn with a file alone: no secret and no look-up of the public address on the command line", () => {
    expect(container().command).to.deep.equal(["turnserver", "-c", "/etc/coturn/turnserver.conf"]);
    expect(pod().volumes[0]).to.deep.equal({ name: "config", secret: { secretName: "coturn", defaultMode: 0o440 } });
  });

  it("takes its own node's file behind a NAT", () => {
    const { command, env } = container({ nat: { "10.0.0.4": "8.8.4.4" } });
    expect(command.at(-1)).to.equal("/etc/coturn/$(NODE_ADDRESS).conf");
    expect(env).to.deep.equal([
      { name: "NODE_ADDRESS", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.hostIP" } } },
    ]);
  });

  it("keeps its ports of the node from other pods, with TLS only when there is a certificate", () => {
    const ports = (overrides?: Partial<TurnPodArgs>) =>
      container(overrides).ports.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`);
    expect(ports()).to.deep.equal(["3478/UDP", "3478/TCP"]);
    expect(ports({ tlsSecretName: "turn-tls" })).to.deep.equal(["3478/UDP", "3478/TCP", "5349/TCP"]);
    expect(pod({ tlsSecretName: "turn-tls" }).volumes.at(-1)?.secret?.secretName).to.equal("turn-tls");
  });

  it("has no rights but the one without which the kernel refuses the image's binary", () => {
    expect(container().securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    });
  });

  it("comes from the mirror, with the pull secret, where there is one", () => {
    const registry = { mirror: "registry.example.com/mirror", pullSecretName: "mirror" };
    expect(container({ registry }).image).to.equal("registry.example.com/mirror/coturn/coturn:4.17.0-r0-alpine");
    expect(pod({ registry }).imagePullSecrets).to.deep.equal([{ name: "mirror" }]);
  });
});

describe("turnTransports", () => {
  it("has TLS with a certificate", () => {
    expect(turnTransports(undefined)).to.deep.equal(["udp", "tcp"]);
    expect(turnTransports("turn-tls")).to.deep.equal(["udp", "tcp", "tls"]);
  });
});
