import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface TraefikProcess {
  readonly program: string;
  readonly config: string;
  readonly logFile: string;
  readonly log: (line: string) => void;
}

const againMs = 1_000;

/** Runs Traefik, and starts it again when it ends. It ends with this process, whatever ends that. */
export function keepRunning(options: TraefikProcess): void {
  const { program, config, logFile, log } = options;
  const output = openSync(logFile, "a", 0o600);
  const args = ["--pdeathsig", "KILL", program, `--configFile=${config}`];
  // A kubeconfig in its environment would go before its own ServiceAccount, whose rights are to be enough.
  const { PATH, HOME } = process.env;
  const child = spawn("setpriv", args, { env: { PATH, HOME }, stdio: ["ignore", output, output] });
  closeSync(output);
  child.once("error", ({ message }) => log(`Traefik could not be started: ${message}`));
  child.once("exit", (code, signal) => {
    log(`Traefik ended (${code ?? signal ?? ""}); it is started again`);
    setTimeout(() => keepRunning(options), againMs);
  });
}
