// `node portal/main.ts` runs the portal. It is told all it needs by its environment (settings.ts).
import { NoKubeConfigError, loadKubeConfig } from "../kube/client.ts";
import { SecretFileError } from "../kube/secret-file.ts";
import { SettingsError } from "../operator/environment.ts";
import { newLogger } from "../operator/log.ts";
import { runPortal } from "./portal.ts";
import { builtPages } from "./server/built-pages.ts";
import { loadPortalSettings } from "./settings.ts";

try {
  const settings = loadPortalSettings(process.env);
  const log = newLogger(settings.logLevel, "portal", settings.identity);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      log.info(`${signal}: ending what is under way`);
      stop.abort();
    });
  await runPortal({ settings, log, config: loadKubeConfig(), pages: builtPages }, stop.signal);
  // A watch that hangs must not keep a process that has ended.
  setTimeout(() => process.exit(), 5_000).unref();
} catch (error) {
  const isTold = [SettingsError, SecretFileError, NoKubeConfigError].some((kind) => error instanceof kind);
  console.error(isTold ? (error as Error).message : error);
  // Also with servers that are open already.
  process.exit(1);
}
