import "reflect-metadata";
import { randomBytes } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { validDays } from "./plan.ts";

/** Both PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** A new P-256 key and a certificate that it signs itself, for servers, good for `dnsNames`. */
export async function issueSelfSigned(dnsNames: readonly string[], now: Date): Promise<CertificatePair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  // a clock that is a little behind would otherwise refuse it at first
  const notBefore = new Date(now.getTime() - 5 * 60_000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName(dnsNames)] }],
    serialNumber: randomBytes(16).toString("hex"),
    keys,
    signingAlgorithm: algorithm,
    notBefore,
    notAfter: new Date(notBefore.getTime() + validDays * 86_400_000),
    extensions: [
      // marked as its own authority, so that people can import it as trusted
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: "dns" as const, value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}

// X.509 takes 64 characters there; browsers look at the alternative names alone.
function commonName([first = ""]: readonly string[]): string {
  return first.length <= 64 ? first : "kasm";
}
