import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { builtBundle } from "../../../components/vdi-operator/bundle.ts";
import { bundleProblem, nodeImage } from "../../../components/vdi-operator/program.ts";
import { buildBundle } from "../../../operator/bundle/build.ts";
import type { Bundle } from "../../../operator/bundle/build.ts";

const projectRoot = join(import.meta.dirname, "..", "..", "..");

describe("the operator's bundle", () => {
  let bundle: Bundle;
  let folder: string;
  before(async () => {
    bundle = await buildBundle();
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("fits into a ConfigMap, with room to grow", () => {
    expect(bundleProblem(bundle.text)).to.equal(undefined);
    expect(Buffer.byteLength(bundle.text) / 1024).to.be.lessThan(900);
  });

  it("has the same bytes each time, and no path of the machine that built it", async () => {
    expect((await buildBundle()).text === bundle.text).to.equal(true);
    expect(bundle.text).not.to.contain(projectRoot);
  });

  it("starts without any package beside it, and says at once what its environment lacks", async () => {
    const file = join(folder, "kasm-operator.mjs");
    writeFileSync(file, bundle.text);
    const { exitCode, all } = await execa(process.execPath, [file], {
      ...{ cwd: folder, env: {}, extendEnv: false, reject: false, all: true },
    });
    expect(exitCode, all).to.be.greaterThan(0);
    expect(all).to.contain("VDI_NAMESPACE is missing").and.to.contain("VDI_DOMAIN is missing");
    expect(all).not.to.match(/\n\s+at /);
  });

  it("comes with the licence of each package in it", () => {
    const named = [...bundle.notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \((.+)\)$/gm)].map(([, name, licence]) => [
      name,
      licence,
    ]);
    expect(named).to.deep.include(["undici", "MIT"]).and.to.deep.include(["@kubernetes/client-node", "Apache-2.0"]);
    expect(bundle.notices).to.contain("Permission is hereby granted, free of charge");
    expect(bundle.notices).not.to.contain("no licence named");
  });
});

describe("the operator's image", () => {
  const dockerfile = readFileSync(join(projectRoot, "operator", "Dockerfile"), "utf8");

  it("is made from the same Node as the bundle runs in, holds nothing but the bundle, and is not root's", () => {
    expect(dockerfile).to.match(new RegExp(`^FROM ${nodeImage.replaceAll(".", "\\.")}$`, "m"));
    const copied = [...dockerfile.matchAll(/^COPY .*$/gm)].join("\n");
    expect(copied)
      .to.contain(builtBundle)
      .and.not.to.match(/node_modules| operator\//);
    expect(dockerfile)
      .to.match(/^USER 1000:1000$/m)
      .and.not.to.match(/^RUN /m);
  });
});
