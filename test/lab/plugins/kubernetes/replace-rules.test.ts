import { expect } from "chai";

import { differences } from "../../../../lab/plugins/kubernetes/property-diff.ts";
import { replaceRules, touchesRule } from "../../../../lab/plugins/kubernetes/replace-rules.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";

const mutable = { enableConfigMapMutable: true, enableSecretMutable: true };
const strict = { enableConfigMapMutable: false, enableSecretMutable: false };

function isReplaced(live: PropertyMap, inputs: PropertyMap, settings = mutable): boolean {
  const rules = replaceRules(inputs, settings);
  return differences(live, inputs).some(({ path, value }) => touchesRule(rules, path, value));
}

describe("what replaces an object", () => {
  const object = (apiVersion: string, kind: string, fields: object) =>
    ({ apiVersion, kind, metadata: { name: "a", namespace: "n" }, ...fields }) as PropertyMap;
  const cases: [string, PropertyMap, PropertyMap, boolean][] = [
    [
      "another name",
      object("v1", "Pod", {}),
      { ...object("v1", "Pod", {}), metadata: { name: "b", namespace: "n" } },
      true,
    ],
    [
      "another namespace",
      object("v1", "Pod", {}),
      { ...object("v1", "Pod", {}), metadata: { name: "a", namespace: "m" } },
      true,
    ],
    [
      "a Deployment's selector",
      object("apps/v1", "Deployment", { spec: { selector: { matchLabels: { a: "1" } } } }),
      object("apps/v1", "Deployment", { spec: { selector: { matchLabels: { a: "2" } } } }),
      true,
    ],
    [
      "a Deployment's image: not",
      object("apps/v1", "Deployment", { spec: { template: { image: "1" } } }),
      object("apps/v1", "Deployment", { spec: { template: { image: "2" } } }),
      false,
    ],
    [
      "a whole spec that brings a selector",
      object("apps/v1", "Deployment", {}),
      object("apps/v1", "Deployment", { spec: { selector: {} } }),
      true,
    ],
    [
      "a Job's template",
      object("batch/v1", "Job", { spec: { template: { a: 1 } } }),
      object("batch/v1", "Job", { spec: { template: { a: 2 } } }),
      true,
    ],
    [
      "a claim's storage class",
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "a" } }),
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "b" } }),
      true,
    ],
    [
      "a claim's size: not",
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "1Gi" } } } }),
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "2Gi" } } } }),
      false,
    ],
    [
      "a StorageClass's parameters",
      object("storage.k8s.io/v1", "StorageClass", { parameters: { a: "1" } }),
      object("storage.k8s.io/v1", "StorageClass", { parameters: { a: "2" } }),
      true,
    ],
    [
      "a binding's role",
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "view" } }),
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "edit" } }),
      true,
    ],
    [
      "a StatefulSet's claims",
      object("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [{ a: 1 }] } }),
      object("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [{ a: 2 }] } }),
      true,
    ],
    [
      "an image in a Pod's list of containers",
      object("v1", "Pod", { spec: { containers: [{ name: "c", image: "1" }] } }),
      object("v1", "Pod", { spec: { containers: [{ name: "c", image: "2" }] } }),
      true,
    ],
    [
      "a custom kind that is called Deployment: not by its selector",
      object("pk.io/v1", "Deployment", { spec: { selector: "a" } }),
      object("pk.io/v1", "Deployment", { spec: { selector: "b" } }),
      false,
    ],
  ];
  for (const [title, live, inputs, expected] of cases) {
    it(title, () => expect(isReplaced(live, inputs)).to.equal(expected));
  }

  const config = (data: string, immutable?: boolean) =>
    object("v1", "ConfigMap", { data: { a: data }, ...(immutable && { immutable }) });
  const secret = (data: string) => object("v1", "Secret", { data: { a: data } });

  it("data of ConfigMaps and Secrets, unless the provider calls them mutable", () => {
    expect(isReplaced(config("1"), config("2"), strict)).to.equal(true);
    expect(isReplaced(secret("1"), secret("2"), strict)).to.equal(true);
    expect(isReplaced(config("1"), config("2"))).to.equal(false);
    expect(isReplaced(secret("1"), secret("2"))).to.equal(false);
  });

  it("data of an immutable ConfigMap, whatever the provider says", () => {
    expect(isReplaced(config("1", true), config("2", true))).to.equal(true);
  });
});
