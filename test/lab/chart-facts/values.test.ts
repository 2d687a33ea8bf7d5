import { expect } from "chai";
import { recordedFacts } from "../../../lab/chart-facts/facts.ts";
import { untaken, valueKeys } from "../../../lab/chart-facts/keys.ts";
import { installations } from "../../../lab/chart-facts/variants.ts";

/** Keys that no values.yaml has, and why they are set all the same. */
const unlisted: Readonly<Record<string, string>> = {
  "dcgmExporter.imagePullSecrets": "templates/clusterpolicy.yaml reads it, the values.yaml leaves it out",
  "service.spec.ipFamilyPolicy": "the chart hands the spec of the Service on as it comes",
};

describe("the values for charts whose facts are recorded", () => {
  for (const { chart, version, keys } of recordedFacts()) {
    const variants = installations[chart].variants(version);
    for (const [variant, values] of Object.entries(variants))
      it(`have keys and types of ${chart} ${version} alone: ${variant}`, () => {
        const complaints = untaken(values, keys).filter((it) => unlisted[it.split(":")[0] ?? ""] === undefined);
        expect(complaints).to.deep.equal([]);
      });
  }

  it("would be told of a key that a chart does not have, and of a value of another type", () => {
    const keys = valueKeys({ database: { storage: { pvcSize: 8 }, resources: {} }, replicas: 1, name: null });
    const values = {
      database: { storage: { size: 8 }, resources: { requests: { cpu: "1" } } },
      replicas: "1",
      name: "x",
    };
    expect(untaken(values, keys)).to.deep.equal([
      "database.storage.size: no such key",
      "replicas: string, the chart has number",
    ]);
  });

  it("keep every pod's image under the mirror, and give each the pull secret", () => {
    for (const { chart, version, variants } of recordedFacts())
      for (const { kind, name, pod } of variants["mirrored"] ?? [])
        for (const { image } of [...(pod?.init ?? []), ...(pod?.containers ?? [])]) {
          const what = `${chart} ${version} ${kind}/${name}`;
          expect(image, what).to.match(/^registry\.example\.com\/mirror\//);
          expect(pod?.pullSecrets, what).to.deep.equal(["site-registry"]);
        }
  });
});
