import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { KasmAgents } from "../../components/kasm-agents/kasm-agents.ts";
import type { KasmAgent, KasmAgentsArgs } from "../../components/kasm-agents/kasm-agents.ts";
import { agentDefaults, nextStep } from "../../components/kasm-agents/values.ts";
import { registrationsOf, valueOf } from "./registrations.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
const agent = (name: string, host: string): KasmAgent => ({
  name,
  host,
  port: 22,
  user: "root",
  hostKey: `${host} ${hostKey}`,
  privateKey: "private-swordfish",
  publicHostname: `${name}.example.com`,
});

const register = (overrides: Partial<KasmAgentsArgs> = {}) =>
  registrationsOf(
    () =>
      new KasmAgents("agents", {
        ...agentDefaults,
        agents: [agent("gpu-1", "192.0.2.7"), agent("gpu-2", "192.0.2.8")],
        manager: { hostname: "kasm.example.com", port: 443, token: pulumi.secret("token-swordfish") },
        ...overrides,
      }),
    ({ inputs }) => ({
      ...(inputs as Record<string, unknown>),
      stdout: pulumi.secret('{"version":"1.19.0","state":"running"}'),
    }),
  );

const commandsOf = ({ resources }: Awaited<ReturnType<typeof register>>) =>
  resources.filter(({ type }) => type === "command:remote:Command");

describe("KasmAgents", () => {
  it("is one remote command for each machine, below the component", async () => {
    const registered = await register();
    const component = registered.resources.find(({ type }) => type === "kasm:agents:KasmAgents");
    expect(commandsOf(registered).map(({ name, parent }) => [name, parent])).to.deep.equal([
      ["agents-gpu-1", component?.urn],
      ["agents-gpu-2", component?.urn],
    ]);
    expect(component?.inputs).to.deep.equal({ version: "1.19.0" });
  });

  it("defines what creates, changes and deletes an agent", async () => {
    for (const { inputs } of commandsOf(await register())) {
      expect(inputs.create).to.match(/^sh -s -- install /);
      expect(inputs.update).to.equal(inputs.create);
      expect(inputs.delete).to.match(/^sh -s -- remove /);
    }
  });

  it("has the token in the standard input alone, and the key in the connection alone, both secret", async () => {
    for (const { inputs, secrets } of commandsOf(await register())) {
      const places = (text: string) =>
        Object.entries(inputs)
          .filter(([, value]) => JSON.stringify(value).includes(text))
          .map(([name]) => name);
      expect(places("token-swordfish")).to.deep.equal(["stdin"]);
      expect(places("private-swordfish")).to.deep.equal(["connection"]);
      expect(secrets).to.have.members(["stdin", "connection"]);
    }
  });

  it("keeps a token secret that was not marked as one", async () => {
    const manager = { hostname: "kasm.example.com", port: 443, token: "token-swordfish" };
    for (const { secrets } of commandsOf(await register({ manager }))) expect(secrets).to.include("stdin");
  });

  it("logs nothing, and passes no output by variables that SSH servers refuse", async () => {
    for (const { inputs } of commandsOf(await register()))
      expect(inputs)
        .to.include({ logging: "none", addPreviousOutputInEnv: false })
        .and.not.to.have.property("environment");
  });

  it("trusts the one host key, without the host before it, and gives up on a machine that is not there", async () => {
    const [command] = commandsOf(await register());
    expect(command?.inputs.connection).to.include({
      host: "192.0.2.7",
      hostKey,
      dialErrorLimit: 5,
      perDialTimeout: 10,
    });
  });

  it("replaces an agent whose address is another one", async () => {
    expect(commandsOf(await register()).map(({ inputs }) => inputs.triggers)).to.deep.equal([
      ["192.0.2.7"],
      ["192.0.2.8"],
    ]);
  });

  it("reports each agent in the clear, and that it has to be enabled", async () => {
    const { result } = await register();
    expect(await valueOf(result.agents)).to.deep.equal([
      { name: "gpu-1", host: "192.0.2.7", version: "1.19.0", state: "running", next: nextStep },
      { name: "gpu-2", host: "192.0.2.8", version: "1.19.0", state: "running", next: nextStep },
    ]);
    expect(await pulumi.isSecret(result.agents)).to.equal(false);
  });

  it("names the agent whose host key is of no use", async () => {
    const agents = [{ ...agent("gpu-1", "192.0.2.7"), hostKey: "SHA256:abc" }];
    const error = await register({ agents }).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).to.match(/^hostKey of agent gpu-1 is no host key/);
  });

  it("is nothing but itself without machines", async () => {
    const registered = await register({ agents: [] });
    expect(commandsOf(registered)).to.deep.equal([]);
    expect(await valueOf(registered.result.agents)).to.deep.equal([]);
  });
});
