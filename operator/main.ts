// `node operator/main.ts` runs the VDI operator, `node operator/main.ts gateway` the forward-auth gateway. Both are told
// all they need by their environment (settings.ts, gateway-settings.ts).
import { NoKubeConfigError, loadKubeConfig } from "../kube/client.ts";
import { ownValue } from "../kube/own-value.ts";
import { SecretFileError } from "../kube/secret-file.ts";
import { SettingsError } from "./environment.ts";
import { runGateway } from "./gateway.ts";
import { loadGatewaySettings } from "./gateway-settings.ts";
import { newLogger } from "./log.ts";
import type { Logger } from "./log.ts";
import { runOperator } from "./operator.ts";
import { loadSettings } from "./settings.ts";

const programs: Readonly<Record<string, () => Promise<number>>> = {
  operator: async () => {
    const settings = loadSettings(process.env);
    const log = newLogger(settings.logLevel, "operator", settings.identity);
    const outcome = await runOperator({ settings, log, config: loadKubeConfig() }, endSignal(log));
    // Whoever lost the lease may not know it all any more: the kubelet starts another process.
    return outcome === "lost" ? 1 : 0;
  },
  gateway: async () => {
    const settings = loadGatewaySettings(process.env);
    const log = newLogger(settings.logLevel, "gateway", settings.identity);
    await runGateway({ settings, log, config: loadKubeConfig() }, endSignal(log));
    return 0;
  },
};

try {
  const [name = "operator"] = process.argv.slice(2);
  const program = ownValue(programs, name);
  if (!program) throw new SettingsError(`there is no program ${name}: ${Object.keys(programs).join(", ")}`);
  process.exitCode = await program();
  // A watch or a probe that hangs must not keep a process that has ended.
  setTimeout(() => process.exit(), 5_000).unref();
} catch (error) {
  const isTold = [SettingsError, SecretFileError, NoKubeConfigError].some((kind) => error instanceof kind);
  console.error(isTold ? (error as Error).message : error);
  // Also with servers that are open already.
  process.exit(1);
}

function endSignal(log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      log.info(`${signal}: ending what is under way`);
      stop.abort();
    });
  return stop.signal;
}
