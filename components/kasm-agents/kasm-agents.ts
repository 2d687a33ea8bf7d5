import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { agentCommands, agentInput, hostPublicKey, nextStep } from "./values.ts";
import type { AgentFindings, AgentInstallation, AgentMachine } from "./values.ts";

/** One of `privateKey` and `password` is needed. */
export interface KasmAgent extends AgentMachine {
  /** In OpenSSH or PEM form, without a passphrase. */
  readonly privateKey?: pulumi.Input<string>;
  readonly password?: pulumi.Input<string>;
}

export interface KasmAgentsArgs extends AgentInstallation {
  readonly agents: readonly KasmAgent[];
  readonly manager: AgentInstallation["manager"] & {
    /** With it anybody can register an agent. */
    readonly token: pulumi.Input<string>;
    /** Certificates in PEM form that the control plane's own is checked with. Without any it is not checked. */
    readonly ca?: string;
  };
}

export interface AgentReport {
  readonly name: string;
  readonly host: string;
  readonly version: string;
  /** `running`: Kasm is installed, and its agent's container runs. */
  readonly state: string;
  /** What people have to do. */
  readonly next: string;
}

/** Kasm's agents, which run the sessions, on machines outside the cluster. They are reached over SSH. */
export class KasmAgents extends pulumi.ComponentResource {
  /** In the order of the arguments. */
  readonly agents: pulumi.Output<AgentReport[]>;

  constructor(name: string, args: KasmAgentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:agents:KasmAgents", name, { version: args.installer.version }, opts);
    const input = pulumi.secret(pulumi.output(args.manager.token).apply((token) => agentInput(token, args.manager.ca)));
    const reports = args.agents.map((agent) => report(agent, this.enrol(`${name}-${agent.name}`, agent, input, args)));
    this.agents = pulumi.all(reports);
    this.registerOutputs({ agents: this.agents });
  }

  private enrol(name: string, agent: KasmAgent, input: pulumi.Output<string>, args: KasmAgentsArgs) {
    return new command.remote.Command(
      name,
      {
        ...agentCommands(agent, args),
        stdin: input,
        connection: connection(agent),
        // Another address is another machine: the agent leaves the old one first.
        triggers: [agent.host],
        logging: "none",
        // SSH servers refuse variables that they do not know.
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        deleteBeforeReplace: true,
        additionalSecretOutputs: ["stdout", "stderr"],
        customTimeouts: { create: "45m", update: "45m", delete: "15m" },
      },
    );
  }
}

/** A machine that has just started is waited for; one that is not there costs about a minute. */
function connection(agent: KasmAgent) {
  const { host, port, user, privateKey, password } = agent;
  return {
    host,
    port,
    user,
    hostKey: hostPublicKey(agent),
    ...(privateKey !== undefined && { privateKey: pulumi.secret(privateKey) }),
    ...(password !== undefined && { password: pulumi.secret(password) }),
    dialErrorLimit: 5,
    perDialTimeout: 10,
  };
}

function report({ name, host }: KasmAgent, run: command.remote.Command): pulumi.Output<AgentReport> {
  // The script prints nothing secret; that its input is secret says nothing about its output.
  return pulumi.unsecret(run.stdout).apply((line) => {
    const { version, state } = JSON.parse(line) as AgentFindings;
    return { name, host, version, state, next: nextStep };
  });
}
