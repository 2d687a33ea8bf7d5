import { join } from "node:path";

import { authorities, certificatePlans } from "./certificate-plan.ts";
import type { AuthorityName } from "./certificate-plan.ts";
import { fitsPlan, isUsableAuthority } from "./certificate-fit.ts";
import type { KeyPair } from "./certificate-fit.ts";
import { makePrivateFolder, readIfThere, writePrivateFile } from "./private-files.ts";

export function certificateFile(pki: string, name: string): string {
  return join(pki, `${name}.crt`);
}

export function keyFile(pki: string, name: string): string {
  return join(pki, `${name}.key`);
}

/** The key that signs service account tokens, and what verifies them. */
export const serviceAccountKeys = { private: "service-account.key", public: "service-account.pub" };

/** Reads a pair that `preparePki` has made. */
export function readKeyPair(pki: string, name: string): KeyPair {
  const pair = findKeyPair(pki, name);
  if (!pair) throw new Error(`${certificateFile(pki, name)} or its key is missing. \`npm run lab\` makes it anew.`);
  return pair;
}

/** Makes every authority, certificate and key that is missing, about to end, or no longer what the plan asks for. */
export async function preparePki(pki: string, now: Date = new Date()): Promise<void> {
  makePrivateFolder(pki);
  const signers = new Map<AuthorityName, KeyPair>();
  for (const name of authorities) {
    const present = findKeyPair(pki, name);
    const usable = present && isUsableAuthority(present, now);
    signers.set(name, usable ? present : await storeKeyPair(pki, name, (await issuing()).makeAuthority(`lab ${name}`)));
  }
  for (const plan of certificatePlans) {
    const signer = signers.get(plan.signedBy);
    const present = findKeyPair(pki, plan.name);
    if (!signer || (present && fitsPlan(present, plan, signer, now))) continue;
    await storeKeyPair(pki, plan.name, (await issuing()).issueCertificate(plan, signer));
  }
  await prepareServiceAccountKeys(pki);
}

async function prepareServiceAccountKeys(pki: string): Promise<void> {
  const [privateFile, publicFile] = [join(pki, serviceAccountKeys.private), join(pki, serviceAccountKeys.public)];
  if (readIfThere(privateFile) !== undefined && readIfThere(publicFile) !== undefined) return;
  const { publicKey, key } = await (await issuing()).makeSigningKeys();
  writePrivateFile(privateFile, key);
  writePrivateFile(publicFile, publicKey);
}

function findKeyPair(pki: string, name: string): KeyPair | undefined {
  const certificate = readIfThere(certificateFile(pki, name));
  const key = readIfThere(keyFile(pki, name));
  return certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
}

async function storeKeyPair(pki: string, name: string, making: Promise<KeyPair>): Promise<KeyPair> {
  const pair = await making;
  writePrivateFile(keyFile(pki, name), pair.key);
  writePrivateFile(certificateFile(pki, name), pair.certificate);
  return pair;
}

// Loaded only when something must be made: an `up` that finds everything in place saves 0.2 s.
const issuing = () => import("./certificate-authority.ts");
