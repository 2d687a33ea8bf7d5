import { expect } from "chai";
import {
  certificateRefusal,
  defaultTlsStore,
  disruptionBudgets,
  networkPolicies,
  trustedCaConfigMap,
} from "../../../components/kasm-workspaces/manifests.ts";

const policies = (hasDirectRdp = false) => networkPolicies("kasm", "kube-system", hasDirectRdp) as unknown as Policies;
type Policies = Record<string, { metadata: { name: string; namespace: string }; spec: Record<string, unknown> }>;

describe("Kasm's NetworkPolicies", () => {
  it("close the namespace in both directions", () => {
    expect(policies()["default-deny"]?.spec).to.deep.equal({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("let only Traefik in from outside, and only to the proxy's HTTP port", () => {
    const entries = Object.values(policies()).filter(({ spec }) => "ingress" in spec);
    expect(entries.map(({ metadata }) => metadata.name)).to.deep.equal(["within-namespace", "from-traefik"]);
    expect(policies()["from-traefik"]?.spec).to.deep.equal({
      podSelector: {
        matchLabels: { "app.kubernetes.io/instance": "kasm", "app.kubernetes.io/component": "proxy" },
      },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
              podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
  });

  it("keep database and Jobs inside, and every part off the metadata services", () => {
    const { podSelector, egress } = policies()["to-the-world"]?.spec as {
      podSelector: { matchExpressions: { values: string[] }[] };
      egress: { to: { ipBlock: { except: string[] } }[] }[];
    };
    const parts = podSelector.matchExpressions.flatMap(({ values }) => values);
    for (const inside of ["db", "db-init", "db-upgrade", "db-backup", "pre-upgrade-backup"])
      expect(parts).not.to.include(inside);
    expect(egress[0]?.to[0]?.ipBlock.except).to.include("169.254.0.0/16");
  });

  it("open RDP to the world only when native RDP is asked for", () => {
    expect(policies()).not.to.have.property("direct-rdp");
    expect(policies(true)["direct-rdp"]?.spec).to.deep.include({
      ingress: [{ ports: [{ protocol: "TCP", port: 3389 }] }],
    });
  });
});

describe("Kasm's PodDisruptionBudgets", () => {
  it("let a drain take one copy of each part at a time", () => {
    const budgets = disruptionBudgets("kasm", 2);
    expect(Object.keys(budgets)).to.deep.equal(["proxy", "api", "manager"]);
    for (const { spec } of Object.values(budgets)) expect(spec).to.include({ maxUnavailable: 1 });
  });

  it("never hold a drain up for copies that wait in their init containers", () => {
    for (const { spec } of Object.values(disruptionBudgets("kasm", 2)))
      expect(spec).to.include({ unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });

  it("do not exist for single copies, which a budget would only make undrainable or do nothing for", () => {
    expect(disruptionBudgets("kasm", 1)).to.deep.equal({});
  });
});

describe("the site's certificates", () => {
  it("are one file each, ending as update-ca-certificates wants it, and nothing else", () => {
    const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
    const { data } = trustedCaConfigMap("kasm", `a comment\n${pem("MIIA")}\n\n${pem("MIIB")}\n`);
    expect(data).to.deep.equal({ "site-ca-1.crt": `${pem("MIIA")}\n`, "site-ca-2.crt": `${pem("MIIB")}\n` });
  });
});

describe("the default certificate", () => {
  it("is Traefik's one store, beside the Secret that it refers to", () => {
    expect(defaultTlsStore("kasm", "kasm-tls")).to.deep.equal({
      apiVersion: "traefik.io/v1alpha1",
      kind: "TLSStore",
      metadata: { name: "default", namespace: "kasm" },
      spec: { defaultCertificate: { secretName: "kasm-tls" } },
    });
  });
});

describe("certificateRefusal", () => {
  const domain = (length: number) => `${"a".repeat(length - 12)}.example.com`;
  it("refuses a domain that is too long for the common name, from cert-manager alone", () => {
    const issuer = { kind: "cert-manager", issuerName: "ca", issuerKind: "Issuer" } as const;
    expect(certificateRefusal(issuer, domain(64))).to.equal(undefined);
    expect(certificateRefusal(issuer, domain(65))).to.match(/has 65 characters, .* takes 64 at most/);
    expect(certificateRefusal({ kind: "self-signed" }, domain(65))).to.equal(undefined);
  });
});
