import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SharedKubeConfig } from "../../../../kube/client.ts";

/** A private folder (0700) for one operation: kubeconfig, helm's caches and configuration, credentials of a registry. */
export interface HelmHome {
  folder: string;
  environment: NodeJS.ProcessEnv;
}

/**
 * Runs `work` with a HelmHome that is gone afterwards. The user's own helm settings play no part, unless `withUserSetup`
 * asks for them: then repositories are known by the names that `helm repo add` gave them.
 */
export async function withHelmHome<T>(
  config: SharedKubeConfig,
  work: (home: HelmHome) => Promise<T>,
  withUserSetup = false,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "kasm-vdi-helm-"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 });
    const own = {
      HELM_CACHE_HOME: join(folder, "cache"),
      HELM_CONFIG_HOME: join(folder, "config"),
      HELM_DATA_HOME: join(folder, "data"),
    };
    const inherited = Object.entries(process.env).filter(([name]) => withUserSetup || !name.startsWith("HELM_"));
    const environment = {
      ...Object.fromEntries(inherited),
      ...(!withUserSetup && own),
      HELM_DRIVER: "secret",
      KUBECONFIG: kubeconfig,
    };
    return await work({ folder, environment });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
