import type { AnyObject } from "../kube/client.ts";

/** Kinds that sessions and routes need. */
export const neededCrds = ["ingressroutes.traefik.io", "middlewares.traefik.io", "tlsstores.traefik.io"];
/** Only the charts of Traefik v2 bring this one. */
export const legacyCrd = "ingressroutes.traefik.containo.us";

export interface TraefikFindings {
  readonly version: "v2" | "v3";
  /** Addresses of the Service, as ServiceLB sets them. */
  readonly addresses: string[];
}

/** Names of the needed CRDs that are absent or not yet Established. */
export function missingCrds(crds: readonly AnyObject[]): string[] {
  return neededCrds.filter((name) => !crds.some((crd) => crd.metadata?.name === name && isEstablished(crd)));
}

/** Reads the version from the Deployment's image tag; without a Deployment from the CRDs that only v2 brings. */
export function describeTraefik(
  crds: readonly AnyObject[],
  deployment: AnyObject | undefined,
  service: AnyObject | undefined,
): TraefikFindings {
  const spec = deployment?.["spec"] as { template?: { spec?: { containers?: { image?: string }[] } } } | undefined;
  const images = (spec?.template?.spec?.containers ?? []).map(({ image }) => image ?? "");
  const major = images.map((image) => /traefik:v?(\d+)\./.exec(image)?.[1]).find(Boolean);
  const hasLegacyCrd = crds.some((crd) => crd.metadata?.name === legacyCrd);
  const status = service?.["status"] as { loadBalancer?: { ingress?: { ip?: string }[] } } | undefined;
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
  return { version: (major === undefined ? hasLegacyCrd : major === "2") ? "v2" : "v3", addresses: addresses.sort() };
}

function isEstablished(crd: AnyObject): boolean {
  const status = crd["status"] as { conditions?: { type?: string; status?: string }[] } | undefined;
  return status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false;
}
