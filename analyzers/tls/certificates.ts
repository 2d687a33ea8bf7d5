import type { AnyObject } from "../../kube/object.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf, conditionText } from "../conditions.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** Certificates of cert-manager are issued and renewed. Their Secrets are not read: what is in them is the probes' part. */
export const certificates: Analyzer = {
  area: "tls",
  title: "Certificates are issued and renewed",
  needs: ["Certificate"],
  analyze(cluster) {
    const all = cluster.all("Certificate");
    return {
      checked: all.length > 0 ? counted(all.length, "Certificate") : undefined,
      findings: all.flatMap((it) => finding(cluster, it) ?? []),
    };
  },
};

const dayMs = 86_400_000;

function finding(cluster: Cluster, certificate: AnyObject): Finding | undefined {
  const object = refOf(certificate);
  const { notAfter, renewalTime } = (certificate["status"] ?? {}) as { notAfter?: string; renewalTime?: string };
  const ready = conditionOf(certificate, "Ready");
  const issuing = conditionOf(certificate, "Issuing");
  const { secretName = "", issuerRef } = (certificate["spec"] ?? {}) as {
    secretName?: string;
    issuerRef?: { kind?: string; name?: string };
  };
  const issuer = `${issuerRef?.kind ?? "Issuer"} ${issuerRef?.name ?? ""}`;
  const look = [
    {
      text: `Follow it: Certificate, CertificateRequest, Order, Challenge; then ${issuer}.`,
      command: `kubectl describe certificate ${object.name} --namespace ${object.namespace ?? ""}; kubectl get certificaterequests,orders,challenges --namespace ${object.namespace ?? ""}`,
      risk: "manual" as const,
    },
  ];
  const left = notAfter === undefined ? undefined : Date.parse(notAfter) - cluster.now;
  const seen = { object, field: "status.notAfter", value: notAfter ?? "(none)" };
  const told = [ready, issuing]
    .filter((it) => it !== undefined)
    .map((it) => ({ object, field: `status.conditions[${it.type}]`, value: quoted(conditionText(it)) }));
  if (left !== undefined && left < 0)
    return {
      ...{ code: "CertificateExpired", object, evidence: [seen, ...told], fix: look },
      problem: `${refText(object)} expired at ${notAfter ?? ""}: browsers refuse Secret ${secretName}.`,
    };
  if (
    ready?.status === "False" &&
    cluster.isOlderThan(ready.lastTransitionTime ?? certificate.metadata?.creationTimestamp, 60)
  )
    return {
      ...{ code: "CertificateNotReady", object, evidence: told, fix: look },
      problem: `${refText(object)} is not issued by ${issuer}: ${quoted(issuing?.message ?? ready.message ?? ready.reason ?? "no reason is given")}.`,
    };
  // Renewal is due long before the end: a third of the lifetime by default.
  const isLate = renewalTime !== undefined && cluster.now - Date.parse(renewalTime) > dayMs;
  if (left !== undefined && (left < 7 * dayMs || isLate))
    return {
      ...{ code: "CertificateExpiring", object, evidence: [seen, ...told], fix: look },
      problem: `${refText(object)} ends in ${counted(Math.floor(left / dayMs), "day")} (${notAfter ?? ""})${isLate ? `, and its renewal was due at ${renewalTime}` : ""}.`,
    };
  return undefined;
}
