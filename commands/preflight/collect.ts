import { fetch } from "undici";
import { HttpMethod, RequestContext } from "@kubernetes/client-node";
import { apiMessage, statusCode, UnknownKindError } from "../../kube/client.ts";
import type { AnyObject, ClusterClient, ObjectKey } from "../../kube/client.ts";
import { resolveBelow, toolsOnPath } from "../../kube/machine.ts";
import type { Expectation, Observed, Permission, Snapshot } from "../../analyzers/preflight/check.ts";
import { usefulTools } from "../../analyzers/preflight/tools.ts";
import type { Part } from "../../analyzers/snapshot.ts";

const groups = {
  admission: "admissionregistration.k8s.io/v1",
  apps: "apps/v1",
  crds: "apiextensions.k8s.io/v1",
  networking: "networking.k8s.io/v1",
  storage: "storage.k8s.io/v1",
};

const apiEndpoints: ObjectKey = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { namespace: "default", name: "kubernetes" },
};

/** Cluster-wide kinds that the program creates, as group and resource. */
const created = [
  ["", "namespaces"],
  ["", "secrets"],
  ["apps", "deployments"],
  ["apiextensions.k8s.io", "customresourcedefinitions"],
  ["rbac.authorization.k8s.io", "clusterroles"],
  ["rbac.authorization.k8s.io", "clusterrolebindings"],
  ["networking.k8s.io", "networkpolicies"],
] as const;

/**
 * Reads all that the checks want to know; changes nothing. What the API server forbids is told part by part.
 *
 * @throws what the API server answers beyond that, an expired token for example
 */
export async function collect(client: ClusterClient, expected: Expectation): Promise<Observed> {
  const { namespaces, certificate, domain } = expected;
  const kasm = namespaces["kasm"] ?? "";
  const named = (apiVersion: string, kind: string, names: readonly string[]) =>
    Promise.all(names.map((name) => client.get({ apiVersion, kind, metadata: { name } }))).then(present);
  const parts: { [K in keyof Snapshot]: Promise<Part<Snapshot[K]>> } = {
    nodes: part(client.list("v1", "Node")),
    pods: part(client.list("v1", "Pod")),
    services: part(client.list("v1", "Service")),
    storageClasses: part(client.list(groups.storage, "StorageClass")),
    ingressClasses: part(client.list(groups.networking, "IngressClass")),
    namespaces: part(named("v1", "Namespace", Object.values(namespaces))),
    crds: part(named(groups.crds, "CustomResourceDefinition", expected.crds)),
    hasAdmissionPolicies: part(isServed(client, groups.admission, "ValidatingAdmissionPolicy")),
    kasmReleases: part(kasmReleases(client, kasm)),
    clusterPolicies: part(listIfServed(client, "nvidia.com/v1", "ClusterPolicy")),
    featureDiscovery: part(
      client.list(groups.apps, "Deployment", { labelSelector: "app.kubernetes.io/name=node-feature-discovery" }),
    ),
    daemonSets: part(client.list(groups.apps, "DaemonSet")),
    tlsStores: part(listIfServed(client, "traefik.io/v1alpha1", "TLSStore")),
    apiEndpoints: part(client.get(apiEndpoints)),
    certificate: part(certificateOf(client, kasm, certificate)),
    issuer: part(issuerOf(client, kasm, certificate)),
    permissions: part(Promise.all(created.map(([group, resource]) => permission(client, group, resource)))),
    clockSkewSeconds: part(clockSkewSeconds(client)),
    addresses: resolveBelow(domain),
    tools: part(toolsOnPath(usefulTools)),
    now: part(Promise.resolve(new Date())),
  };
  const read = await Promise.all(
    Object.entries(parts).map(async ([name, pending]) => [name, await (pending as Promise<Part<unknown>>)]),
  );
  return Object.fromEntries(read) as Observed;
}

async function part<T>(pending: Promise<T>): Promise<Part<T>> {
  try {
    return { seen: await pending };
  } catch (error) {
    if (statusCode(error) !== 403) throw error;
    return { unseen: apiMessage(error) };
  }
}

async function isServed(client: ClusterClient, apiVersion: string, kind: string): Promise<boolean> {
  try {
    await client.list(apiVersion, kind);
  } catch (error) {
    if (error instanceof UnknownKindError) return false;
    // Only what is served can be forbidden.
    if (statusCode(error) !== 403) throw error;
  }
  return true;
}

async function listIfServed(client: ClusterClient, apiVersion: string, kind: string): Promise<AnyObject[]> {
  try {
    return await client.list(apiVersion, kind);
  } catch (error) {
    if (error instanceof UnknownKindError) return [];
    throw error;
  }
}

async function kasmReleases(client: ClusterClient, namespace: string): Promise<string[]> {
  const secrets = await client.list("v1", "Secret", { namespace, labelSelector: "owner=helm,name=kasm" });
  return secrets.map(({ metadata }) => metadata?.name ?? "");
}

/** The Secret's certificate. Its key is read with it, as the API has it, and let go at once. */
async function certificateOf(
  client: ClusterClient,
  namespace: string,
  certificate: Expectation["certificate"],
): Promise<Snapshot["certificate"]> {
  if (certificate.kind !== "secret") return undefined;
  const secret = await client.get({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name: certificate.secretName },
  });
  if (!secret) return undefined;
  const encoded = (secret["data"] as Record<string, string> | undefined)?.["tls.crt"] ?? "";
  return { type: String(secret["type"]), pem: Buffer.from(encoded, "base64").toString("utf8") };
}

async function issuerOf(
  client: ClusterClient,
  namespace: string,
  certificate: Expectation["certificate"],
): Promise<Snapshot["issuer"]> {
  if (certificate.kind !== "cert-manager") return { hasCrds: false, object: undefined };
  const { issuerKind, issuerName } = certificate;
  const key: ObjectKey = {
    apiVersion: "cert-manager.io/v1",
    kind: issuerKind,
    metadata: { name: issuerName, ...(issuerKind === "Issuer" && { namespace }) },
  };
  const crd = { apiVersion: groups.crds, kind: "CustomResourceDefinition" };
  const [certificates, object] = await Promise.all([
    client.get({ ...crd, metadata: { name: "certificates.cert-manager.io" } }),
    client.get(key),
  ]);
  return { hasCrds: certificates !== undefined, object };
}

async function permission(client: ClusterClient, group: string, resource: string): Promise<Permission> {
  const review = await client.create({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { group, resource, verb: "create" } },
  });
  const { allowed } = review["status"] as { allowed: boolean };
  return { resource: [resource, group].filter(Boolean).join("."), mayCreate: allowed };
}

/** From the Date header of an answer, which has whole seconds. */
async function clockSkewSeconds({ config }: ClusterClient): Promise<number> {
  const url = new URL(`${config.getCurrentCluster()?.server ?? ""}/version`);
  const context = new RequestContext(url.href, HttpMethod.GET);
  await config.applySecurityAuthentication(context);
  const dispatcher = context.getDispatcher();
  const start = Date.now();
  const response = await fetch(url, { headers: context.getHeaders(), ...(dispatcher && { dispatcher }) });
  await response.text();
  const middle = (start + Date.now()) / 2;
  return (Date.parse(response.headers.get("date") ?? new Date(middle).toISOString()) + 500 - middle) / 1000;
}

function present(objects: readonly (AnyObject | undefined)[]): AnyObject[] {
  return objects.filter((object) => object !== undefined);
}
