import { componentKubeconfig } from "./layout.ts";
import type { LabLayout } from "./layout.ts";
import { identities } from "./certificate-plan.ts";
import type { Identity } from "./certificate-plan.ts";
import type { KeyPair } from "./certificate-fit.ts";
import { certificateFile, readKeyPair } from "./pki.ts";
import { keepPrivateFile, makePrivateFolder, readIfThere } from "./private-files.ts";

/** What a client proves who it is with: a certificate, or the token of a ServiceAccount. */
export type Credentials = KeyPair | { token: string };

/** A kubeconfig that needs no other file: certificates and key are inside. JSON, which is YAML as well. */
export function kubeconfigText(server: string, authorityPem: string, user: string, credentials: Credentials): string {
  const name = "kasm-vdi-lab";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(authorityPem) } }],
    users: [{ name: user, user: proof(credentials) }],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Writes the person's kubeconfig and one for each component, all for the API server on `port`. */
export function writeKubeconfigs(layout: LabLayout, port: number): void {
  makePrivateFolder(layout.kubeconfigs);
  for (const identity of Object.keys(identities) as Identity[]) {
    const credentials = readKeyPair(layout.pki, `client-${identity}`);
    const file = identity === "admin" ? layout.kubeconfig : componentKubeconfig(layout, identity);
    keepKubeconfig(layout, { file, user: identity, port }, credentials);
  }
}

/** Writes one kubeconfig for the API server on `port`, unless it says the same already. */
export function keepKubeconfig(
  layout: LabLayout,
  { file, user, port }: { file: string; user: string; port: number },
  credentials: Credentials,
): void {
  const authority = readIfThere(certificateFile(layout.pki, "server-ca")) ?? "";
  keepPrivateFile(file, kubeconfigText(`https://127.0.0.1:${port}`, authority, user, credentials));
}

function proof(credentials: Credentials) {
  if ("token" in credentials) return credentials;
  return {
    "client-certificate-data": base64(credentials.certificate),
    "client-key-data": base64(credentials.key),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
