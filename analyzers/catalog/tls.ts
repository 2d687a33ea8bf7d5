import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get certificates,tlsstores --all-namespaces",
  "openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -issuer -dates -ext subjectAltName",
];
const symptom = "Browsers warn that the connection is not private; WebSockets fail without a word.";

function entry(it: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "tls", level: "failure", symptom, byHand, ...it };
}

/** Certificates, and public names. */
export const tls = {
  CertificateNotReady: entry({
    title: "Certificate is not issued",
    cause:
      "cert-manager cannot get it: a challenge fails, or the issuer is not ready. A wildcard needs a dns01 solver.",
    fix: "Follow Certificate, CertificateRequest, Order and Challenge.",
    byHand: [
      "kubectl describe certificate NAME --namespace NAMESPACE",
      "kubectl get certificaterequests,orders,challenges --namespace NAMESPACE",
    ],
    mayPass: true,
  }),
  CertificateExpired: entry({
    title: "Certificate has expired",
    cause: "It was not renewed in time.",
    fix: "Renew it.",
  }),
  CertificateExpiring: entry({
    level: "warning",
    title: "Certificate is about to expire",
    symptom: "None yet.",
    cause: "Its renewal is due and has not happened.",
    fix: "See why it is not renewed.",
  }),
  CertificateNameMismatch: entry({
    title: "Certificate is for another name",
    cause: "The host is not among its names; a wildcard covers one label.",
    fix: "Have one issued for the domain and its wildcard.",
  }),
  CertificateUntrusted: entry({
    title: "Certificate is not trusted",
    cause:
      "It is signed by itself or by an authority that this machine does not know, or the chain in between is missing.",
    fix: "Put the whole chain into tls.crt, or use a public authority.",
  }),
  CertificateDefault: entry({
    title: "Traefik shows a certificate of its own making",
    cause: "Neither the route nor a TLSStore named default gives one whose Secret exists.",
    fix: "Set one in the config, or make the TLSStore with its Secret in the same namespace.",
  }),
  TlsStoreDuplicate: entry({
    level: "warning",
    title: "Two TLSStores are named default",
    symptom: "Browsers get one certificate or the other.",
    cause: "Only one in the cluster counts, and Traefik takes one at random.",
    fix: "Delete one.",
    byHand: ["kubectl get tlsstores --all-namespaces"],
  }),
  HostNotResolved: entry({
    level: "warning",
    title: "Public name has no address",
    symptom: "Browsers do not find the host.",
    cause: "There is no DNS record for it, or this machine's resolver does not see it.",
    fix: "Make the records that the stack's output dnsRecords lists.",
    byHand: ["dig +short HOST", "pulumi stack output dnsRecords"],
  }),
  HostResolvesElsewhere: entry({
    level: "warning",
    title: "Public name leads elsewhere",
    symptom: "Browsers reach another machine, or none.",
    cause: "The record has old addresses, or a proxy stands in front.",
    fix: "Correct the record; with a proxy in front set publicIPs to its addresses.",
    byHand: ["dig +short HOST", "kubectl get service traefik --namespace kube-system"],
  }),
} satisfies Record<string, CodeEntry>;
