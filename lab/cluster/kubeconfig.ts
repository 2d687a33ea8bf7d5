import { componentKubeconfig } from "./layout.ts";
import type { LabLayout } from "./layout.ts";
import { identities } from "./certificate-plan.ts";
import type { Identity } from "./certificate-plan.ts";
import type { KeyPair } from "./certificate-fit.ts";
import { certificateFile, readKeyPair } from "./pki.ts";
import { keepPrivateFile, makePrivateFolder, readIfThere } from "./private-files.ts";

/** A kubeconfig that needs no other file: certificates and key are inside. JSON, which is YAML as well. */
export function kubeconfigText(server: string, authorityPem: string, user: string, credentials: KeyPair): string {
  const name = "kasm-vdi-lab";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(authorityPem) } }],
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": base64(credentials.certificate),
          "client-key-data": base64(credentials.key),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Writes the person's kubeconfig and one for each component, all for the API server on `port`. */
export function writeKubeconfigs(layout: LabLayout, port: number): void {
  makePrivateFolder(layout.kubeconfigs);
  const authority = readIfThere(certificateFile(layout.pki, "server-ca")) ?? "";
  for (const identity of Object.keys(identities) as Identity[]) {
    const credentials = readKeyPair(layout.pki, `client-${identity}`);
    const file = identity === "admin" ? layout.kubeconfig : componentKubeconfig(layout, identity);
    keepPrivateFile(file, kubeconfigText(`https://127.0.0.1:${port}`, authority, identity, credentials));
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
