import "reflect-metadata";

import type { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

import type { KeyPair } from "./certificate-fit.ts";
import type { CertificatePlan } from "./certificate-plan.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const authorityYears = 10;
const certificateYears = 1;

/** A new self-signed authority that may sign certificates but no further authorities. */
export async function makeAuthority(commonName: string): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    ...validFor(authorityYears),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await privatePem(keys.privateKey) };
}

/** A new key with a certificate as planned, signed by `authority`. */
export async function issueCertificate(plan: CertificatePlan, authority: KeyPair): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const names: x509.JsonGeneralNames = [
    ...(plan.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(plan.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [...(plan.organization ? [{ O: [plan.organization] }] : []), { CN: [plan.commonName] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    signingAlgorithm: algorithm,
    ...validFor(certificateYears),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(
        plan.use.map((use) => (use === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth)),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await privatePem(keys.privateKey) };
}

/** A key pair for signing service account tokens, both PEM. */
export async function makeSigningKeys(): Promise<{ publicKey: string; key: string }> {
  const keys = await newKeys();
  const publicKey = await crypto.subtle.exportKey("spki", keys.publicKey);
  return { publicKey: pem(publicKey, "PUBLIC KEY"), key: await privatePem(keys.privateKey) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function signingKey(key: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(key), algorithm, false, ["sign"]);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return pem(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function pem(bytes: ArrayBuffer, label: string): string {
  return `${x509.PemConverter.encode(bytes, label)}\n`;
}

// Begins a little in the past: clocks of virtual machines jump back when they resume.
function validFor(years: number): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date(Date.now() - 5 * 60_000);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years);
  return { notBefore, notAfter };
}
