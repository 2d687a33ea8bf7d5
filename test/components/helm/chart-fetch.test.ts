import { expect } from "chai";
import { chartFetch, registryConfigFile } from "../../../components/helm/chart-fetch.ts";

describe("where a chart is fetched from for its CRDs", () => {
  it("is where the Release has it from, with the sign-ins of helm registry login for a registry", () => {
    const version = "41.5.0";
    const env = { HELM_CONFIG_HOME: "/site/helm" };
    expect(chartFetch({ chart: "./traefik", version }, env)).to.deep.equal({ path: "./traefik" });
    expect(chartFetch({ chart: "oci://registry.example.com/traefik", version }, env)).to.deep.equal({
      chart: "oci://registry.example.com/traefik",
      version,
      helm_registry_config: "/site/helm/registry/config.json",
    });
  });

  it("finds that file where Helm keeps it", () => {
    expect(registryConfigFile({}, "/home/me", "linux")).to.equal("/home/me/.config/helm/registry/config.json");
    expect(registryConfigFile({}, "/Users/me", "darwin")).to.equal(
      "/Users/me/Library/Preferences/helm/registry/config.json",
    );
    expect(registryConfigFile({ XDG_CONFIG_HOME: "/x" }, "/home/me", "linux")).to.equal("/x/helm/registry/config.json");
    const env = { PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH: "/run/sign-ins.json", HELM_CONFIG_HOME: "/y" };
    expect(registryConfigFile(env, "/home/me", "linux")).to.equal("/run/sign-ins.json");
  });
});
