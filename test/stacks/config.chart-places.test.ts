import { expect } from "chai";
import { ConfigError, loadConfig } from "../../stacks/config.ts";

const base = { "kasm-vdi:domain": "desktops.example.com", "kasm-vdi:nodeCount": 1, "kasm-vdi:gpuCount": 0 };
const load = (traefik: object) => loadConfig({ ...base, "kasm-vdi:traefik": traefik }, "Pulumi.site.yaml");
const problemsOf = (traefik: object): string => {
  try {
    load(traefik);
    return "";
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as ConfigError).message;
  }
};

describe("the places of a chart", () => {
  it("take a repository by the name that helm repo add gave it, which says nothing of its sign-in", () => {
    expect(load({ mode: "own", chart: { repoName: "site" } }).traefik.chart).to.deep.equal({
      chart: "traefik",
      version: "41.5.0",
      repoName: "site",
    });
  });

  it("are one for each chart", () => {
    const message = problemsOf({ mode: "own", chart: { repoName: "site", oci: "oci://registry.example.com/traefik" } });
    expect(message).to.match(/traefik\.chart/);
  });

  it("refuse an address where a name belongs", () => {
    expect(problemsOf({ mode: "own", chart: { repoName: "https://charts.example.com" } })).to.contain("helm repo add");
  });
});

describe("the version of Traefik's chart", () => {
  it("is refused before 41.3.0, whose default certificate anybody can replace", () => {
    expect(problemsOf({ mode: "own", chart: { version: "41.2.0" } })).to.contain("take 41.3.0 or later");
    expect(problemsOf({ mode: "own", chart: { version: "41.3.0" } })).to.equal("");
  });
});
