import { expect } from "chai";
import { helmChartConfig, traefikArguments } from "../../../../components/traefik.manifests.ts";
import { traefikUpgrade } from "../../../../lab/simulators/helm-controller/traefik-values.ts";

describe("the Helm controller's upgrade of Traefik", () => {
  it("takes the arguments of a HelmChartConfig, and none without one", () => {
    expect(traefikUpgrade(helmChartConfig("abort").spec.valuesContent)).to.deep.equal({
      additionalArguments: [...traefikArguments],
    });
    expect(traefikUpgrade(undefined)).to.deep.equal({ additionalArguments: [] });
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
