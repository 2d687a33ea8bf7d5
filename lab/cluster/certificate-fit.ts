import { X509Certificate, createPrivateKey } from "node:crypto";

import type { CertificatePlan } from "./certificate-plan.ts";

/** A certificate and its key, both PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** Certificates that end sooner are made anew by the next `up`. */
const renewBeforeDays = 30;

/** Whether what lies on disk is still what the plan asks for, signed by this authority and not about to end. */
export function fitsPlan(pair: KeyPair, plan: CertificatePlan, authority: KeyPair, now: Date): boolean {
  const certificate = parse(pair);
  const issuer = parse(authority);
  return (
    certificate !== undefined &&
    issuer !== undefined &&
    certificate.verify(issuer.publicKey) &&
    lastsFrom(certificate, now) &&
    certificate.subject === subjectLines(plan) &&
    sameNames(certificate.subjectAltName ?? "", plan)
  );
}

/** Whether an authority on disk can go on signing. */
export function isUsableAuthority(pair: KeyPair, now: Date): boolean {
  const certificate = parse(pair);
  return certificate?.ca === true && lastsFrom(certificate, now);
}

function parse(pair: KeyPair): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pair.certificate);
    return certificate.checkPrivateKey(createPrivateKey(pair.key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function lastsFrom(certificate: X509Certificate, now: Date): boolean {
  const renewal = new Date(certificate.validTo).getTime() - renewBeforeDays * 24 * 3_600_000;
  return new Date(certificate.validFrom) <= now && now.getTime() < renewal;
}

function subjectLines(plan: CertificatePlan): string {
  return [...(plan.organization ? [`O=${plan.organization}`] : []), `CN=${plan.commonName}`].join("\n");
}

function sameNames(subjectAltName: string, plan: CertificatePlan): boolean {
  const wanted = [
    ...(plan.dnsNames ?? []).map((name) => `DNS:${name}`),
    ...(plan.ipAddresses ?? []).map((address) => `IP Address:${address}`),
  ];
  const present = subjectAltName === "" ? [] : subjectAltName.split(", ");
  return present.sort().join() === wanted.sort().join();
}
