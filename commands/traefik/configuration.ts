import { legacyCrd } from "../../analyzers/traefik/crds.ts";
import type { AnyObject } from "../../kube/client.ts";

export interface TraefikFindings {
  readonly version: "v2" | "v3";
  /** Addresses of the Service, as ServiceLB sets them. */
  readonly addresses: string[];
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
  return {
    version: (major === undefined ? hasLegacyCrd : major === "2") ? "v2" : "v3",
    addresses: addresses.sort(),
  };
}

/**
 * Those of the fields that Traefik's kind Middleware has.
 *
 * @param fields of its spec, such as `errors.statusRewrites`
 */
export function knownFields(crds: readonly AnyObject[], fields: readonly string[]): string[] {
  return fields.filter((field) => crds.some((crd) => middlewareKnows(crd, field.split("."))));
}

function middlewareKnows({ metadata, spec }: AnyObject, path: readonly string[]): boolean {
  if (metadata?.name !== "middlewares.traefik.io") return false;
  const { versions = [] } = (spec ?? {}) as { versions?: { schema?: { openAPIV3Schema?: Schema } }[] };
  return versions.some(({ schema }) => {
    const root = schema?.openAPIV3Schema;
    return ["spec", ...path].reduce<Schema | undefined>((it, name) => it?.properties?.[name], root) !== undefined;
  });
}

interface Schema {
  properties?: Record<string, Schema>;
}

/**
 * Why K3s's Traefik cannot be configured by a HelmChartConfig of ours; undefined when it can.
 *
 * @param chart HelmChart kube-system/traefik
 * @param config HelmChartConfig kube-system/traefik
 * @param configCrd the CRD of HelmChartConfig, which tells what this helm-controller understands
 */
export function refuseConfig(
  failurePolicy: string,
  chart: AnyObject | undefined,
  config: AnyObject | undefined,
  configCrd: AnyObject | undefined,
): string | undefined {
  if (!chart)
    return (
      `HelmChart kube-system/traefik does not exist: this Traefik was not installed by K3s, so a HelmChartConfig would ` +
      `have no effect. Set kasm-vdi:traefik.configure to false and configure it where it comes from.`
    );
  if (config && config.metadata?.labels?.["app.kubernetes.io/managed-by"] !== "kasm-vdi")
    return (
      `HelmChartConfig kube-system/traefik exists and is not ours (${managersOf(config)} wrote it). There can only be one, ` +
      `and one that lies in K3s's server/manifests folder comes back at each start. Either take it away there and ` +
      `here (kubectl delete helmchartconfig traefik --namespace kube-system), or keep it, add the arguments of ` +
      `docs/components/traefik.md to it, and set kasm-vdi:traefik.configure to false.`
    );
  const policies = failurePolicies(configCrd);
  if (policies && !policies.includes(failurePolicy))
    return (
      `The Helm controller of this K3s does not know the failure policy ${failurePolicy}, only ${policies.join(", ")}. ` +
      `Set kasm-vdi:traefik.failurePolicy to abort, or upgrade K3s.`
    );
  return undefined;
}

/**
 * Why a Traefik of our own cannot be installed beside K3s's; undefined when it can.
 *
 * @param chart HelmChart kube-system/traefik
 * @param crds Traefik's, as far as they are there
 */
export function refuseOwn(chart: AnyObject | undefined, crds: readonly AnyObject[]): string | undefined {
  const owned = crds.filter(isOwnedByK3s).map(({ metadata }) => metadata?.name);
  const found = [...(chart ? ["HelmChart kube-system/traefik"] : []), ...owned];
  if (found.length === 0) return undefined;
  return (
    `K3s runs its own Traefik (${found.join(", ")}), which holds ports 80 and 443 and owns the CRDs. Start every K3s ` +
    `server with --disable=traefik (disable: [traefik] in /etc/rancher/k3s/config.yaml) and restart it, which deletes ` +
    `Traefik, its CRDs and every IngressRoute; or set kasm-vdi:traefik.mode to k3s.`
  );
}

/** What K3s deletes when it is started with --disable=traefik takes a moment to go. */
export function isLeaving(objects: readonly (AnyObject | undefined)[]): boolean {
  return objects.some((object) => object?.metadata?.deletionTimestamp !== undefined);
}

function isOwnedByK3s({ metadata }: AnyObject): boolean {
  return metadata?.annotations?.["meta.helm.sh/release-name"] === "traefik-crd";
}

function managersOf({ metadata }: AnyObject): string {
  const managers = (metadata?.managedFields ?? []).flatMap(({ manager }) => (manager === undefined ? [] : [manager]));
  return [...new Set(managers)].join(", ") || "somebody";
}

function failurePolicies(configCrd: AnyObject | undefined): string[] | undefined {
  const spec = configCrd?.["spec"] as { versions?: { schema?: { openAPIV3Schema?: CrdSchema } }[] } | undefined;
  return spec?.versions?.map(
    ({ schema }) => schema?.openAPIV3Schema?.properties?.spec?.properties?.failurePolicy?.enum,
  )[0];
}

interface CrdSchema {
  properties?: { spec?: { properties?: { failurePolicy?: { enum?: string[] } } } };
}
