import { setTimeout as sleep } from "node:timers/promises";
import { issueSelfSigned } from "../../commands/self-signed-certificate/issue.ts";
import { apiMessage } from "../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";

const group = "cert-manager.io";
const ready = { conditions: [{ type: "Ready", status: "True", reason: "Ready", message: "" }] };

/**
 * Plays cert-manager as a cluster shows it: its CRDs, one ClusterIssuer that is Ready, and a Secret for each Certificate,
 * made anew when the names change. The Secrets stay when their Certificates go, which is cert-manager's default.
 */
export class CertManager {
  readonly #client: ClusterClient;
  readonly #stop = new AbortController();
  readonly #issued = new Map<string, string>();
  #work: Promise<void> | undefined;

  constructor(client: ClusterClient) {
    this.#client = client;
  }

  async install(issuerName: string): Promise<void> {
    for (const definition of definitions) await this.#client.apply(definition, { fieldManager: "cert-manager" });
    const issuer = {
      apiVersion: `${group}/v1`,
      kind: "ClusterIssuer",
      metadata: { name: issuerName },
      spec: { selfSigned: {} },
    };
    await this.#whenServed(() => this.#client.apply(issuer, { fieldManager: "cert-manager" }));
    await this.#client.mergePatchStatus({ ...issuer, status: ready }, "cert-manager");
    this.#work = this.#follow();
  }

  async remove(): Promise<void> {
    this.#stop.abort();
    await this.#work;
    for (const definition of definitions) await this.#client.delete(definition);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const certificates = await this.#client.list(`${group}/v1`, "Certificate");
      // What fails while a namespace goes is tried again in the next round, if it is still there.
      for (const certificate of certificates) await this.#issue(certificate).catch(() => undefined);
      await sleep(500, undefined, { signal }).catch(() => undefined);
    }
  }

  async #issue({ metadata, spec }: AnyObject): Promise<void> {
    const { name = "", namespace = "", uid = "" } = metadata ?? {};
    const { secretName, dnsNames } = spec as { secretName: string; dnsNames: string[] };
    if (this.#issued.get(uid) === dnsNames.join()) return;
    const { certificate, key } = await issueSelfSigned(dnsNames, new Date());
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: secretName, namespace },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate, "tls.key": key },
    };
    const status = { apiVersion: `${group}/v1`, kind: "Certificate", metadata: { name, namespace }, status: ready };
    await this.#client.apply(secret, { fieldManager: "cert-manager", force: true });
    await this.#client.mergePatchStatus(status, "cert-manager");
    this.#issued.set(uid, dnsNames.join());
  }

  /** A new kind is served a moment after its CRD is there. */
  async #whenServed(write: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await write();
        return;
      } catch (error) {
        if (tries === 50) throw new Error(`the kinds of cert-manager are not served: ${apiMessage(error)}`);
        await sleep(100);
      }
    }
  }
}

const definitions = [definition("Certificate", "Namespaced"), definition("ClusterIssuer", "Cluster")];

function definition(kind: string, scope: "Namespaced" | "Cluster") {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: "v1", served: true, storage: true, subresources: { status: {} }, schema }],
    },
  };
}
