import { X509Certificate } from "node:crypto";

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
