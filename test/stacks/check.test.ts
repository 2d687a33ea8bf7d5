import { expect } from "chai";
import { parse } from "yaml";
import { checkStackFile, StackFileError } from "../../stacks/check.ts";
import { ConfigError } from "../../stacks/config.ts";

const stack = (config: string) => `config:\n  kasm-vdi:domain: a.example.com\n  kasm-vdi:nodeCount: 1\n${config}`;
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

describe("checkStackFile", () => {
  it("tells what a stack file amounts to, defaults and outputs included", () => {
    const told = checkStackFile(
      "Pulumi.x.yaml",
      stack("  kasm-vdi:gpuCount: 2\n  kasm-vdi:nodeSize: { cpuCores: 64, memoryGiB: 256 }\n"),
    );
    expect(told).to.match(/^# Pulumi\.x\.yaml is valid\n/);
    expect(parse(told)).to.deep.include({ domain: "a.example.com", protectData: false });
    expect((parse(told) as { outputs: object }).outputs).to.deep.include({
      capacity: { nodes: 1, gpus: 2, slices: 16, sessions: 16 },
    });
  });

  it("notes that GeForce cards encode for few of the desktops that share them, where there are more", () => {
    const note = /^# up to (\d+) desktops share the GPUs of a node; on GeForce cards 2 to 12 of them/m;
    const told = (gpu: string) => checkStackFile("Pulumi.x.yaml", stack(gpu));
    expect(note.exec(told("  kasm-vdi:gpuCount: 2\n"))?.[1]).to.equal("16");
    expect(told("  kasm-vdi:gpuCount: 1\n  kasm-vdi:gpu: { replicasPerGpu: 2 }\n")).not.to.match(note);
    expect(told("  kasm-vdi:gpuCount: 0\n")).not.to.match(note);
  });

  it("takes encrypted values for right, and shows no secret in plain text either", () => {
    const agents = `  kasm-vdi:gpuCount: 0
  kasm-vdi:agents:
    - { name: a, host: 192.0.2.9, hostKey: ${hostKey}, privateKey: { secure: v1:AAAA } }
    - { name: b, host: 192.0.2.8, hostKey: ${hostKey}, password: swordfish }
`;
    const told = checkStackFile("Pulumi.x.yaml", stack(agents));
    expect(told).to.not.contain("swordfish").and.not.contain("v1:AAAA");
    expect((parse(told) as { agents: object[] }).agents.map((agent) => Object.keys(agent))).to.deep.equal([
      ["name", "host", "port", "user", "hostKey", "privateKey", "publicHostname"],
      ["name", "host", "port", "user", "hostKey", "password", "publicHostname"],
    ]);
  });

  it("says which key it could not look into", () => {
    const told = checkStackFile(
      "Pulumi.x.yaml",
      stack("  kasm-vdi:gpuCount: 0\n  kasm-vdi:agents: { secure: v1:AAAA }\n"),
    );
    expect(told).to.contain("# kasm-vdi:agents is encrypted as a whole and was not looked at");
  });

  it("gives every problem of the config", () => {
    expect(() => checkStackFile("Pulumi.x.yaml", stack("  kasm-vdi:gpuCont: 2\n"))).to.throw(
      ConfigError,
      /^Pulumi\.x\.yaml: 2 problems\n.*gpuCount +missing.*\n.*gpuCont +unknown key; did you mean gpuCount\?$/,
    );
  });

  it("says what is no stack file at all", () => {
    expect(() => checkStackFile("Pulumi.x.yaml", "config: [")).to.throw(StackFileError, "Pulumi.x.yaml: not YAML");
    expect(() => checkStackFile("Pulumi.x.yaml", "encryptionsalt: v1\n")).to.throw(StackFileError, "has no config");
  });
});
