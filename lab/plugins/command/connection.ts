import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";

import ssh2 from "ssh2";
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";

import type { Session } from "./execution.ts";

/** One end of a connection, with the defaults filled in by Check. */
export interface Host {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  /** Attempts beyond the first; -1 for no limit. */
  dialErrorLimit: number;
  /** Seconds for each attempt; 0 for no limit. */
  perDialTimeout: number;
  /** In the form of an authorized_keys line. Without it any host is trusted, as the official plugin has it. */
  hostKey?: string;
}

/** Connects, and tries again at growing intervals: a machine that has just started takes a while to answer. */
export async function connectWithRetry(
  host: Host,
  session: Session,
  what: string,
  tunnel?: () => Promise<Duplex>,
): Promise<Client> {
  for (let failures = 0; ;) {
    session.signal.throwIfAborted();
    try {
      return await connect(host, await tunnel?.());
    } catch (error) {
      // No later attempt meets another key.
      if (error instanceof WrongHostKey) {
        throw new Error(`${what} ${host.host}:${host.port} is not the expected one: ${error.message}`, {
          cause: error,
        });
      }
      failures += 1;
      const message = error instanceof Error ? error.message : String(error);
      if (host.dialErrorLimit >= 0 && failures > host.dialErrorLimit) {
        const outcome = isRefusedLogin(error) ? `does not let ${host.user} in` : "cannot be reached";
        throw new Error(`${what} ${host.host}:${host.port} ${outcome} after ${failures} attempts: ${message}`, {
          cause: error,
        });
      }
      const limit = host.dialErrorLimit < 0 ? "" : `/${host.dialErrorLimit}`;
      session.status(`connecting to ${what} ${host.host}, attempt ${failures}${limit} failed: ${message}`);
      await sleep(Math.min(100 * 1.5 ** failures, 5_000), undefined, { signal: session.signal });
    }
  }
}

/** A stream through an open connection to where the next one ends. */
export function forward(gate: Client, { host, port }: Host): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    gate.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

async function connect(host: Host, sock: Duplex | undefined): Promise<Client> {
  const hostKey = host.hostKey === undefined ? undefined : expectedHostKey(host.hostKey);
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const fail = (error: Error) => {
      client.destroy();
      reject(hostKey?.mismatch() ?? error);
    };
    client.once("error", fail);
    client.once("ready", () => {
      client.off("error", fail);
      // Later errors show as a closed channel.
      client.on("error", () => undefined);
      resolve(client);
    });
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => host.password ?? "")),
    );
    try {
      client.connect({ ...connectConfig(host), ...hostKey?.config, ...(sock === undefined ? {} : { sock }) });
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function connectConfig(host: Host): ConnectConfig {
  const agent = host.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  return {
    host: host.host,
    port: host.port,
    username: host.user,
    readyTimeout: host.perDialTimeout * 1000,
    tryKeyboard: host.password !== undefined,
    ...(host.password === undefined ? {} : { password: host.password }),
    ...(host.privateKey === undefined ? {} : { privateKey: host.privateKey }),
    ...(host.privateKeyPassword === undefined ? {} : { passphrase: host.privateKeyPassword }),
    ...(agent === undefined || agent === "" ? {} : { agent }),
  };
}

function isRefusedLogin(error: unknown): boolean {
  return (error as { level?: unknown } | undefined)?.level === "client-authentication";
}

class WrongHostKey extends Error {}

interface ExpectedHostKey {
  config: Pick<ConnectConfig, "hostVerifier" | "algorithms">;
  /** What was wrong with the key that the server has shown, if it has shown another one. */
  mismatch: () => WrongHostKey | undefined;
}

/** The server is asked for exactly this kind of key, so that it cannot offer another one of its own. */
function expectedHostKey(line: string): ExpectedHostKey {
  const expected = ssh2.utils.parseKey(line);
  if (expected instanceof Error) throw new Error(`hostKey is not a public key in OpenSSH form: ${expected.message}`);
  const algorithms: ServerHostKeyAlgorithm[] =
    expected.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [expected.type];
  let mismatch: WrongHostKey | undefined;
  return {
    config: {
      algorithms: { serverHostKey: algorithms },
      hostVerifier: (offered: Buffer) => {
        const isExpected = offered.equals(expected.getPublicSSH());
        if (!isExpected) {
          mismatch = new WrongHostKey(
            `its ${expected.type} key is ${fingerprint(offered)}, hostKey is ${fingerprint(expected.getPublicSSH())}. ` +
              "Either the machine was set up anew and hostKey is out of date, or another machine answers in its place",
          );
        }
        return isExpected;
      },
    },
    mismatch: () => mismatch,
  };
}

/** As `ssh-keygen -l` shows it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
