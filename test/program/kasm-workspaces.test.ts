import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { KasmWorkspaces } from "../../components/kasm-workspaces/kasm-workspaces.ts";
import type { KasmWorkspacesArgs } from "../../components/kasm-workspaces/kasm-workspaces.ts";
import { plainKasm } from "../components/kasm-workspaces/args.ts";
import { registrationsOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

const args: KasmWorkspacesArgs = {
  ...plainKasm,
  sizing: { ...plainKasm.sizing, replicas: 1 },
  namespace: "kasm",
  cluster: {},
  timeoutSeconds: 900,
  protectData: false,
};
const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** What one KasmWorkspaces registers, by name without its prefix. */
async function register(more: Partial<KasmWorkspacesArgs> = {}): Promise<Map<string, Registration>> {
  const { resources } = await registrationsOf(
    () => {
      const provider = new k8s.Provider("cluster", {});
      return new KasmWorkspaces("kasm", { ...args, ...more }, { provider });
    },
    ({ type, inputs }) =>
      type === "random:index/randomPassword:RandomPassword"
        ? { ...(inputs as object), result: pulumi.secret("swordfish") }
        : (inputs as Record<string, unknown>),
  );
  return new Map(resources.map((resource) => [resource.name.replace(/^kasm-/, ""), resource]));
}

const get = (resources: Map<string, Registration>, name: string): Registration => {
  const found = resources.get(name);
  if (!found) throw new Error(`${name} is not registered; ${[...resources.keys()].join(", ")} are`);
  return found;
};
const after = (resources: Map<string, Registration>, name: string) =>
  [...resources.values()].filter(({ urn }) => get(resources, name).dependencies.includes(urn)).map((one) => one.name);

describe("KasmWorkspaces", () => {
  it("admits only pods that meet Pod Security restricted, which the chart's do", async () => {
    const { inputs } = get(await register(), "namespace");
    expect(inputs).to.have.nested.property("metadata.labels.pod-security\\.kubernetes\\.io/enforce", "restricted");
  });

  it("installs the chart after the closed network, its certificates and what Helm could not change", async () => {
    const before = after(await register({ trustedCa: pem }), "release");
    expect(before).to.include.members([
      ...["kasm-namespace", "kasm-secrets", "kasm-database", "kasm-pre-upgrade", "kasm-certificate", "kasm-trusted-ca"],
      ...["kasm-default-deny", "kasm-within-namespace", "kasm-from-traefik", "kasm-to-the-world"],
    ]);
  });

  it("looks at what runs after the chart was installed", async () => {
    expect(after(await register(), "rollout")).to.include("kasm-release");
  });

  it("lets what is plain go with its namespace, and has Helm take its own release apart", async () => {
    const resources = await register({
      trustedCa: pem,
      isDefaultCertificate: true,
      sizing: { ...args.sizing, replicas: 2 },
    });
    const { urn } = get(resources, "namespace");
    for (const name of ["secrets", "database", "default-deny", "trusted-ca", "proxy-budget", "default-certificate"])
      expect(get(resources, name).deletedWith, name).to.equal(urn);
    for (const name of ["release", "certificate", "pre-upgrade"])
      expect(get(resources, name).deletedWith, name).to.equal("");
  });

  it("gives its certificate to routes without one only when asked, from the Secret of every source", async () => {
    expect(await register()).not.to.have.any.keys("default-certificate");
    const certificate = { kind: "secret", secretName: "mine" } as const;
    const { inputs } = get(await register({ isDefaultCertificate: true, certificate }), "default-certificate");
    expect(inputs["spec"]).to.deep.equal({ defaultCertificate: { secretName: "mine" } });
    expect(inputs["metadata"]).to.deep.equal({ name: "default", namespace: "kasm" });
  });

  it("renews its own certificate by a replacement, which first takes the old one away", async () => {
    const { deleteBeforeReplace, inputs } = get(await register(), "certificate");
    expect(deleteBeforeReplace).to.equal(true);
    expect(inputs["delete"]).to.equal("node commands/self-signed-certificate.ts remove");
  });

  it("takes no backups unless asked to, and keeps their volume through every change of the plan and its end", async () => {
    expect(await register()).not.to.have.any.keys("backup", "backup-claim");
    const resources = await register({ backup: { schedule: "0 3 * * *", sizeGiB: 20 }, protectData: true });
    expect(get(resources, "backup-claim")).to.deep.include({
      ...{ protect: true, retainOnDelete: true, ignoreChanges: ["spec"] },
    });
    expect(get(resources, "backup").inputs).to.have.nested.property("spec.schedule", "0 3 * * *");
  });

  it("protects what the data depends on, and nothing that a change may have to replace", async () => {
    const resources = await register({ protectData: true, trustedCa: pem });
    const isProtected = [...resources].filter(([, { protect }]) => protect).map(([name]) => name);
    expect(isProtected).to.have.members([
      ...["namespace", "secrets", "database", "release"],
      ...["admin-password", "user-password", "db-password", "service-token", "manager-token"],
    ]);
  });

  it("lets Traefik in from where it runs", async () => {
    const from = async (more: Partial<KasmWorkspacesArgs>) =>
      JSON.stringify(get(await register(more), "from-traefik").inputs);
    expect(await from({})).to.contain('"kubernetes.io/metadata.name":"kube-system"');
    expect(await from({ traefikNamespace: "traefik" })).to.contain('"kubernetes.io/metadata.name":"traefik"');
  });

  it("refuses a chart whose keys it does not know before it registers anything", async () => {
    const resources: string[] = [];
    let refusal: unknown;
    await registrationsOf(() => {
      try {
        new KasmWorkspaces("kasm", { ...args, chart: { chart: "kasm-helm", version: "1.1200.0" } });
      } catch (error) {
        refusal = error;
      }
    }).then((run) =>
      resources.push(...run.resources.filter(({ isComponent }) => !isComponent).map(({ name }) => name)),
    );
    expect(refusal).to.be.instanceOf(pulumi.ResourceError);
    expect((refusal as Error).message).to.match(/^kasm-helm 1\.1200\.0 belongs to a chart line/);
    expect(resources).to.deep.equal([]);
  });
});
