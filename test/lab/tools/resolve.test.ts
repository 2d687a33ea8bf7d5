import { expect } from "chai";
import { resolve, type Probes } from "../../../lab/tools/resolve.ts";

const helm = { name: "helm", version: "3.20.2" };
const nothing: Probes = { override: undefined, path: undefined, cached: undefined };
const onPath = (version: string): Probes["path"] => ({ path: "/usr/bin/helm", version, companions: [] });
const cached = { path: "/cache/helm", companions: [] };

describe("where a tool is taken from", () => {
  it("prefers the override to PATH and cache, in whatever version it is", () => {
    const override = { path: "/opt/helm", version: "4.0.0", companions: [] };
    expect(resolve(helm, { override, path: onPath("3.20.2"), cached })).to.deep.equal({
      found: { name: "helm", source: "override", ...override },
    });
  });

  it("refuses to go on when the override is unusable, and names the variable and the file", () => {
    const override = { path: "/opt/helm", failure: "is not an executable file" };
    expect(() => resolve(helm, { override, path: onPath("3.20.2"), cached })).to.throw(
      /^KASM_VDI_TOOL_HELM points at \/opt\/helm, which is not an executable file\./,
    );
  });

  it("takes PATH before the cache when it has exactly the pinned version", () => {
    const { found } = resolve(helm, { ...nothing, path: onPath("3.20.2"), cached }) as { found: { source: string } };
    expect(found.source).to.equal("path");
  });

  it("passes over another version on PATH, were it newer, and takes the cache", () => {
    const { found } = resolve(helm, { ...nothing, path: onPath("3.20.3"), cached }) as { found: { source: string } };
    expect(found.source).to.equal("cache");
  });

  it("says of each place why it did not do, in the order of asking", () => {
    expect(resolve(helm, { ...nothing, path: onPath("3.18.0") })).to.deep.equal({
      attempts: [
        { where: "KASM_VDI_TOOL_HELM", outcome: "not set" },
        { where: "PATH", outcome: "/usr/bin/helm is 3.18.0, not 3.20.2" },
        { where: "cache", outcome: "no entry" },
      ],
    });
  });

  it("tells a broken program on PATH from a missing one", () => {
    const broken = { path: "/usr/bin/helm", failure: "does not tell its version (exec format error)" };
    const outcomes = [broken, undefined].map((path) => {
      const { attempts } = resolve(helm, { ...nothing, path }) as { attempts: { outcome: string }[] };
      return attempts[1]?.outcome;
    });
    expect(outcomes).to.deep.equal(["/usr/bin/helm does not tell its version (exec format error)", "no helm"]);
  });
});
