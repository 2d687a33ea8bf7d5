import { expect } from "chai";
import fc from "fast-check";
import {
  bundleConfigMap,
  bundleProblem,
  disruptionBudget,
  nodeImage,
  operatorDeployment,
} from "../../components/vdi-operator.deployment.ts";
import type { OperatorDeploymentArgs } from "../../components/vdi-operator.deployment.ts";
import { sessionRouting } from "../../components/vdi-operator.routing.ts";

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

  it("elects a leader when there are several replicas, and never runs two of one", () => {
    expect(environment()).to.include({ VDI_LEADER_ELECTION: "true" });
    expect(spec().strategy).to.deep.equal({ type: "RollingUpdate" });
    expect(environment({ replicas: 1 })).to.include({ VDI_LEADER_ELECTION: "false" });
    expect(spec({ replicas: 1 }).strategy).to.deep.equal({ type: "Recreate" });
  });

  it("runs a bundle in the stock image, from the ConfigMap with its hash", () => {
    const { image, command, volumeMounts } = container();
    expect(image).to.equal(nodeImage);
    expect(command).to.deep.equal(["node", "/opt/kasm-operator/main.mjs"]);
    expect(volumeMounts).to.deep.equal([{ name: "bundle", mountPath: "/opt/kasm-operator", readOnly: true }]);
    expect(spec().template.spec.volumes[0]?.configMap?.name).to.equal(
      bundleConfigMap("console.log(1);", "kasm-vdi-system").metadata.name,
    );
  });

  it("leaves an image of its own to its entry point, and takes it from the mirror", () => {
    const program = { kind: "image", image: "example.com/operator@sha256:0" } as const;
    const { image, command, volumeMounts } = container({ program, registry: { mirror: "mirror.example.com" } });
    expect(image).to.equal("mirror.example.com/operator@sha256:0");
    expect(command).to.equal(undefined);
    expect(volumeMounts).to.deep.equal([]);
  });

  it("is told where the TURN server is by its environment, and the secret by a file", () => {
    const told = environment({ turn: endpoint });
    expect(JSON.parse(told["VDI_TURN"] ?? "")).to.deep.equal(endpoint);
    expect(told["VDI_TURN_SECRET_FILE"]).to.equal("/etc/kasm-operator/turn/shared-secret");
    expect(spec({ turn: endpoint }).template.spec.volumes.at(-1)).to.deep.include({
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
    const names = Object.values(sessionRouting("kasm-vdi")).map(({ metadata }) => metadata.name);
    const { VDI_SESSION_MIDDLEWARE, VDI_SESSION_TRANSPORT } = environment();
    expect(names).to.have.members([VDI_SESSION_MIDDLEWARE, VDI_SESSION_TRANSPORT]);
  });

  it("keeps its heap below its memory limit", () => {
    const { resources } = container();
    const heap = /--max-old-space-size=(\d+)/.exec(environment()["NODE_OPTIONS"] ?? "")?.[1];
    expect(Number(heap)).to.be.lessThan(Number.parseInt(resources.limits["memory"] ?? "0"));
  });
});

describe("the bundle's ConfigMap", () => {
  it("cannot change, and has another name for another text", () => {
    const { immutable, metadata, data } = bundleConfigMap("a", "system");
    expect({ immutable, data }).to.deep.equal({ immutable: true, data: { "main.mjs": "a" } });
    expect(metadata.name).to.match(/^kasm-operator-[0-9a-f]{10}$/);
    expect(bundleConfigMap("b", "system").metadata.name).not.to.equal(metadata.name);
  });

  it("takes a bundle up to what a ConfigMap holds, counted in bytes", () => {
    const most = 1024 * 1024 - "main.mjs".length;
    expect(bundleProblem("x".repeat(most))).to.equal(undefined);
    expect(bundleProblem("x".repeat(most + 1))).to.match(
      /^The operator's bundle has 1025 KiB, and a ConfigMap holds 1024 KiB\. Build it minified .* kasm-vdi:operator\.image\.$/,
    );
    expect(bundleProblem("ü".repeat(most - 10))).to.match(/ 2048 KiB/);
  });

  it("keeps its name for the same text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(bundleConfigMap(text, "a").metadata.name).to.equal(bundleConfigMap(text, "b").metadata.name);
      }),
    );
  });
});

describe("the operator's PodDisruptionBudget", () => {
  it("lets a drain take one replica at a time, and any that does not work", () => {
    const { spec } = disruptionBudget("kasm-vdi-system");
    expect(spec).to.include({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });
});
