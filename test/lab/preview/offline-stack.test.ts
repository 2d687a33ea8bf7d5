import { expect } from "chai";
import { parse } from "yaml";
import { offlineStackFile } from "../../../lab/preview/offline-stack.ts";

const offline = (text: string, charts: "stand-in" | "official" = "stand-in") => {
  const { text: made, notes } = offlineStackFile(text, { kubeconfig: "/nowhere", charts });
  return { config: (parse(made) as { config: Record<string, unknown> }).config, file: made, notes };
};

describe("a stack's config for an offline preview", () => {
  it("leads to no cluster, whatever kubeconfig and context the stack has", () => {
    const { config } = offline("config: { kasm-vdi:kubeconfig: /home/ada/.kube/config, kasm-vdi:context: prod }");
    expect(config).to.include({ "kasm-vdi:kubeconfig": "/nowhere" }).and.not.to.have.property("kasm-vdi:context");
  });

  it("keeps every other value as it is", () => {
    const { config } = offline("config: { kasm-vdi:domain: d.example.com, kasm-vdi:kasm: { deploymentSize: large } }");
    expect(config["kasm-vdi:domain"]).to.equal("d.example.com");
    expect(config["kasm-vdi:kasm"]).to.deep.include({ deploymentSize: "large" });
  });

  it("takes the stand-in charts in place of any other source, at the version that the stack asks for", () => {
    const { config } = offline(
      "config: { kasm-vdi:gpu: { chart: { repo: https://charts.example, version: v1.0.0 } } }",
    );
    expect(config["kasm-vdi:kasm"]).to.deep.equal({ chart: { path: "./lab/charts/kasm-helm" } });
    expect(config["kasm-vdi:gpu"]).to.deep.equal({ chart: { path: "./lab/charts/gpu-operator", version: "v1.0.0" } });
  });

  it("takes the stand-in of Traefik's chart only where Traefik is our own: the config refuses it elsewhere", () => {
    const chart = { path: "./lab/charts/traefik" };
    const traefik = (text: string) => offline(text).config["kasm-vdi:traefik"];
    expect(traefik("config: {}")).to.equal(undefined);
    expect(traefik("config: { kasm-vdi:traefik: { mode: own } }")).to.deep.equal({ mode: "own", chart });
  });

  it("takes a stand-in for the operator's bundle, since its hash would change with each line of the operator", () => {
    const operator = (text: string) => offline(text).config["kasm-vdi:operator"];
    const bundle = "./lab/preview/stand-in-operator.txt";
    expect(operator("config: { kasm-vdi:operator: { replicas: 3 } }")).to.deep.equal({ replicas: 3, bundle });
    expect(operator("config: { kasm-vdi:operator: { image: a.example/b:1 } }")).to.deep.equal({
      image: "a.example/b:1",
    });
  });

  it("reads groups that `pulumi config set` stored as JSON text", () => {
    const { config } = offline(`config: { kasm-vdi:gpu: '{"replicasPerGpu":4}' }`);
    expect(config["kasm-vdi:gpu"]).to.deep.include({ replicasPerGpu: 4 });
  });

  it("leaves the charts alone when the official ones are wanted", () => {
    const { config } = offline("config: { kasm-vdi:gpu: { chart: { oci: oci://charts.example/gpu } } }", "official");
    expect(config["kasm-vdi:gpu"]).to.deep.equal({ chart: { oci: "oci://charts.example/gpu" } });
    expect(config).not.to.have.property("kasm-vdi:kasm");
  });

  it("holds nothing that only the stack's own passphrase or key opens, and says so once", () => {
    const { file, notes } = offline(`
secretsprovider: awskms://alias/x
encryptedkey: AAAA
encryptionsalt: v1:salt
config:
  kasm-vdi:publicIPs: [192.0.2.9]
  kasm-vdi:trustedCa: { secure: v1:one }
  kasm-vdi:agents: [{ name: a, password: { secure: v1:two } }]
`);
    expect(file).not.to.match(/v1:|awskms|AAAA/);
    expect(notes).to.have.lengthOf(1);
    expect(notes[0]).to.contain("placeholder");
  });

  it("gives an address for documentation to a stack whose addresses only its cluster knows, and says so", () => {
    const { config, notes } = offline("config: { kasm-vdi:publicIPs: [] }");
    expect(config["kasm-vdi:publicIPs"]).to.deep.equal(["192.0.2.1"]);
    expect(notes.join()).to.contain("publicIPs is not set");
  });

  it("leaves addresses that are given", () => {
    const { config, notes } = offline("config: { kasm-vdi:publicIPs: [198.51.100.7] }");
    expect(config["kasm-vdi:publicIPs"]).to.deep.equal(["198.51.100.7"]);
    expect(notes).to.deep.equal([]);
  });

  it("is made of an empty file too", () => {
    expect(offline("").config).to.include({ "kasm-vdi:kubeconfig": "/nowhere" });
  });
});
