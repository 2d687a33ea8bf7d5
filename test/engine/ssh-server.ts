import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

import ssh2 from "ssh2";

import { answers, freePort } from "./loopback-ports.ts";

/** A real SSH server on loopback that runs commands on this machine, as the user of the tests. */
export interface SshServer {
  /** What it is, for the test's title. */
  readonly kind: string;
  readonly port: number;
  /** Public keys, in OpenSSH form. */
  readonly hostKey: string;
  readonly otherHostKey: string;
  /** Keys to log in with. */
  readonly privateKey: string;
  readonly otherPrivateKey: string;
  stop(): Promise<void>;
}

const sshd = process.env["KASM_VDI_TEST_SSHD"] ?? "/usr/sbin/sshd";

/**
 * OpenSSH's sshd where it is installed and the tests run as root, which it needs to let root in; else a server made of the
 * package ssh2, which accepts the same key for any user name.
 *
 * @param folder where keys and configuration lie
 * @param path PATH of the commands that it runs
 */
export async function startSshServer(folder: string, path: string): Promise<SshServer> {
  const [host, other, user, stranger] = [newKey(), newKey(), newKey(), newKey()];
  const keys = {
    hostKey: host.public,
    otherHostKey: other.public,
    privateKey: user.private,
    otherPrivateKey: stranger.private,
  };
  const start = existsSync(sshd) && process.getuid?.() === 0 ? startOpenSsh : startSsh2;
  return { ...keys, ...(await start({ folder, path, hostKey: host.private, authorizedKey: user.public })) };
}

interface Setup {
  folder: string;
  path: string;
  hostKey: string;
  authorizedKey: string;
}
type Started = Pick<SshServer, "kind" | "port" | "stop">;

const newKey = () => ssh2.utils.generateKeyPairSync("ed25519");

async function startOpenSsh({ folder, path, hostKey, authorizedKey }: Setup): Promise<Started> {
  const port = await freePort();
  writeFileSync(join(folder, "host"), hostKey, { mode: 0o600 });
  writeFileSync(join(folder, "authorized"), authorizedKey);
  writeFileSync(
    join(folder, "config"),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${folder}/authorized`,
      "PermitRootLogin yes",
      "PidFile none",
      "StrictModes no",
      `SetEnv PATH=${path}`,
      "",
    ].join("\n"),
  );
  mkdirSync("/run/sshd", { recursive: true });
  const server = spawn(sshd, ["-D", "-e", "-f", join(folder, "config")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  await answers(port);
  const stop = () => {
    server.kill();
    return ended;
  };
  const { stderr } = await promisify(execFile)("ssh", ["-V"]).catch(() => ({ stderr: "OpenSSH" }));
  return { kind: `sshd of ${stderr.split(",", 1)[0]?.trim() ?? ""}`, port, stop };
}

async function startSsh2({ path, hostKey, authorizedKey }: Setup): Promise<Started> {
  const allowed = ssh2.utils.parseKey(authorizedKey);
  if (allowed instanceof Error) throw allowed;
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (attempt) => {
      const isAllowed =
        attempt.method === "publickey" &&
        attempt.key.data.equals(allowed.getPublicSSH()) &&
        (!attempt.signature || allowed.verify(attempt.blob ?? "", attempt.signature, attempt.hashAlgo));
      if (isAllowed) attempt.accept();
      else attempt.reject(["publickey"]);
    });
    client.on("session", (acceptSession) => {
      acceptSession().on("exec", (acceptCommand, _refuse, { command }) => {
        const channel = acceptCommand();
        const child = spawn("/bin/sh", ["-c", command], { env: { PATH: path } });
        channel.pipe(child.stdin).on("error", () => undefined);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.once("close", (code) => {
          channel.exit(code ?? 255);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { kind: `a server of the package ssh2, since ${sshd} is not here or the tests are not root`, port, stop };
}
