import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { expect } from "chai";

import type { AgentReport, KasmAgent, KasmAgentsArgs } from "../../components/kasm-agents/kasm-agents.ts";
import { nextStep } from "../../components/kasm-agents/values.ts";
import type { Release } from "./kasm-machine.ts";
import { KasmMachine } from "./kasm-machine.ts";
import { ScratchStack } from "./scratch-stack.ts";
import type { Env } from "./scratch-stack.ts";
import type { SshServer } from "./ssh-server.ts";
import { freePort } from "./loopback-ports.ts";
import { startSshServer } from "./ssh-server.ts";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = `
import * as pulumi from "@pulumi/pulumi";
import { KasmAgents } from ${JSON.stringify(pathToFileURL(join(checkout, "components", "kasm-agents", "kasm-agents.ts")).href)};
const args = JSON.parse(process.env.AGENTS);
args.manager.token = pulumi.secret(args.manager.token);
export const agents = new KasmAgents("agents", args).agents;
`;
const token = "manager-token-swordfish";

type Changes = Partial<Omit<KasmAgentsArgs, "agents">> & { agent?: Partial<KasmAgent>; agents?: KasmAgent[] };

describe("KasmAgents under the real engine, over SSH to this machine", function () {
  this.timeout(180_000);
  let machine: KasmMachine;
  let ssh: SshServer;
  let stack: ScratchStack;
  let empty: string;
  let current: Release;
  let next: Release;

  before(async () => {
    machine = await KasmMachine.start();
    ssh = await startSshServer(machine.folder, machine.path);
    console.log(`    the SSH server is ${ssh.kind}`);
    current = await machine.release("1.19.0");
    next = await machine.release("1.20.0");
    stack = await ScratchStack.make(program);
    empty = stack.state();
  });
  after(async () => {
    stack.remove();
    await ssh.stop();
    await machine.stop();
  });
  beforeEach(() => {
    machine.reset();
    stack.restore(empty);
  });

  const env = ({ agent, ...changes }: Changes = {}): Env => {
    const args: KasmAgentsArgs = {
      agents: [
        {
          name: "gpu-1",
          host: "127.0.0.1",
          port: ssh.port,
          user: "root",
          hostKey: ssh.hostKey,
          privateKey: ssh.privateKey,
          publicHostname: "gpu-1.example.com",
          ...agent,
        },
      ],
      manager: { hostname: "localhost", port: machine.managerPort, token, ca: machine.ca },
      installer: { ...current, options: [] },
      installPath: machine.installPath,
      minimumDiskGiB: 0,
      swapMiB: 0,
      timeoutSeconds: 3,
      ...changes,
    };
    return { AGENTS: JSON.stringify(args) };
  };
  /** The engine's output of an `up` that must fail, as one line. */
  const refusal = async (changes: Changes): Promise<string> => {
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], env(changes));
    expect(exitCode, all).not.to.equal(0);
    expect(all).not.to.contain(token);
    return all.replaceAll(/\s+/g, " ");
  };
  const option = (run: string[] | undefined, name: string) => run?.[run.indexOf(name) + 1];

  it("installs the agent, and reports it with what is left to do", async () => {
    await stack.up(env());
    expect(machine.hasContainer("kasm_agent")).to.equal(true);
    const [run, ...others] = machine.installations();
    expect(others).to.deep.equal([]);
    const id = machine.installed(".kasm-vdi/server-id")?.trim();
    expect(id).to.match(/^[\da-f-]{36}$/);
    expect(run).to.deep.equal(
      [
        [
          "--role",
          "agent",
          "--accept-eula",
          "--public-hostname",
          "gpu-1.example.com",
          "--manager-hostname",
          "localhost",
        ],
        [
          "--proxy-port",
          `${machine.managerPort}`,
          "--agent-server-id",
          id,
          "--manager-token",
          token,
          "--no-swap-check",
        ],
      ].flat(),
    );
    expect(JSON.parse(await stack.output("agents")) as AgentReport[]).to.deep.equal([
      { name: "gpu-1", host: "127.0.0.1", version: "1.19.0", state: "running", next: nextStep },
    ]);
  });

  it("has nothing to do afterwards, and does nothing when it is run all the same", async () => {
    await stack.up(env());
    expect(await stack.changes(env())).to.deep.equal({});
    const changed = env({ timeoutSeconds: 4 });
    expect(await stack.changes(changed)).to.deep.equal({ "agents-gpu-1": "update" });
    await stack.up(changed);
    expect(machine.installations()).to.have.length(1);
  });

  it("registers the agent anew under its old id when its public name or the token changes", async () => {
    await stack.up(env());
    await stack.up(env({ agent: { publicHostname: "192.0.2.7" } }));
    const manager = { hostname: "localhost", port: machine.managerPort, token: "another-token", ca: machine.ca };
    await stack.up(env({ agent: { publicHostname: "192.0.2.7" }, manager }));
    const runs = machine.installations();
    expect(runs.map((run) => option(run, "--public-hostname"))).to.deep.equal([
      "gpu-1.example.com",
      "192.0.2.7",
      "192.0.2.7",
    ]);
    expect(runs.map((run) => option(run, "--manager-token"))).to.deep.equal([token, token, "another-token"]);
    expect(new Set(runs.map((run) => option(run, "--agent-server-id"))).size).to.equal(1);
  });

  it("installs another version in place of the one that runs", async () => {
    await stack.up(env());
    expect(await stack.changes(env({ installer: { ...next, options: [] } }))).to.deep.equal({
      agents: "update",
      "agents-gpu-1": "update",
    });
    await stack.up(env({ installer: { ...next, options: ["--use-static-images"] } }));
    expect(machine.installed("current/conf/agent.app.config.yaml")).to.equal(
      machine.installed("1.20.0/conf/agent.app.config.yaml"),
    );
    expect(machine.installations().at(-1)?.at(-1)).to.equal("--use-static-images");
  });

  it("removes the agent, its sessions and its token from the machine when it leaves the stack", async () => {
    await stack.up(env());
    machine.startSession("somebodys-desktop");
    await stack.up(env({ agents: [] }));
    expect(machine.hasContainer("kasm_agent")).to.equal(false);
    expect(machine.sessions()).to.deep.equal([]);
    expect(machine.installed(".")).to.equal(undefined);
  });

  it("takes the agent off one machine before another address gets it", async () => {
    await stack.up(env());
    const moved = env({ agent: { host: "localhost" } });
    expect(await stack.changes(moved)).to.deep.equal({ "agents-gpu-1": "replace" });
    await stack.up(moved);
    expect(machine.hasContainer("kasm_agent")).to.equal(true);
    const ids = machine.installations().map((run) => option(run, "--agent-server-id"));
    expect(new Set(ids).size).to.equal(2);
  });

  it("leaves alone what it has not installed", async () => {
    machine.installByHand();
    expect(await refusal({})).to.contain("holds a Kasm installation that this program did not make");
    expect(machine.hasContainer("kasm_agent")).to.equal(true);
    expect(machine.installations()).to.deep.equal([]);
  });

  it("shows the token to no program but Kasm's installer, and keeps it from state and output", async () => {
    const output = await stack.up(env());
    expect(machine.tokenHolders()).to.deep.equal(["bash install.sh"]);
    for (const text of [output, stack.state()])
      for (const secret of [token, ...ssh.privateKey.split("\n").slice(1, 3)]) expect(text).not.to.contain(secret);
  });

  it("takes up what an installer left that failed half-way, and shows its output without the token", async () => {
    machine.failNext();
    const message = await refusal({});
    expect(message).to.contain("no space left for [token]").and.to.contain("Kasm's installer ended with code 28");
    expect(machine.installed(".kasm-vdi/install.log")).to.contain("Manager Token as [token]");
    expect(machine.installed(".kasm-vdi/work")).to.equal(undefined);
    await stack.up(env());
    expect(machine.hasContainer("kasm_agent")).to.equal(true);
  });

  it("takes up a change that failed half-way", async () => {
    await stack.up(env());
    machine.failNext();
    const changes = { installer: { ...next, options: [] } };
    await refusal(changes);
    expect(await stack.changes(env(changes))).to.deep.equal({ "agents-gpu-1": "update" });
    await stack.up(env(changes));
    expect(machine.hasContainer("kasm_agent")).to.equal(true);
    expect(machine.installations()).to.have.length(3);
  });

  it("installs nothing from a release with another checksum, and lets the old agent run", async () => {
    await stack.up(env());
    const message = await refusal({ installer: { ...next, sha256: current.sha256, options: [] } });
    expect(message).to.contain(`has the sha256 ${next.sha256}, expected is ${current.sha256}`);
    expect(machine.hasContainer("kasm_agent")).to.equal(true);
    expect(machine.installations()).to.have.length(1);
  });

  it("installs nothing from a release of another version, or over plain HTTP without a checksum", async () => {
    const other = await refusal({ installer: { ...next, version: "1.19.0", options: [] } });
    expect(other).to.contain("installs Kasm 1.20.0, expected is 1.19.0");
    const { version, url } = current;
    expect(await refusal({ installer: { version, url, options: [] } })).to.contain(
      "comes unprotected; give its sha256",
    );
    expect(machine.installations()).to.deep.equal([]);
  });

  it("waits for the control plane, and says where it looked", async () => {
    machine.health = 502;
    const message = await refusal({});
    expect(message).to.contain(
      `agent gpu-1: Kasm does not answer at https://localhost:${machine.managerPort}/api/__healthcheck after 3 s (status 502)`,
    );
    expect(machine.installations()).to.deep.equal([]);
  });

  it("takes no other control plane for its own", async () => {
    const { ca } = await KasmMachine.start().then(async (other) => {
      await other.stop();
      return other;
    });
    const manager = { hostname: "localhost", port: machine.managerPort, token, ca };
    expect(await refusal({ manager })).to.match(/Kasm does not answer .* \(status 000\) curl: \(60\)/);
  });

  it("does not work beside a run whose connection broke", async () => {
    await stack.up(env());
    const release = machine.holdLock();
    const message = await refusal({ agent: { publicHostname: "192.0.2.7" } });
    release();
    expect(message).to.contain("agent gpu-1: another run of this script still works on the machine after 3 s");
    expect(machine.installations()).to.have.length(1);
  });

  it("asks for the disk space that sessions need", async () => {
    const message = await refusal({ minimumDiskGiB: 1_000_000 });
    expect(message).to.match(
      /agent gpu-1: the machine cannot be a Kasm agent: - less than 1000000 GiB are free in \/\S+/,
    );
  });

  it("talks to no machine that shows another host key", async () => {
    const message = await refusal({ agent: { hostKey: ssh.otherHostKey } });
    expect(message).to.match(
      /127\.0\.0\.1:\d+ is not the expected one: its ssh-ed25519 key is SHA256:\S+, hostKey is SHA256:/,
    );
    expect(machine.installed(".")).to.equal(undefined);
  });

  it("says who is not let in by a wrong key and by a wrong password", async () => {
    for (const login of [{ privateKey: ssh.otherPrivateKey }, { privateKey: undefined, password: "wrong-swordfish" }]) {
      const message = await refusal({ agent: login });
      expect(message).to.contain(`127.0.0.1:${ssh.port} does not let root in`).and.not.to.contain("wrong-swordfish");
    }
  });

  it("gives up on a machine that is not there, and names it", async () => {
    const port = await freePort();
    const begun = Date.now();
    expect(await refusal({ agent: { port } })).to.contain(`127.0.0.1:${port} cannot be reached after 6 attempts`);
    expect(Date.now() - begun).to.be.lessThan(60_000);
  });
});
