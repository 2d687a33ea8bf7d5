import type { AnyObject } from "../../kube/object.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { conditionOf } from "../conditions.ts";
import { traefiksIn } from "./installation.ts";

/** Kinds that sessions and routes need. */
export const neededCrds = ["ingressroutes.traefik.io", "middlewares.traefik.io", "tlsstores.traefik.io"];
/** Only the charts of Traefik v2 bring this one. */
export const legacyCrd = "ingressroutes.traefik.containo.us";

/** Traefik's kinds are there, in the group that sessions use. */
export const traefikCrds: Analyzer = {
  area: "traefik",
  title: "Traefik's kinds exist",
  needs: ["CustomResourceDefinition"],
  analyze(cluster) {
    const crds = cluster.all("CustomResourceDefinition");
    const isUsed =
      crds.some(({ metadata }) => metadata?.name === "vdisessions.vdi.kasm.io") && !cluster.isServed("IngressRoute");
    if (crds.length === 0 || (!isUsed && traefiksIn(cluster).length === 0)) return { checked: undefined, findings: [] };
    const missing = missingCrds(crds);
    const [first = ""] = missing;
    const object = { kind: "CustomResourceDefinition", name: first };
    const found = crds.filter(({ metadata }) => /\.traefik\./.test(metadata?.name ?? ""));
    return {
      checked: counted(neededCrds.length, "kind"),
      findings:
        missing.length === 0
          ? []
          : [
              {
                code: "TraefikCrdMissing",
                object,
                problem: explainMissing(missing, crds),
                evidence: [
                  {
                    object,
                    field: "CustomResourceDefinitions of Traefik",
                    value: found.map(({ metadata }) => metadata?.name ?? "").join(", ") || "none",
                  },
                ],
                fix: [
                  {
                    text: "See what Helm says of K3s's chart of them.",
                    command: "kubectl logs --namespace kube-system job/helm-install-traefik-crd",
                    risk: "manual",
                  },
                ],
                dependsOn: ["traefik-crd", "traefik"].map((name) => ({
                  object: { kind: "HelmChart", namespace: "kube-system", name },
                  because: "K3s installs Traefik's kinds by it",
                })),
              },
            ],
    };
  },
};

/** Names of the needed CRDs that are absent or not yet Established. */
export function missingCrds(crds: readonly AnyObject[]): string[] {
  return neededCrds.filter((name) => !crds.some((crd) => crd.metadata?.name === name && isEstablished(crd)));
}

/**
 * Why they are missing and what to do, as sentences.
 *
 * @param crds Traefik's, as far as they are there
 */
export function explainMissing(missing: readonly string[], crds: readonly AnyObject[]): string {
  // Chart 21, which K3s had until patches of 1.28, has the older group alone (traefik/traefik-helm-chart v21.2.1: crds/).
  const isTooOld = missing.length === neededCrds.length && crds.some(({ metadata }) => metadata?.name === legacyCrd);
  return (
    `Traefik's CRDs are not there: ${missing.join(", ")}. ` +
    (isTooOld
      ? `This K3s brings a Traefik older than 2.10, which knows only traefik.containo.us: upgrade K3s to 1.29 or later.`
      : `K3s installs them by the Job kube-system/helm-install-traefik-crd, unless it runs with --disable=traefik.`)
  );
}

function isEstablished(crd: AnyObject): boolean {
  return conditionOf(crd, "Established")?.status === "True";
}
