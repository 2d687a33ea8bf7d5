import { expect } from "chai";
import { nearestLabels } from "../../analyzers/dns/nearest-labels.ts";
import { configTextFault } from "../../analyzers/gpu/config.ts";
import { podRequests, requestsByNode } from "../../analyzers/scheduling/resources.ts";
import { ailmentOf } from "../../analyzers/scheduling/taints.ts";
import { objectOf } from "../../diagnose/focus.ts";
import { clusterOf } from "./cluster-of.ts";

/** Names that others may give to labels, taints, resources and keys, and that every object of JavaScript answers to. */
const names = ["constructor", "toString", "__proto__"];

for (const name of names)
  describe(`the name ${name}`, () => {
    const one = (value: string) => Object.fromEntries([[name, value]]);

    it("counts as a resource like any other", () => {
      const pod = {
        metadata: { name: "p" },
        spec: {
          nodeName: "n",
          initContainers: [{ name: "i", resources: { requests: one("3") } }],
          containers: [{ name: "a", resources: { limits: one("1") } }, { name: "b" }],
        },
      };
      expect([...podRequests(pod)]).to.deep.equal([[name, 3]]);
      expect([...requestsByNode([pod, pod]).get("n")!]).to.deep.equal([
        [name, 6],
        ["pods", 2],
      ]);
    });

    it("is no taint of Kubernetes' own", () => {
      expect(ailmentOf({ key: name, effect: "NoSchedule" })).to.equal(undefined);
    });

    it("is no label that a workload has by itself", () => {
      const found = nearestLabels(
        clusterOf({
          Deployment: [
            {
              ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api", namespace: "n" } },
              spec: { template: { metadata: { labels: { app: "api" } } } },
            },
          ],
        }),
        "n",
        { app: "api", ...one("x") },
      );
      expect(found?.differences).to.deep.equal([{ key: name, wanted: "x", is: undefined }]);
    });

    it("is no key that a ConfigMap has by itself", () => {
      const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "n" }, data: {} };
      expect(configTextFault(configMap, name)).to.equal(undefined);
    });

    it("is no kind that can be asked about", () => {
      expect(() => objectOf(clusterOf({ Pod: [] }), `${name}/x`, undefined)).to.throw("is no kind that is looked at");
    });
  });
