import type { Client, ClientChannel } from "ssh2";

import type { Json } from "../rpc/property.ts";
import { connectWithRetry, forward } from "./connection.ts";
import type { Host } from "./connection.ts";
import type { Ending, Execution, Runner, Session } from "./execution.ts";

/** Runs commands over SSH, directly or through `proxy`. One connection per run, as the official plugin has it. */
export function remoteRunner(connection: Json | undefined): Runner {
  const { proxy, ...target } = connection as unknown as Host & { proxy?: Host };
  return async (execution, session) => {
    const open: Client[] = [];
    const closeAll = () => open.splice(0).forEach((client) => client.destroy());
    session.signal.addEventListener("abort", closeAll, { once: true });
    try {
      const gate = proxy && (await connectWithRetry(proxy, session, "the proxy"));
      if (gate) open.unshift(gate);
      const client = await connectWithRetry(target, session, "the host", gate && (() => forward(gate, target)));
      open.unshift(client);
      const environment = await acceptedEnvironment(client, execution, session);
      return await run(client, execution, environment, session);
    } finally {
      session.signal.removeEventListener("abort", closeAll);
      closeAll();
    }
  };
}

/**
 * SSH servers drop variables that their AcceptEnv does not name, without a word. What the program sets must arrive; output of the
 * run before is sent on a best-effort basis. Seen by asking the other side, in a session of its own.
 */
async function acceptedEnvironment(
  client: Client,
  execution: Execution,
  session: Session,
): Promise<Record<string, string>> {
  const wanted = { ...execution.environment, ...execution.previous };
  const names = Object.keys(wanted);
  if (names.length === 0) return {};
  const question = `for name in ${names.map(quote).join(" ")}; do printenv "$name" >/dev/null || echo "$name"; done`;
  const missing = (await ask(client, question, wanted)).split("\n").filter((name) => name !== "");
  const advice = `the SSH server does not accept it: name it in AcceptEnv there, or begin the command with NAME=value`;
  for (const name of missing) {
    if (name in execution.environment) throw new Error(`environment variable ${name} could not be set; ${advice}`);
    session.warning(`${name} could not be set; ${advice}`);
  }
  return wanted;
}

async function ask(client: Client, question: string, environment: Record<string, string>): Promise<string> {
  const channel = await exec(client, question, environment);
  const chunks: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => chunks.push(chunk));
  channel.stderr.resume();
  channel.end();
  await new Promise((resolve) => channel.once("close", resolve));
  return Buffer.concat(chunks).toString("utf8");
}

async function run(
  client: Client,
  execution: Execution,
  environment: Record<string, string>,
  session: Session,
): Promise<Ending> {
  const channel = await exec(client, execution.command, environment);
  channel.on("data", session.stdout);
  channel.stderr.on("data", session.stderr);
  return new Promise<Ending>((resolve, reject) => {
    let ending: Ending = { code: null, signal: null };
    channel.once("exit", (code: number | null, signal?: string) => {
      ending = { code, signal: signal ?? null };
    });
    channel.once("close", () => resolve(ending));
    channel.once("error", reject);
    client.once("error", reject);
    client.once("close", () => resolve(ending));
    channel.end(execution.stdin ?? "");
  });
}

function exec(client: Client, command: string, environment: Record<string, string>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: environment }, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
