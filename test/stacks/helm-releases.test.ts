import { expect } from "chai";
import { loadConfig } from "../../stacks/config.ts";
import { helmReleases } from "../../stacks/helm-releases.ts";

const base = { domain: "desktops.example.com", nodeCount: 1, gpuCount: 0 };

describe("the Helm releases of a stack", () => {
  it("are Kasm's, and those of the GPU operator and of a Traefik of its own where there are such", () => {
    const kasm = { release: "kasm", namespace: "kasm", timeoutSeconds: 900 };
    expect(helmReleases(loadConfig(base))).to.deep.equal([kasm]);
    const all = {
      ...base,
      gpuCount: 1,
      traefik: { mode: "own" },
      gpu: { timeoutSeconds: 60 },
      namespaces: { traefik: "edge" },
    };
    expect(helmReleases(loadConfig(all))).to.deep.equal([
      kasm,
      { release: "gpu-operator", namespace: "gpu-operator", timeoutSeconds: 60 },
      { release: "traefik", namespace: "edge", timeoutSeconds: 300 },
    ]);
  });
});
