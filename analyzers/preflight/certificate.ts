import { X509Certificate } from "node:crypto";
import type { AnyObject } from "../../kube/client.ts";
import { check } from "./check.ts";
import type { Expectation, Finding } from "./check.ts";

const dayMs = 86_400_000;
const renewalDays = 30;

/** Is the certificate there that the config speaks of, or who makes it? */
export const certificateChecks = [
  check("TLS Secret", ["certificate", "namespaces", "now"], (expected, { certificate, namespaces, now }) => {
    if (expected.certificate.kind !== "secret") return [];
    const object = `Secret ${expected.namespaces["kasm"] ?? ""}/${expected.certificate.secretName}`;
    if (!certificate) return [missing(object, "Kasm's pods wait for it", expected, namespaces)];
    if (certificate.type !== "kubernetes.io/tls")
      return [
        {
          level: "required",
          object,
          problem: `its type is ${certificate.type}, not kubernetes.io/tls`,
          fix: "Make it anew: kubectl create secret tls",
        },
      ];
    return certificateFindings(object, certificate.pem, expected.domain, now);
  }),

  check("certificate's issuer", ["issuer", "namespaces"], (expected, { issuer, namespaces }) => {
    if (expected.certificate.kind !== "cert-manager") return [];
    const { issuerKind, issuerName } = expected.certificate;
    if (!issuer.hasCrds)
      return [
        {
          level: "required",
          object: "cert-manager",
          problem: "its CRD certificates.cert-manager.io does not exist, so nobody would make the certificate",
          fix: "Install cert-manager, or set kasm-vdi:certificate to a Secret's name or to selfSigned",
        },
      ];
    const isNamespaced = issuerKind === "Issuer";
    const object = `${issuerKind} ${isNamespaced ? `${expected.namespaces["kasm"] ?? ""}/` : ""}${issuerName}`;
    if (!issuer.object) {
      const problem = "no certificate is made before it is there";
      return [missing(object, problem, expected, isNamespaced ? namespaces : undefined)];
    }
    const { conditions = [] } = (issuer.object["status"] ?? {}) as {
      conditions?: { type?: string; status?: string; message?: string }[];
    };
    const wildcard = wildcardRefusal(issuer.object, expected.domain);
    if (wildcard)
      return [
        {
          level: "required",
          object,
          problem: `${wildcard}, so the certificate for *.${expected.domain}, where desktops are, would never be made`,
          fix:
            `Add a solver by dns01 that may answer for ${expected.domain}, or make a wildcard certificate elsewhere and ` +
            "name its Secret by kasm-vdi:certificate.secretName",
        },
      ];
    const ready = conditions.find(({ type }) => type === "Ready");
    if (ready?.status === "True") return [];
    return [
      {
        level: "required",
        object,
        problem: `it is not Ready${ready?.message ? `: ${ready.message}` : ""}`,
        fix: `See why: kubectl describe ${issuerKind.toLowerCase()} ${issuerName}`,
        maySettle: true,
      },
    ];
  }),
];

/**
 * What lives in Kasm's namespace cannot be there before the program made the namespace: then it is only said.
 *
 * @param namespaces those that are there; undefined for what lives in none
 */
function missing(
  object: string,
  consequence: string,
  { namespaces: wanted }: Expectation,
  namespaces: readonly AnyObject[] | undefined,
): Finding {
  const isTooEarly = namespaces && !namespaces.some(({ metadata }) => metadata?.name === wanted["kasm"]);
  return {
    level: isTooEarly ? "recommended" : "required",
    object,
    problem: `it does not exist, and ${consequence}`,
    fix: isTooEarly
      ? "Make it as soon as `pulumi up` has made the namespace: the installation waits for it"
      : "Make it, or choose another by kasm-vdi:certificate",
  };
}

function certificateFindings(object: string, pem: string, domain: string, now: Date): Finding[] {
  const certificate = parsed(pem);
  if (!certificate)
    return [{ level: "required", object, problem: "tls.crt cannot be read", fix: "Make it anew from PEM files" }];
  const fix = "Renew it, or let cert-manager do so by kasm-vdi:certificate.certManager";
  const daysLeft = Math.floor((certificate.validToDate.getTime() - now.getTime()) / dayMs);
  const end = `it ended on ${certificate.validToDate.toISOString().slice(0, 10)}`;
  const coverFix = `Use a certificate for ${domain} and *.${domain}`;
  return [
    ...(daysLeft < 0 ? [{ level: "required", object, problem: end, fix } as const] : []),
    ...(daysLeft >= 0 && daysLeft < renewalDays
      ? [{ level: "recommended", object, problem: `it ends in ${daysLeft} days`, fix } as const]
      : []),
    ...(certificate.checkHost(domain)
      ? []
      : [{ level: "required", object, problem: `it is not for ${domain}`, fix: coverFix } as const]),
    ...(certificate.checkHost(`desktop.${domain}`)
      ? []
      : [
          {
            level: "recommended",
            object,
            problem: `it is not for *.${domain}, where desktops are`,
            fix: coverFix,
          } as const,
        ]),
  ];
}

interface Solver {
  dns01?: object;
  selector?: { dnsNames?: string[]; dnsZones?: string[] };
}

/**
 * Why an issuer by ACME cannot make a wildcard: that takes a proof by DNS (RFC 8555, section 7.1.3), which cert-manager gives
 * by a solver of kind dns01 whose selector fits. Undefined where it can, as all other kinds of issuers can.
 */
function wildcardRefusal(issuer: AnyObject, domain: string): string | undefined {
  const { acme } = (issuer["spec"] ?? {}) as { acme?: { solvers?: Solver[] } };
  if (!acme) return undefined;
  const byDns = (acme.solvers ?? []).filter(({ dns01 }) => dns01 !== undefined);
  if (byDns.length === 0)
    return "it has no solver by dns01, and a wildcard needs one: http01 proves single names alone";
  const wildcard = `*.${domain}`;
  const fits = byDns.some(({ selector: { dnsNames = [], dnsZones = [] } = {} }) => {
    const isInZone = dnsZones.some((zone) => domain === zone || domain.endsWith(`.${zone}`));
    return (dnsNames.length === 0 && dnsZones.length === 0) || dnsNames.includes(wildcard) || isInZone;
  });
  return fits ? undefined : `none of its solvers by dns01 is for *.${domain}`;
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
