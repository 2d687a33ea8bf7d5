import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { create } from "tar";

import { issueSelfSigned } from "../../commands/self-signed-certificate/issue.ts";

export interface Release {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/**
 * What an agent's machine and its surroundings are in the tests: a folder for Kasm, a docker that only keeps names, releases whose
 * install.sh notes what it was called with, and a control plane that answers its health check over HTTPS.
 */
export class KasmMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "kasm-machine-"));
  readonly installPath = this.#at("opt/kasm");
  /** PATH of the machine. */
  readonly path = `${this.#at("bin")}:/usr/sbin:/usr/bin:/sbin:/bin`;
  /** Certificate of the control plane. */
  ca = "";
  managerPort = 0;
  /** Status of the control plane's health check. */
  health = 200;
  readonly #releases = new Map<string, Buffer>();
  readonly #servers: Server[] = [];
  #releasesPort = 0;

  static async start(): Promise<KasmMachine> {
    const machine = new KasmMachine();
    const { certificate, key } = await issueSelfSigned(["localhost"], new Date());
    machine.ca = certificate;
    machine.managerPort = await machine.#serve(
      createSecureServer({ cert: certificate, key }, (request, response) => {
        response.writeHead(request.url === "/api/__healthcheck" ? machine.health : 404).end('{"ok": true}');
      }),
    );
    machine.#releasesPort = await machine.#serve(
      createServer((request, response) => {
        const release = machine.#releases.get(request.url ?? "");
        response.writeHead(release ? 200 : 404).end(release);
      }),
    );
    machine.reset();
    return machine;
  }

  /** As if set up anew. */
  reset(): void {
    for (const name of ["opt", "bin", "containers", "sessions", "calls", "fails"])
      rmSync(this.#at(name), { recursive: true, force: true });
    for (const name of ["bin", "containers", "sessions"]) mkdirSync(this.#at(name));
    writeFileSync(this.#at("bin/docker"), this.#docker(), { mode: 0o755 });
    this.health = 200;
  }

  async release(version: string): Promise<Release> {
    const folder = this.#at(`release-${version}/kasm_release`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "install.sh"), this.#installer(version));
    const file = this.#at(`kasm_release_${version}.tar.gz`);
    await create({ file, gzip: true, cwd: join(folder, "..") }, ["kasm_release"]);
    const bytes = readFileSync(file);
    const path = `/kasm_release_${version}.tar.gz`;
    this.#releases.set(path, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { version, url: `http://127.0.0.1:${this.#releasesPort}${path}`, sha256 };
  }

  /** The installer's next run ends early. */
  failNext(): void {
    writeFileSync(this.#at("fails"), "");
  }

  /** Somebody has set up Kasm before. */
  installByHand(): void {
    mkdirSync(join(this.installPath, "current"), { recursive: true });
    writeFileSync(this.#at("containers/kasm_agent"), "");
  }

  /** As a run of the script does while it works; gives what ends it. */
  holdLock(): () => void {
    const run = spawn("flock", [join(this.installPath, ".kasm-vdi", "lock"), "sleep", "60"], { detached: true });
    return () => process.kill(-(run.pid ?? 0));
  }

  startSession(name: string): void {
    writeFileSync(this.#at(`sessions/${name}`), "");
  }

  sessions(): string[] {
    return readdirSync(this.#at("sessions"));
  }

  /** Arguments of each run of the installer, one list for each run. */
  installations(): string[][] {
    return this.#text("calls")
      .split("== install\n")
      .slice(1)
      .map((run) => run.split("\n").filter((line) => line.startsWith("argument ")))
      .map((run) => run.map((line) => line.slice("argument ".length)));
  }

  /** Programs that had the token in their command lines while an installer ran. */
  tokenHolders(): string[] {
    const lines = this.#text("calls").split("\n");
    return [...new Set(lines.filter((line) => line.startsWith("holder ")).map((line) => line.slice("holder ".length)))];
  }

  /** Text of a file below Kasm's folder; undefined when it is not there. */
  installed(path: string): string | undefined {
    const file = join(this.installPath, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  hasContainer(name: string): boolean {
    return existsSync(this.#at(`containers/${name}`));
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #serve(server: Server): Promise<number> {
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  #at(name: string): string {
    return join(this.folder, name);
  }

  #text(name: string): string {
    return existsSync(this.#at(name)) ? readFileSync(this.#at(name), "utf8") : "";
  }

  /** Containers are files: kasm_agent and kasm_proxy below containers/, those of sessions below sessions/. */
  #docker(): string {
    return `#!/bin/sh
cd '${this.folder}'
case "$*" in
  ps*kasm.kasmid*) ls sessions ;;
  ps*'^/?kasm_agent$'*) ls containers | grep -x kasm_agent || true ;;
  ps*'^/?kasm_'*) ls containers ;;
  rm*) rm "containers/$3" 2>/dev/null || rm "sessions/$3" ;;
  network*) ;;
  *) echo "docker $*: not known here" >&2; exit 1 ;;
esac
`;
  }

  /** Like Kasm's: writes the token to its output, refuses a port in use, and puts a version beside the others. */
  #installer(version: string): string {
    return `#!/usr/bin/env bash
set -e
KASM_VERSION="${version}"
cd '${this.folder}'
{
  echo "== install"
  printf 'argument %s\\n' "$@"
  while [ $# -gt 0 ]; do [ "$1" != --manager-token ] || token=$2; shift; done
  for process in /proc/[0-9]*; do
    mapfile -d '' -t words <"$process/cmdline" || continue
    [[ "\${words[*]}" != *"$token"* ]] || echo "holder \${words[0]##*/} \${words[1]##*/}"
  done
} >>calls 2>/dev/null
echo "Setting Default Manager Token as $token"
[ ! -e containers/kasm_proxy ] || { echo "Port (443) is in use. Installation cannot continue."; exit 1; }
mkdir -p '${this.installPath}/${version}/conf'
echo "token: $token" >'${this.installPath}/${version}/conf/agent.app.config.yaml'
[ ! -e fails ] || { rm fails; echo "no space left for $token"; exit 28; }
ln -sfn '${this.installPath}/${version}' '${this.installPath}/current'
touch containers/kasm_agent containers/kasm_proxy
`;
  }
}
