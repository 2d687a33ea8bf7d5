import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { bundleProblem, nodeImage } from "../../../components/vdi-operator/program.ts";
import type { Bundle } from "../../../operator/bundle/build.ts";
import { buildPortal } from "../../../portal/bundle/build.ts";

const projectRoot = join(import.meta.dirname, "..", "..", "..");

describe("the portal's bundle", () => {
  let bundle: Bundle;
  let folder: string;
  before(async () => {
    bundle = await buildPortal();
    folder = mkdtempSync(join(tmpdir(), "portal-bundle-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("fits into a ConfigMap, pages and all", () => {
    expect(bundleProblem(bundle.text)).to.equal(undefined);
    expect(bundle.text).to.contain("navigator.locks").and.to.contain("prefers-color-scheme");
  });

  it("has the same bytes each time, no path of the machine that built it, and no compiler in it", async () => {
    expect((await buildPortal()).text === bundle.text).to.equal(true);
    expect(bundle.text).not.to.contain(projectRoot);
    expect(bundle.text).not.to.match(/from"esbuild"|require\("esbuild"\)/);
  });

  it("starts without any package beside it, and says at once what its environment lacks", async () => {
    const file = join(folder, "kasm-portal.mjs");
    writeFileSync(file, bundle.text);
    const { exitCode, all } = await execa(process.execPath, [file], {
      ...{ cwd: folder, env: {}, extendEnv: false, reject: false, all: true },
    });
    expect(exitCode, all).to.be.greaterThan(0);
    expect(all).to.contain("VDI_NAMESPACE is missing").and.to.contain("VDI_PORTAL_URL is missing");
    expect(all).not.to.match(/\n\s+at /);
  });

  it("comes with the licence of each package in it, those of the pages among them", () => {
    const named = [...bundle.notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \((.+)\)$/gm)].map(([, name]) => name);
    expect(named).to.include.members(["openid-client", "jose", "preact", "undici"]);
    expect(bundle.notices).not.to.contain("no licence named");
  });
});

describe("the portal's image", () => {
  const dockerfile = readFileSync(join(projectRoot, "portal", "Dockerfile"), "utf8");

  it("is made from the same Node as the bundle runs in, holds nothing but the bundle, and is not root's", () => {
    expect(dockerfile).to.match(new RegExp(`^FROM ${nodeImage.replaceAll(".", "\\.")}$`, "m"));
    const copied = [...dockerfile.matchAll(/^COPY .*$/gm)].join("\n");
    expect(copied).to.contain("dist/kasm-portal.mjs").and.to.contain("dist/THIRD_PARTY.portal.txt");
    expect(dockerfile).to.match(/^USER 1000:1000$/m);
  });
});
