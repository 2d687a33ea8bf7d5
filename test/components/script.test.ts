import { expect } from "chai";
import { chartRelease } from "../../components/release.ts";
import { script } from "../../components/script.ts";

describe("script", () => {
  it("runs the same on creation and on change, with its input as JSON", () => {
    expect(script("traefik-gate", {}, { timeoutSeconds: 300 })).to.deep.equal({
      create: "node commands/traefik-gate.ts",
      update: "node commands/traefik-gate.ts",
      environment: { INPUT: '{"timeoutSeconds":300}', NODE_COMPILE_CACHE: "node_modules/.cache/node-compile-cache" },
    });
  });

  it("names kubeconfig and context where they are configured", () => {
    expect(script("traefik-gate", { kubeconfig: "./k", context: "admin" }, {}).environment).to.include({
      INPUT: '{"context":"admin"}',
      KUBECONFIG: "./k",
    });
  });
});

describe("chartRelease", () => {
  it("names the repository only for charts that come from one", () => {
    const named = chartRelease("a", "ns", { chart: "kasm-helm", version: "1.0.0", repo: "https://r.example.com" }, 60);
    expect(named).to.deep.equal({
      name: "a",
      namespace: "ns",
      chart: "kasm-helm",
      version: "1.0.0",
      repositoryOpts: { repo: "https://r.example.com" },
      timeout: 60,
    });
    expect(chartRelease("a", "ns", { chart: "./chart", version: "1.0.0" }, 60)).not.to.have.property("repositoryOpts");
  });
});
