import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { X509CertificateGenerator, SubjectAlternativeNameExtension } from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate of its own making, with its key, as PEM. */
export async function selfSigned(
  subject: string,
  names: readonly string[],
  notAfter = new Date(Date.now() + 86_400_000),
) {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${subject}`, keys, signingAlgorithm: algorithm, notAfter },
    notBefore: new Date(notAfter.getTime() - 2 * 86_400_000),
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return { cert: certificate.toString("pem"), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
}
