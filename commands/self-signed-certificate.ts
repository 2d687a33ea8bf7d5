import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { AnyObject, ClusterClient, ObjectKey } from "../kube/client.ts";
import { runScript, waitUntil } from "./gate.ts";
import { issueSelfSigned } from "./self-signed-certificate/issue.ts";
import {
  fieldManager,
  foreignSecret,
  isOurs,
  ownLabel,
  reasonToIssue,
  subjectNames,
} from "./self-signed-certificate/plan.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  secretName: z.string(),
  dnsNames: z.array(z.string()).min(1),
});

// `remove` deletes the Secret; otherwise it is made, or left alone when it serves.
await runScript(inputSchema, async ({ namespace, secretName, dnsNames }, client) => {
  const key = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name: secretName } };
  const patience = { timeoutSeconds: 120 };
  if (process.argv[2] === "remove") return waitUntil(async () => ({ done: await remove(client, key) }), patience);
  return waitUntil(async () => ({ done: await ensure(client, key, dnsNames) }), patience);
});

async function ensure(client: ClusterClient, key: ObjectKey, dnsNames: readonly string[]): Promise<object> {
  const present = await client.get(key);
  if (present && !isOurs(present)) throw new Error(foreignSecret(present));
  const pem = certificateOf(present);
  const reason = reasonToIssue(pem, dnsNames, new Date());
  if (reason === undefined && pem !== undefined) return describe(pem);

  console.error(`making a self-signed certificate for ${dnsNames.join(", ")}: ${reason ?? ""}`);
  const pair = await issueSelfSigned(dnsNames, new Date());
  const secret = {
    ...key,
    metadata: { ...key.metadata, labels: ownLabel },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": pair.certificate, "tls.key": pair.key },
  };
  await client.apply(secret, { fieldManager, force: true });
  return describe(pair.certificate);
}

async function remove(client: ClusterClient, key: ObjectKey): Promise<object> {
  const present = await client.get(key);
  if (present && isOurs(present)) await client.delete(key);
  return {};
}

function certificateOf(secret: AnyObject | undefined): string | undefined {
  const encoded = (secret?.["data"] as Record<string, string> | undefined)?.["tls.crt"];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

function describe(pem: string): object {
  const certificate = new X509Certificate(pem);
  return {
    dnsNames: subjectNames(certificate),
    notAfter: certificate.validToDate.toISOString(),
    fingerprint: certificate.fingerprint256,
  };
}
