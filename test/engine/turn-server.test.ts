import { join } from "node:path";
import { expect } from "chai";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { ScratchStack } from "./scratch-stack.ts";

const checkout = join(import.meta.dirname, "..", "..");
const namespace = "turn-engine-test";

const program = `
import * as k8s from "@pulumi/kubernetes";
import { TurnServer } from ${JSON.stringify(join(checkout, "components", "turn-server", "turn-server.ts"))};
const provider = new k8s.Provider("cluster", { kubeconfig: process.env.KUBECONFIG, clusterIdentifier: "scratch", enableSecretMutable: true });
const turn = new TurnServer("turn", {
  namespace: "${namespace}",
  host: "turn.example.com", realm: "turn.example.com",
  ports: { listen: 13478, tls: 15349, relayMin: 50000, relayMax: 50100 },
  publicIPs: ["192.0.2.1"],
  nodeLabels: { "kubernetes.io/hostname": process.env.TURN_NODE },
  image: "coturn/coturn:4.17.0-r0-alpine", registry: {},
  allowedPeers: ["10.42.0.0/16"], userQuota: Number(process.env.QUOTA ?? 12), totalQuota: 1200,
  cluster: {}, timeoutSeconds: 60,
}, { provider });
export const endpoint = turn.endpoint;
export const sharedSecret = turn.sharedSecret;
`;

// The real engine on the real component: a namespace of its own beside what the lab has.
describe("TurnServer on the lab", () => {
  const client = new ClusterClient(loadKubeConfig());
  let stack: ScratchStack;
  let env: { TURN_NODE: string };

  before(async () => {
    const [node] = await client.list("v1", "Node");
    env = { TURN_NODE: node!.metadata!.name! };
    stack = await ScratchStack.make(program);
    stack.linkScripts();
    await stack.up(env);
  });

  after(async () => {
    await stack.run(["destroy", "--yes", "--skip-preview"], env);
    stack.remove();
    await client.config.close();
  });

  it("runs one server on each node that has the labels, and on no other", async () => {
    const pods = await client.list("v1", "Pod", { namespace });
    expect(pods.map(({ spec }) => (spec as { nodeName: string }).nodeName)).to.deep.equal([env.TURN_NODE]);
  });

  it("has nothing to do afterwards", async () => {
    await stack.run(["preview", "--expect-no-changes"], env);
  });

  it("puts the shared secret into coturn's file and, in plain text, nowhere into the state", async () => {
    const secret = await stack.output("sharedSecret");
    const config = await turnserverConf();
    expect(config).to.contain(`static-auth-secret=${secret.trim()}\n`);
    expect(stack.state()).not.to.contain(secret.trim());
  });

  it("rolls the pods for a changed configuration: coturn reads its file but once", async () => {
    const changed = { ...env, QUOTA: "13" };
    expect(await stack.changes(changed)).to.deep.equal({
      "turn-config": "update",
      "turn-server": "update",
      "turn-rollout": "update",
    });
    const uid = async () => (await client.list("v1", "Pod", { namespace })).map(({ metadata }) => metadata?.uid);
    const before = await uid();
    await stack.up(changed);
    expect(await turnserverConf()).to.contain("user-quota=13\n");
    expect(await uid())
      .to.have.lengthOf(1)
      .and.not.deep.equal(before);
  });

  async function turnserverConf(): Promise<string> {
    const key = { apiVersion: "v1", kind: "Secret", metadata: { name: "coturn", namespace } };
    const { data } = (await client.get(key)) as { data: Record<string, string> };
    return Buffer.from(data["turnserver.conf"] ?? "", "base64").toString();
  }
});
