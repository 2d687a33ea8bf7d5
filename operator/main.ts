// The VDI operator: `node operator/main.ts`, told all it needs by its environment (settings.ts).
import { loadKubeConfig } from "../kube/client.ts";
import { SigningKeyError } from "./access/signing-key.ts";
import { newLogger } from "./log.ts";
import { runOperator } from "./operator.ts";
import { SettingsError, loadSettings } from "./settings.ts";

try {
  const settings = loadSettings(process.env);
  const log = newLogger(settings.logLevel, settings.identity);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      log.info(`${signal}: ending what is under way`);
      stop.abort();
    });
  const outcome = await runOperator({ settings, log, config: loadKubeConfig() }, stop.signal);
  // Whoever lost the lease may not know it all any more: the kubelet starts another process.
  process.exitCode = outcome === "lost" ? 1 : 0;
  // A watch or a probe that hangs must not keep a process that has ended.
  setTimeout(() => process.exit(), 5_000).unref();
} catch (error) {
  const isTold = error instanceof SettingsError || error instanceof SigningKeyError;
  console.error(isTold ? error.message : error);
  // Also with servers that are open already.
  process.exit(1);
}
