/** What a Pulumi type token such as `kubernetes:apps/v1:Deployment` says, and how objects are named in ids. */
export interface ObjectType {
  /** As Kubernetes writes it: `v1`, `apps/v1`. */
  apiVersion: string;
  /** The token's last part; ends with `Patch` for patch resources. */
  kind: string;
}

/** @throws when the token is not of this provider, or has no group and version. */
export function parseToken(token: string): ObjectType {
  const [pkg, module = "", kind = ""] = token.split(":");
  const [group = "", version = "", ...rest] = module.split("/");
  if (pkg !== "kubernetes" || !group || !version || !kind || rest.length > 0) {
    throw new Error(`${token} is no Kubernetes resource type; expected kubernetes:GROUP/VERSION:Kind`);
  }
  return { apiVersion: group === "core" ? version : `${group}/${version}`, kind };
}

export function isHelmRelease(token: string): boolean {
  return token === "kubernetes:helm.sh/v3:Release";
}

/** A patch resource has the type `<Kind>Patch`, while its inputs name the kind itself. A kind may end with Patch of its own. */
export function isPatch(token: string, kind: string): boolean {
  return token.split(":")[2] === `${kind}Patch`;
}

export function objectId(name: string, namespace: string | undefined): string {
  return namespace ? `${namespace}/${name}` : name;
}

export function parseId(id: string): { name: string; namespace: string | undefined } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { name: first, namespace: undefined } : { name: second, namespace: first };
}
