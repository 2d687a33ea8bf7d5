import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { HttpMethod, RequestContext } from "@kubernetes/client-node";
import { expect } from "chai";
import { SharedKubeConfig, loadKubeConfig } from "../../kube/config.ts";

const mounted = "var/run/secrets/kubernetes.io/serviceaccount";
const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env;

describe("the config of a pod", () => {
  let root: string;
  let config: SharedKubeConfig;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "pod-"));
    mkdirSync(join(root, mounted), { recursive: true });
    write("ca.crt", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    write("namespace", "kasm-vdi-system");
    write("token", "first");
    Object.assign(process.env, { KUBERNETES_SERVICE_HOST: "10.43.0.1", KUBERNETES_SERVICE_PORT: "443" });
    mock.timers.enable({ apis: ["Date"] });
    config = new SharedKubeConfig();
    config.loadFromCluster(`${root}/`);
  });
  afterEach(async () => {
    mock.timers.reset();
    restore({ KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT });
    await config.close();
    rmSync(root, { recursive: true });
  });

  const write = (name: string, text: string) => writeFileSync(join(root, mounted, name), text);
  const authorization = async () => {
    const context = new RequestContext("https://10.43.0.1/version", HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    return context.getHeaders()["Authorization"];
  };

  it("names the API server and trusts the cluster's authority alone", () => {
    expect(config.getCurrentCluster()).to.deep.include({
      server: "https://10.43.0.1:443",
      caFile: `${root}/${join("/", mounted, "ca.crt")}`,
      skipTLSVerify: false,
    });
  });

  it("follows the token when the kubelet replaces it, a minute later at most, over connections that stay", async () => {
    expect(await authorization()).to.equal("Bearer first");
    write("token", "second");
    mock.timers.tick(61_000);
    expect(await authorization()).to.equal("Bearer second");
  });
});

function restore(environment: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(environment))
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
}

describe("a config from nowhere", () => {
  const { HOME, KUBECONFIG } = process.env;
  afterEach(() => Object.assign(process.env, { HOME }, KUBECONFIG === undefined ? {} : { KUBECONFIG }));

  it("is refused with where to put one, and not led to a server that nobody named", () => {
    process.env["HOME"] = "/nowhere";
    delete process.env["KUBECONFIG"];
    expect(() => loadKubeConfig()).to.throw("No kubeconfig was found. Set KUBECONFIG");
  });
});
