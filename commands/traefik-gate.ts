import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { describeTraefik, legacyCrd, missingCrds, neededCrds } from "./traefik-gate.judge.ts";
import type { TraefikFindings } from "./traefik-gate.judge.ts";

const inputSchema = z.object({ context: z.string().optional(), timeoutSeconds: z.int() });

await runScript(inputSchema, async ({ timeoutSeconds }, client) =>
  waitUntil<TraefikFindings>(
    async () => {
      const found = await Promise.all(
        [...neededCrds, legacyCrd].map((name) =>
          client.get({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name } }),
        ),
      );
      const crds = found.filter((crd) => crd !== undefined);
      const missing = missingCrds(crds);
      if (missing.length > 0)
        return {
          waiting:
            `Traefik's CRDs are not there: ${missing.join(", ")}. K3s installs them by the Job ` +
            `kube-system/helm-install-traefik-crd, unless it runs with --disable=traefik.`,
        };
      const metadata = { namespace: "kube-system", name: "traefik" };
      const [deployment, service] = await Promise.all([
        client.get({ apiVersion: "apps/v1", kind: "Deployment", metadata }),
        client.get({ apiVersion: "v1", kind: "Service", metadata }),
      ]);
      return { done: describeTraefik(crds, deployment, service) };
    },
    { timeoutSeconds },
  ),
);
