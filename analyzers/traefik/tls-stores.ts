import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** One TLSStore `default` gives the certificate of all routes that name none; of several, one wins at random (traefik#7210). */
export const tlsStores: Analyzer = {
  area: "traefik",
  title: "One TLSStore gives the default certificate",
  needs: ["TLSStore"],
  analyze(cluster) {
    const stores = cluster.all("TLSStore").filter(({ metadata }) => metadata?.name === "default");
    const [first, ...others] = stores.map(refOf);
    const places = stores.map(({ metadata }) => metadata?.namespace ?? "");
    const duplicate: Finding[] =
      first && others.length > 0
        ? [
            {
              code: "TlsStoreDuplicate",
              object: first,
              problem: `TLSStores named default are in the namespaces ${listed(places)}: Traefik takes one of them at random for every route without a certificate of its own.`,
              evidence: [first, ...others].map((object) => ({
                object,
                field: "metadata.namespace",
                value: object.namespace ?? "",
              })),
              fix: [{ text: "Keep one.", command: "kubectl get tlsstores --all-namespaces", risk: "manual" }],
            },
          ]
        : [];
    const without = stores.flatMap((store): Finding[] => {
      const { defaultCertificate } = (store["spec"] ?? {}) as { defaultCertificate?: { secretName?: string } };
      const name = defaultCertificate?.secretName ?? "";
      const object = refOf(store);
      const { namespace = "" } = object;
      if (name === "" || !cluster.isMissing("Secret", name, namespace)) return [];
      return [
        {
          code: "RouteTlsSecretMissing",
          object,
          problem: `The default certificate is to be in Secret ${namespace}/${name}, which does not exist: browsers get one that Traefik makes by itself.`,
          evidence: [{ object, field: "spec.defaultCertificate.secretName", value: name }],
          fix: [
            {
              text: `Make the Secret in ${namespace}.`,
              command: `kubectl get secrets --all-namespaces --field-selector metadata.name=${name}`,
              risk: "manual",
            },
          ],
          dependsOn: [
            { object: { kind: "Certificate", namespace, name }, because: `cert-manager makes Secret ${name}` },
          ],
        },
      ];
    });
    return {
      checked: stores.length > 0 ? counted(stores.length, "TLSStore") : undefined,
      findings: [...duplicate, ...without],
    };
  },
};
