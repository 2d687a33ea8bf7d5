import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import {
  agentCommands,
  agentDefaults,
  agentInput,
  hostKeyProblem,
  hostPublicKey,
} from "../../../components/kasm-agents/values.ts";
import type { AgentInstallation, AgentMachine } from "../../../components/kasm-agents/values.ts";

const key = (type: string) => {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return `${type} ${Buffer.concat([length, name, Buffer.alloc(36, 7)]).toString("base64")}`;
};
const machine: AgentMachine = {
  name: "gpu-1",
  host: "192.0.2.7",
  port: 22,
  user: "root",
  hostKey: key("ssh-ed25519"),
  publicHostname: "gpu-1.example.com",
};
const installation: AgentInstallation = { ...agentDefaults, manager: { hostname: "kasm.example.com", port: 443 } };

/** Anything a shell can be given: no NUL. */
const anyText = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));

describe("agentCommands", () => {
  it("installs by one line that says everything that may change", () => {
    expect(agentCommands(machine, installation).create).to.equal(
      "sh -s -- install agent=gpu-1 version=1.19.0 " +
        "url=https://kasm-static-content.s3.amazonaws.com/kasm_release_1.19.0.tar.gz sha256= public=gpu-1.example.com " +
        "manager=kasm.example.com port=443 path=/opt/kasm disk=50 swap=0 wait=600 --",
    );
  });

  it("runs the same for a change, since the script converges, and removes with the same settings", () => {
    const commands = agentCommands(machine, installation);
    expect(commands.update).to.equal(commands.create);
    expect(commands.delete).to.equal(commands.create.replace("install", "remove").replace(/ --$/, ""));
  });

  it("becomes root by sudo that may not ask, for any other user", () => {
    const { create } = agentCommands({ ...machine, user: "ubuntu" }, installation);
    expect(create).to.match(/^sudo -n sh -s -- install /);
  });

  it("gives the installer's options after all settings", () => {
    const installer = {
      ...agentDefaults.installer,
      options: ["--use-static-images", "--offline-service", "/srv/a b.tar"],
    };
    expect(agentCommands(machine, { ...installation, installer }).create).to.match(
      / wait=600 -- --use-static-images --offline-service '\/srv\/a b\.tar'$/,
    );
  });

  it("keeps every setting one word for the shell, whatever it holds", () => {
    const names = fc.sample(anyText, 150);
    const lines = names.map((name) =>
      agentCommands({ ...machine, publicHostname: name }, installation).create.replace("sh -s --", "print"),
    );
    const script = `print() { printf '%s\\0' "$6"; }\n${lines.join("\n")}\n`;
    const words = execFileSync("sh", { input: script, encoding: "utf8" }).split("\0").slice(0, -1);
    expect(words).to.deep.equal(names.map((name) => `public=${name}`));
  });
});

describe("agentInput", () => {
  const script = agentInput("");

  it("is the secrets and then the script, which has none", () => {
    expect(agentInput("swordfish", "PEM\n")).to.equal(script.replace("token=''\nca=''", "token='swordfish'\nca='PEM'"));
  });

  it("hands any token over as it is", () => {
    const tokens = fc.sample(anyText, 150);
    const prelude = tokens.map((token) => `${agentInput(token).split("\n# ", 1)[0] ?? ""}\nprintf '%s\\0' "$token"\n`);
    const arrived = execFileSync("sh", { input: prelude.join(""), encoding: "utf8" });
    expect(arrived.split("\0").slice(0, -1)).to.deep.equal(tokens);
  });

  it("names the token in one external command alone, Kasm's own installer", () => {
    const builtin = /^\s*(\[|printf|case|problem|# )/;
    const uses = script.split("\n").filter((line) => line.includes('"$token"') && !builtin.test(line));
    expect(uses).to.have.length(1);
    expect(uses[0]).to.contain('--manager-token "$token"');
  });

  it("does nothing when it arrives cut short", () => {
    const cut = script.slice(0, script.lastIndexOf("main "));
    expect(execFileSync("sh", ["-s", "--", "install"], { input: cut, encoding: "utf8" })).to.equal("");
  });
});

describe("the script on the machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "machine-"));
  after(() => rmSync(folder, { recursive: true }));

  it("names all that keeps the machine from being an agent, and installs nothing", () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const tool of ["sh", "uname", "id", "mkdir"]) {
      const file = execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
      symlinkSync(file, join(bin, tool));
    }
    const installer = { ...agentDefaults.installer, url: "http://mirror.example.com/kasm.tar.gz" };
    const settings = { ...installation, installer, minimumDiskGiB: 0, installPath: "/proc/kasm" };
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", agentCommands(machine, settings).create], {
      input: agentInput(""),
      env: { PATH: bin },
      encoding: "utf8",
    });
    expect(status).to.equal(1);
    expect(stdout).to.equal("");
    for (const problem of [
      "agent gpu-1: the machine cannot be a Kasm agent:\n",
      "- the manager token is empty\n",
      "- curl is missing\n",
      "- sha256sum is missing\n",
      "- Docker is missing, and no package manager is there",
      "cannot write to /proc/kasm; log in as root or as a user with sudo\n",
      "- the installer at http://mirror.example.com/kasm.tar.gz comes unprotected; give its sha256\n",
    ])
      expect(stderr).to.contain(problem);
  });

  it("checks the control plane by the site's authorities and by those that the machine has", () => {
    const bin = join(folder, "public");
    mkdirSync(bin);
    const tool = (name: string, text: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const seen = join(folder, "authorities");
    tool("docker", "exit 0");
    tool(
      "curl",
      `while [ $# -gt 0 ]; do case $1 in --cacert) cp "$2" '${seen}'; printf 200; exit ;; esac; shift; done; exit 22`,
    );
    const quick = { ...installation, minimumDiskGiB: 0, timeoutSeconds: 1, installPath: join(folder, "kasm") };
    const run = spawnSync("sh", ["-c", agentCommands(machine, quick).create], {
      input: agentInput("swordfish", "PEM"),
      env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` },
      encoding: "utf8",
    });
    expect(run.stderr).to.contain("the installer cannot be downloaded").and.not.contain("does not answer");
    const bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
    const own = bundles.find((file) => existsSync(file));
    expect(readFileSync(seen, "utf8")).to.equal(`PEM\n${own === undefined ? "" : readFileSync(own, "utf8")}`);
  });
});

describe("hostPublicKey", () => {
  const ed25519 = key("ssh-ed25519");

  it("takes the key out of every form that ssh-keyscan and known_hosts have", () => {
    const lines = [
      ed25519,
      `${ed25519} root@gpu-1`,
      `gpu-1.example.com ${ed25519}`,
      `[192.0.2.7]:2222 ${ed25519} comment\n`,
      `|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ${ed25519}`,
    ];
    for (const line of lines) expect(hostPublicKey({ name: "gpu-1", hostKey: line }), line).to.equal(ed25519);
  });

  it("refuses RSA, which the plugin asks for under a name that servers no longer have", () => {
    expect(() => hostPublicKey({ name: "gpu-1", hostKey: key("ssh-rsa") })).to.throw(
      /^hostKey of agent gpu-1 is a host key of type ssh-rsa, which cannot be checked; get another by `ssh-keyscan -t ed25519/,
    );
  });

  it("refuses what is no key, also when it only looks like one", () => {
    const mixed = `ssh-ed25519 ${key("ssh-rsa").split(" ")[1] ?? ""}`;
    for (const line of ["", "gpu-1.example.com", "SHA256:abc", "ssh-ed25519 AAAA", mixed])
      expect(hostKeyProblem(line), line).to.match(/^is no host key in OpenSSH form; get it by/);
  });

  it("never takes text that holds no known type", () => {
    fc.assert(fc.property(anyText, (text) => hostKeyProblem(text) !== undefined));
  });
});
