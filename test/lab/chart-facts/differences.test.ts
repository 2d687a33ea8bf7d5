import { expect } from "chai";
import { differences } from "../../../lab/chart-facts/differences.ts";
import type { ChartFacts } from "../../../lab/chart-facts/facts.ts";
import { objectFacts } from "../../../lab/chart-facts/objects.ts";

const statefulSet = (policy: object, requests: object) => ({
  ...{ apiVersion: "apps/v1", kind: "StatefulSet" },
  metadata: {
    name: "kasm-guac-default",
    labels: { "app.kubernetes.io/name": "kasm-guac-default", "helm.sh/chart": "kasm-helm-1.1190.6" },
    annotations: { "helm.sh/hook": "pre-upgrade", "helm.sh/resource-policy": "keep" },
  },
  spec: {
    selector: { matchLabels: { "app.kubernetes.io/name": "kasm-guac-default" } },
    persistentVolumeClaimRetentionPolicy: policy,
    template: {
      metadata: { labels: { "app.kubernetes.io/name": "kasm-guac-default" } },
      spec: {
        imagePullSecrets: [{ name: "site-registry" }],
        containers: [
          {
            ...{ name: "guac", image: "kasmweb/kasm-guac:1.19.0", resources: { requests } },
            ports: [{ name: "guac-pt", containerPort: 3000 }],
            ...{ livenessProbe: {}, command: ["secret words of the chart"] },
          },
        ],
      },
    },
    volumeClaimTemplates: [{ metadata: { name: "tmp-data" }, spec: { resources: { requests: { storage: "10Gi" } } } }],
  },
});
const deleting = objectFacts(statefulSet({ whenDeleted: "Delete" }, { cpu: 1, "ephemeral-storage": "50Mi" }));

describe("the facts of an object", () => {
  it("hold what the program and the stand-ins rely on, and none of the chart's own text", () => {
    expect(deleting).to.deep.equal({
      kind: "StatefulSet",
      name: "kasm-guac-default",
      labels: { "app.kubernetes.io/name": "kasm-guac-default" },
      hook: "pre-upgrade",
      isKept: true,
      selector: { "app.kubernetes.io/name": "kasm-guac-default" },
      claimPolicy: { whenDeleted: "Delete" },
      claims: { "tmp-data": "10Gi" },
      pod: {
        labels: { "app.kubernetes.io/name": "kasm-guac-default" },
        pullSecrets: ["site-registry"],
        containers: [
          {
            name: "guac",
            image: "kasmweb/kasm-guac:1.19.0",
            requests: { cpu: "1", "ephemeral-storage": "50Mi" },
            ports: [{ name: "guac-pt", port: 3000 }],
            probes: ["livenessProbe"],
          },
        ],
      },
    });
    expect(JSON.stringify(deleting)).not.to.contain("secret words");
  });
});

describe("differences between a chart and its stand-in", () => {
  const facts = (object: typeof deleting, crds: string[]): ChartFacts => ({
    ...{ chart: "kasm-helm", version: "1.1190.6", appVersion: "1.19.0", source: "rendered", keys: {} },
    ...{ crds, variants: { small: [object] } },
  });

  it("are told with the place: a claim policy, requests that are missing, a CRD", () => {
    const keeping = objectFacts(statefulSet({ whenDeleted: "Retain" }, {}));
    const found = differences(facts(deleting, ["a.example.com"]), facts(keeping, []));
    expect(found.map(({ at }) => at)).to.deep.equal([
      "crd a.example.com",
      "small StatefulSet/kasm-guac-default claimPolicy",
      "small StatefulSet/kasm-guac-default pod",
    ]);
  });

  it("are none between equals", () => {
    expect(differences(facts(deleting, ["a"]), facts(deleting, ["a"]))).to.deep.equal([]);
  });
});
