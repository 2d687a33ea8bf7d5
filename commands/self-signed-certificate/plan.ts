import { X509Certificate } from "node:crypto";
import type { AnyObject } from "../../kube/client.ts";

/** Makes the Secret, and marks it as the program's own. */
export const fieldManager = "kasm-vdi-certificate";
export const ownLabel = { "app.kubernetes.io/managed-by": fieldManager };

/** Days that a certificate is valid: the most that browsers take from an issuer that a user chose to trust. */
export const validDays = 825;

const renewalDays = 30;
const dayMs = 86_400_000;

/**
 * Why a certificate has to be made; undefined when the one that is there serves.
 *
 * @param pem `tls.crt` of the Secret, undefined without one
 * @param dnsNames exactly the names that it has to be good for
 */
export function reasonToIssue(pem: string | undefined, dnsNames: readonly string[], now: Date): string | undefined {
  if (pem === undefined) return "there is none";
  const certificate = parsed(pem);
  if (!certificate) return "the one that is there cannot be read";
  const names = subjectNames(certificate);
  if (names.join() !== dnsNames.toSorted().join())
    return `the one that is there is for ${names.join(", ")}, not for ${dnsNames.join(", ")}`;
  const daysLeft = (certificate.validToDate.getTime() - now.getTime()) / dayMs;
  return daysLeft < renewalDays ? `the one that is there ends on ${certificate.validTo}` : undefined;
}

/** Whether the program made the Secret. One that cert-manager took over keeps the label, but is cert-manager's. */
export function isOurs({ metadata }: AnyObject): boolean {
  const label = metadata?.labels?.["app.kubernetes.io/managed-by"];
  return label === fieldManager && certManagers({ metadata }) === undefined;
}

/** Why somebody else's Secret is left alone, and what to do. */
export function foreignSecret(secret: AnyObject): string {
  const { namespace = "", name = "" } = secret.metadata ?? {};
  const owner = certManagers(secret);
  const fix =
    owner === undefined
      ? "delete it first"
      : `first delete Certificate ${owner}, by which cert-manager would make it again (kubectl delete certificate ` +
        `${owner} --namespace ${namespace}), then the Secret`;
  return (
    `Secret ${namespace}/${name} exists and was not made by this program. To use it, set kasm-vdi:certificate to ` +
    `{secretName: ${name}}; to get a self-signed one, ${fix}.`
  );
}

function certManagers({ metadata }: AnyObject): string | undefined {
  return metadata?.annotations?.["cert-manager.io/certificate-name"];
}

/** DNS names of the certificate's subjectAltName, sorted. */
export function subjectNames({ subjectAltName = "" }: X509Certificate): string[] {
  const names = subjectAltName.split(", ").map((name) => /^DNS:(.+)$/.exec(name)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
