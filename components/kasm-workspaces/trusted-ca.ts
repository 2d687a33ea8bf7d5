import { contentHash } from "../objects/content-hash.ts";

/** Name of the ConfigMap with its content's hash in it: pods take the certificates in when they start. */
export function trustedCaName(pem: string): string {
  return `kasm-trusted-ca-${contentHash(trustedCaData(pem))}`;
}

/**
 * One file per certificate, since `update-ca-certificates`, which the chart runs on them, links a file under the name of
 * its first certificate only, and takes no notice of files that do not end in `.crt`.
 *
 * @param pem any number of certificates; what is between them is left out
 */
export function trustedCaData(pem: string): Record<string, string> {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return Object.fromEntries(certificates.map((certificate, index) => [`site-ca-${index + 1}.crt`, `${certificate}\n`]));
}
