import { issueSelfSigned } from "../../../commands/self-signed-certificate/issue.ts";
import { certificateChecks } from "../../../analyzers/preflight/certificate.ts";
import { cases } from "./cluster.ts";

const issued = new Date("2026-11-23T12:00:00Z");
const dayMs = 86_400_000;
const secret = { kind: "secret", secretName: "site-tls" } as const;
const clusterIssuer = { kind: "cert-manager", issuerName: "acme", issuerKind: "ClusterIssuer" } as const;
const issuer = { ...clusterIssuer, issuerKind: "Issuer" } as const;
const kasmNamespace = [{ metadata: { name: "kasm" } }];

const pemFor = async (...names: string[]) => (await issueSelfSigned(names, issued)).certificate;
const both = await pemFor("desktops.example.com", "*.desktops.example.com");
const baseOnly = await pemFor("desktops.example.com");
const other = await pemFor("other.example.com", "*.desktops.example.com");

const renew = "Renew it, or let cert-manager do so by kasm-vdi:certificate.certManager";
const cover = "Use a certificate for desktops.example.com and *.desktops.example.com";
const tooEarly = "Make it as soon as `pulumi up` has made the namespace: the installation waits for it";
const make = "Make it, or choose another by kasm-vdi:certificate";
const tls = (pem: string) => ({ certificate: { type: "kubernetes.io/tls", pem } });
const status = (ready: object) => ({ issuer: { hasCrds: true, object: { status: { conditions: [ready] } } } });
const acme = (...solvers: object[]) => {
  const conditions = [{ type: "Ready", status: "True" }];
  return { issuer: { hasCrds: true, object: { spec: { acme: { solvers } }, status: { conditions } } } };
};
const neverMade =
  ", so the certificate for *.desktops.example.com, where desktops are, would never be made. " +
  "Add a solver by dns01 that may answer for desktops.example.com, or make a wildcard certificate elsewhere and " +
  "name its Secret by kasm-vdi:certificate.secretName";

describe("preflight's checks of the certificate", () => {
  cases(certificateChecks, [
    { title: "take a good Secret", expected: { certificate: secret }, seen: tls(both), finds: [] },
    {
      title: "only tell of a missing Secret while its namespace is still to be made",
      expected: { certificate: secret },
      finds: [`recommended Secret kasm/site-tls: it does not exist, and Kasm's pods wait for it. ${tooEarly}`],
    },
    {
      title: "ask for the Secret once the namespace is there",
      expected: { certificate: secret },
      seen: { namespaces: kasmNamespace },
      finds: [`required Secret kasm/site-tls: it does not exist, and Kasm's pods wait for it. ${make}`],
    },
    {
      title: "refuse a Secret of another type",
      expected: { certificate: secret },
      seen: { certificate: { type: "Opaque", pem: both } },
      finds: [
        "required Secret kasm/site-tls: its type is Opaque, not kubernetes.io/tls. Make it anew: kubectl create secret tls",
      ],
    },
    {
      title: "refuse what is no certificate",
      expected: { certificate: secret },
      seen: tls("nonsense"),
      finds: ["required Secret kasm/site-tls: tls.crt cannot be read. Make it anew from PEM files"],
    },
    {
      title: "refuse one that has ended",
      expected: { certificate: secret },
      seen: { ...tls(both), now: new Date(issued.getTime() + 830 * dayMs) },
      finds: [`required Secret kasm/site-tls: it ended on 2029-02-25. ${renew}`],
    },
    {
      title: "tell of one that ends soon",
      expected: { certificate: secret },
      seen: { ...tls(both), now: new Date(issued.getTime() + 800 * dayMs) },
      finds: [`recommended Secret kasm/site-tls: it ends in 24 days. ${renew}`],
    },
    {
      title: "tell of one that does not cover the desktops",
      expected: { certificate: secret },
      seen: tls(baseOnly),
      finds: [`recommended Secret kasm/site-tls: it is not for *.desktops.example.com, where desktops are. ${cover}`],
    },
    {
      title: "refuse one that does not cover the domain",
      expected: { certificate: secret },
      seen: tls(other),
      finds: [`required Secret kasm/site-tls: it is not for desktops.example.com. ${cover}`],
    },
    {
      title: "ask for cert-manager",
      expected: { certificate: clusterIssuer },
      finds: [
        "required cert-manager: its CRD certificates.cert-manager.io does not exist, so nobody would make the certificate. " +
          "Install cert-manager, or set kasm-vdi:certificate to a Secret's name or to selfSigned",
      ],
    },
    {
      title: "ask for the issuer",
      expected: { certificate: clusterIssuer },
      seen: { issuer: { hasCrds: true, object: undefined } },
      finds: [`required ClusterIssuer acme: it does not exist, and no certificate is made before it is there. ${make}`],
    },
    {
      title: "only tell of a namespaced one while its namespace is still to be made",
      expected: { certificate: issuer },
      seen: { issuer: { hasCrds: true, object: undefined } },
      finds: [
        `recommended Issuer kasm/acme: it does not exist, and no certificate is made before it is there. ${tooEarly}`,
      ],
    },
    {
      title: "ask for an issuer that is Ready, with its own words",
      expected: { certificate: clusterIssuer },
      seen: status({ type: "Ready", status: "False", message: "Failed to register ACME account" }),
      finds: [
        "required~ ClusterIssuer acme: it is not Ready: Failed to register ACME account. See why: kubectl describe clusterissuer acme",
      ],
    },
    {
      title: "take a Ready one",
      expected: { certificate: clusterIssuer },
      seen: status({ type: "Ready", status: "True" }),
      finds: [],
    },
    {
      title: "refuse an issuer by ACME that cannot prove a wildcard",
      expected: { certificate: clusterIssuer },
      seen: acme({ http01: { ingress: {} } }),
      finds: [
        `required ClusterIssuer acme: it has no solver by dns01, and a wildcard needs one: http01 proves single names alone${neverMade}`,
      ],
    },
    {
      title: "refuse one whose solvers by dns01 are for other names",
      expected: { certificate: clusterIssuer },
      seen: acme(
        { http01: {} },
        { dns01: {}, selector: { dnsZones: ["example.net", "s.example.com"] } },
        { dns01: {}, selector: { dnsNames: ["desktops.example.com"] } },
      ),
      finds: [`required ClusterIssuer acme: none of its solvers by dns01 is for *.desktops.example.com${neverMade}`],
    },
    ...[{}, { selector: { dnsZones: ["example.com"] } }, { selector: { dnsNames: ["*.desktops.example.com"] } }].map(
      (fields) => ({
        title: `take a solver by dns01 with ${JSON.stringify(fields)}`,
        expected: { certificate: clusterIssuer },
        seen: acme({ http01: {} }, { dns01: {}, ...fields }),
        finds: [],
      }),
    ),
  ]);
});
