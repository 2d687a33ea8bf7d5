import { expect } from "chai";
import { operatorDeployment } from "../../../components/vdi-operator/deployment.ts";
import type { OperatorDeploymentArgs } from "../../../components/vdi-operator/deployment.ts";
import { bundleConfigMap, nodeImage } from "../../../components/vdi-operator/program.ts";
import { sessionRouting } from "../../../components/vdi-operator/routing.ts";
import { loadSettings } from "../../../operator/settings.ts";

const base: OperatorDeploymentArgs = {
  namespace: "kasm-vdi",
  operatorNamespace: "kasm-vdi-system",
  domain: "desktops.example.com",
  replicas: 2,
  logLevel: "info",
  registry: {},
  program: { kind: "bundle", text: "console.log(1);" },
  turn: undefined,
};

const endpoint = {
  host: "turn.desktops.example.com",
  realm: "turn.desktops.example.com",
  ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
  transports: ["udp", "tcp"],
};

/** The parts that the tests read; the types allow outputs everywhere. */
interface Spec {
  replicas: number;
  strategy: { type: string };
  selector: { matchLabels: Record<string, string> };
  template: {
    metadata: { labels: Record<string, string> };
    spec: {
      imagePullSecrets?: object[];
      containers: {
        image: string;
        command?: string[];
        env: { name: string; value?: string }[];
        volumeMounts: { name: string; readOnly: boolean }[];
        resources: { limits: Record<string, string> };
      }[];
      volumes: { name: string; configMap?: { name: string }; secret?: { secretName: string } }[];
    };
  };
}

const spec = (overrides: Partial<OperatorDeploymentArgs> = {}) =>
  operatorDeployment({ ...base, ...overrides }).spec as unknown as Spec;
const container = (overrides: Partial<OperatorDeploymentArgs> = {}) => spec(overrides).template.spec.containers[0]!;
const environment = (overrides: Partial<OperatorDeploymentArgs> = {}) =>
  Object.fromEntries(container(overrides).env.map(({ name, value }) => [name, value]));

describe("the operator's Deployment", () => {
  it("is found by the labels that tools for controllers look for", () => {
    expect(operatorDeployment(base).metadata).to.deep.include({ name: "kasm-operator", namespace: "kasm-vdi-system" });
    const { selector, template } = spec();
    expect(template.metadata.labels).to.deep.equal(selector.matchLabels).and.include({
      "control-plane": "controller-manager",
    });
  });

  it("elects a leader whatever its replicas: one that is replaced may still be at work where nobody sees it", () => {
    for (const replicas of [1, 2]) {
      expect(environment({ replicas })).to.include({ VDI_LEADER_ELECTION: "true" });
      expect(spec({ replicas })).to.deep.include({ replicas, strategy: { type: "RollingUpdate" } });
    }
  });

  it("runs a bundle in the stock image, from the ConfigMap with its hash", () => {
    const { image, command, volumeMounts } = container();
    expect(image).to.equal(nodeImage);
    expect(command).to.deep.equal(["node", "/opt/kasm-operator/main.mjs"]);
    expect(volumeMounts).to.deep.include({ name: "bundle", mountPath: "/opt/kasm-operator", readOnly: true });
    expect(spec().template.spec.volumes.map(({ configMap }) => configMap?.name)).to.include(
      bundleConfigMap("console.log(1);", "kasm-vdi-system").metadata.name,
    );
  });

  it("leaves an image of its own to its entry point, and takes it from the mirror", () => {
    const program = { kind: "image", image: "example.com/operator@sha256:0" } as const;
    const { image, command, volumeMounts } = container({ program, registry: { mirror: "mirror.example.com" } });
    expect(image).to.equal("mirror.example.com/operator@sha256:0");
    expect(command).to.equal(undefined);
    expect(volumeMounts.map(({ name }) => name)).not.to.include("bundle");
  });

  it("is told where the TURN server is by its environment, and the secret by a file", () => {
    const told = environment({ turn: endpoint });
    expect(JSON.parse(told["VDI_TURN"] ?? "")).to.deep.equal(endpoint);
    expect(told["VDI_TURN_SECRET_FILE"]).to.equal("/etc/kasm-operator/turn/shared-secret");
    expect(spec({ turn: endpoint }).template.spec.volumes).to.deep.include({
      name: "turn",
      secret: { secretName: "turn-credentials", defaultMode: 0o440 },
    });
    expect(environment()).not.to.have.any.keys("VDI_TURN", "VDI_TURN_SECRET_FILE");
  });

  it("is told the site's pull secret, for itself and for desktops", () => {
    const registry = { pullSecretName: "mirror" };
    expect(environment({ registry })).to.include({ VDI_PULL_SECRET: "mirror" });
    expect(spec({ registry }).template.spec.imagePullSecrets).to.deep.equal([{ name: "mirror" }]);
  });

  it("names routing objects that are there", () => {
    const names = Object.values(sessionRouting(base)).map(({ metadata }) => metadata.name);
    const { VDI_SESSION_MIDDLEWARES = "", VDI_SESSION_TRANSPORT, VDI_ACCESS_MIDDLEWARE } = environment();
    expect(names).to.have.members([
      ...VDI_SESSION_MIDDLEWARES.split(","),
      VDI_SESSION_TRANSPORT,
      VDI_ACCESS_MIDDLEWARE,
    ]);
  });

  it("has no key to links and cookies: the gateway alone signs them", () => {
    expect(JSON.stringify(operatorDeployment(base))).not.to.contain("access-key");
  });

  it("is told where Traefik's pods are, whom desktops and access let in", () => {
    expect(environment({ traefikNamespace: "traefik" })).to.include({ VDI_TRAEFIK_NAMESPACE: "traefik" });
  });

  it("keeps its heap below its memory limit", () => {
    const { resources } = container();
    const heap = /--max-old-space-size=(\d+)/.exec(environment()["NODE_OPTIONS"] ?? "")?.[1];
    expect(Number(heap)).to.be.lessThan(Number.parseInt(resources.limits["memory"] ?? "0"));
  });

  it("tells the operator nothing that it does not understand", () => {
    const told = environment({ turn: endpoint, replicas: 1, traefikNamespace: "traefik" });
    const settings = loadSettings({ ...told, POD_NAME: "kasm-operator-0", POD_NAMESPACE: "kasm-vdi-system" });
    expect(settings).to.deep.include({
      ...{ namespace: "kasm-vdi", domain: "desktops.example.com", leaderElection: true, logLevel: "info" },
      traefikNamespace: "traefik",
      ports: { metrics: 8080, health: 8081 },
    });
    expect(settings.turn?.host).to.equal(endpoint.host);
  });
});
