import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { aboutOf, askedOf, byAnswer, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";

/** The certificate that browsers get for each host, as it was shown to a probe. */
export const servedCertificates: Analyzer = {
  area: "tls",
  title: "Browsers get a certificate that they trust",
  needs: [],
  analyze(cluster) {
    return {
      checked: askedOf(cluster, "tls"),
      findings: byAnswer(cluster.probes("tls"), "error", "names", "validTo").flatMap(
        ([it, hosts]) => finding(cluster, it, hosts) ?? [],
      ),
    };
  },
};

function finding(cluster: Cluster, result: ProbeResult, hosts: string): Finding | undefined {
  const error = detail(result, "error");
  const object = aboutOf(result);
  const host = detail(result, "host");
  const [names, issuer, validTo] = ["names", "issuer", "validTo"].map((it) => detail(result, it));
  const base = { object, evidence: [evidenceOf(result)], dependsOn: sources(cluster) };
  const look = `openssl s_client -connect ${detail(result, "address")}:443 -servername ${host} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`;
  const fix = (text: string) => [{ text, command: look, risk: "manual" as const }];
  if (error === "") return undefined;
  if (detail(result, "isTraefiksOwn") === "true")
    return {
      ...base,
      code: "CertificateDefault",
      problem: `${hosts} get the certificate that Traefik makes for itself, which no browser trusts: neither its route nor a TLSStore named default gives one.`,
      fix: fix("Set certificate in the config, or a TLSStore default with the Secret in its own namespace."),
    };
  if (error === "CERT_HAS_EXPIRED")
    return {
      ...base,
      code: "CertificateExpired",
      problem: `The certificate of ${hosts} expired at ${validTo ?? ""}.`,
      fix: fix("Renew it; Traefik takes a changed Secret up by itself."),
    };
  if (error === "ERR_TLS_CERT_ALTNAME_INVALID")
    return {
      ...base,
      code: "CertificateNameMismatch",
      problem: `The certificate that is shown for ${hosts} is for ${names === "" ? "no name" : (names ?? "")}. A wildcard covers one label only.`,
      fix: fix("Have one issued for that name: the domain and its wildcard."),
    };
  return {
    ...base,
    code: "CertificateUntrusted",
    problem: `The certificate of ${hosts} is not trusted here (${error}): it is signed by ${issuer === "" ? "itself" : (issuer ?? "")}${/UNABLE_TO_(?:VERIFY_LEAF|GET_ISSUER)/.test(error) ? ", and the chain in between may be missing from the Secret's tls.crt" : ""}.`,
    fix: fix(
      "Put the whole chain into tls.crt, or use an authority that browsers know; one of your own has to be installed on each machine.",
    ),
  };
}

function sources(cluster: Cluster): Dependency[] {
  return [...cluster.all("TLSStore"), ...cluster.all("Certificate")].map((it) => ({
    object: refOf(it),
    because: "the certificate comes from it",
  }));
}
