import { expect } from "chai";
import { helmChartConfig, traefikArguments } from "../../../../components/traefik/manifests.ts";
import { addons } from "../../../../lab/k3s/packaged-components/manifests.ts";
import { traefikUpgrade } from "../../../../lab/simulators/helm-controller/traefik-values.ts";

describe("the Helm controller's upgrade of Traefik", () => {
  it("takes the arguments of a HelmChartConfig, and none without one", () => {
    expect(traefikUpgrade("", helmChartConfig("abort").spec.valuesContent)).to.deep.equal({
      additionalArguments: [...traefikArguments],
    });
    expect(traefikUpgrade("", "")).to.deep.equal({ additionalArguments: [] });
  });

  it("takes the HelmChart's values, as K3s ships them too, where the HelmChartConfig has none", () => {
    const chart = addons()
      .flatMap(({ objects }) => objects)
      .find(({ kind, metadata }) => kind === "HelmChart" && metadata?.name === "traefik");
    const { valuesContent } = chart?.spec as { valuesContent: string };
    const patched = `${valuesContent}\nadditionalArguments: [--log.level=DEBUG]`;
    expect(traefikUpgrade(valuesContent, "")).to.deep.equal({ additionalArguments: [] });
    expect(traefikUpgrade(patched, "")).to.deep.equal({ additionalArguments: ["--log.level=DEBUG"] });
    expect(traefikUpgrade(patched, "additionalArguments: [--a]")).to.deep.equal({ additionalArguments: ["--a"] });
  });

  it("fails for a key that the chart does not know", () => {
    expect(traefikUpgrade("logs: {}")).to.have.property("failure").that.includes("'logs' not allowed");
  });

  it("fails for what is no map", () => {
    expect(traefikUpgrade("- a")).to.have.property("failure");
    expect(traefikUpgrade("a: [")).to.have.property("failure");
    expect(traefikUpgrade("text")).to.have.property("failure");
  });
});
