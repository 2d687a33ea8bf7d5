import { expect } from "chai";
import { gatewayDeployment } from "../../../components/vdi-operator/gateway.ts";
import type { GatewayDeploymentArgs } from "../../../components/vdi-operator/gateway.ts";
import { loadGatewaySettings } from "../../../operator/gateway-settings.ts";

const base: GatewayDeploymentArgs = {
  namespace: "kasm-vdi",
  operatorNamespace: "kasm-vdi-system",
  domain: "desktops.example.com",
  replicas: 1,
  logLevel: "info",
  registry: {},
  program: { kind: "bundle", text: "console.log(1);" },
};

/** The parts that the tests read; the types allow outputs everywhere. */
interface Spec {
  replicas: number;
  strategy: object;
  template: {
    spec: {
      serviceAccountName: string;
      terminationGracePeriodSeconds: number;
      securityContext: object;
      topologySpreadConstraints: { topologyKey: string }[];
      containers: {
        command?: string[];
        args?: string[];
        env: { name: string; value?: string }[];
        volumeMounts: object[];
        resources: { limits: Record<string, string> };
        securityContext: object;
      }[];
      volumes: object[];
    };
  };
}

const spec = (overrides: Partial<GatewayDeploymentArgs> = {}) =>
  gatewayDeployment({ ...base, ...overrides }).spec as unknown as Spec;
const container = (overrides: Partial<GatewayDeploymentArgs> = {}) => spec(overrides).template.spec.containers[0]!;
const environment = (overrides: Partial<GatewayDeploymentArgs> = {}) =>
  Object.fromEntries(container(overrides).env.map(({ name, value }) => [name, value]));

describe("the gateway's Deployment", () => {
  it("always has two replicas that answer: on a single node, at a rollout, when a node is drained", () => {
    expect([spec({ replicas: 1 }).replicas, spec({ replicas: 3 }).replicas]).to.deep.equal([2, 3]);
    expect(spec().strategy).to.deep.equal({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(spec().template.spec.topologySpreadConstraints[0]?.topologyKey).to.equal("kubernetes.io/hostname");
  });

  it("is the bundle's second program, also in an image of its own", () => {
    expect(container().command).to.deep.equal(["node", "/opt/kasm-operator/main.mjs", "gateway"]);
    const { command, args } = container({ program: { kind: "image", image: "example.com/operator:1" } });
    expect([command, args]).to.deep.equal([undefined, ["gateway"]]);
  });

  it("has its own ServiceAccount, no root, and no file that it could write", () => {
    expect(spec().template.spec.serviceAccountName).to.equal("kasm-gateway");
    expect(spec().template.spec.securityContext).to.deep.include({ runAsNonRoot: true });
    expect(container().securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("signs links and cookies with a key that only a file holds", () => {
    expect(environment()).to.include({ VDI_ACCESS_KEY_FILE: "/etc/kasm-gateway/access/key" });
    expect(container().volumeMounts).to.deep.include({
      ...{ name: "access", mountPath: "/etc/kasm-gateway/access", readOnly: true },
    });
    expect(spec().template.spec.volumes).to.deep.include({
      ...{ name: "access", secret: { secretName: "access-key", defaultMode: 0o440 } },
    });
  });

  it("believes no header about who has signed in, unless the site names one and what sets it", () => {
    expect(environment()).not.to.have.any.keys(
      "VDI_ACCESS_USER_HEADER",
      "VDI_ACCESS_EXTRA_MIDDLEWARES",
      "VDI_ACCESS_PATH_FILE",
    );
    const access = { userHeader: "X-Forwarded-User", middlewares: ["sign-in", "groups"] };
    expect(environment({ access })).to.include({
      ...{ VDI_ACCESS_USER_HEADER: "X-Forwarded-User", VDI_ACCESS_EXTRA_MIDDLEWARES: "sign-in,groups" },
      VDI_ACCESS_PATH_FILE: "/etc/kasm-gateway/access/path",
    });
  });

  it("tells the gateway nothing that it does not understand, and gives it time to drain before it is killed", () => {
    const access = { userHeader: "X-Forwarded-User", middlewares: ["sign-in"] };
    const told = { ...environment({ access }), POD_NAME: "kasm-gateway-0", POD_NAMESPACE: "kasm-vdi-system" };
    const settings = loadGatewaySettings(told);
    expect(settings).to.deep.include({
      ...{ namespace: "kasm-vdi", domain: "desktops.example.com" },
      userHeader: { name: "X-Forwarded-User", pathFile: "/etc/kasm-gateway/access/path" },
      ports: { metrics: 8080, health: 8081, access: 8082 },
    });
    expect(spec().template.spec.terminationGracePeriodSeconds).to.be.greaterThan(settings.drainSeconds + 10);
  });

  it("keeps its heap below its memory limit", () => {
    const heap = /--max-old-space-size=(\d+)/.exec(environment()["NODE_OPTIONS"] ?? "")?.[1];
    expect(Number(heap)).to.be.lessThan(Number.parseInt(container().resources.limits["memory"] ?? "0"));
  });
});
