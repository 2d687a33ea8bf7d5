import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { commandProvider } from "../../../lab/plugins/command/provider.ts";
import { installPlugins, pluginLine, plugins } from "../../../lab/plugins/install.ts";
import { installed, pluginFolder, replaceFolder, standInScript } from "../../../lab/plugins/plugin-folder.ts";
import type { Plugin } from "../../../lab/plugins/plugin-folder.ts";
import { randomProvider } from "../../../lab/plugins/random/provider.ts";

const random = { name: "random", version: "4.21.2" };
const kubernetes = { name: "kubernetes", version: "4.34.2" };

describe("installing plugins", () => {
  let folder: string;
  let pulumiHome: string;
  let asked: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "plugins-"));
    pulumiHome = join(folder, "lab's home");
    asked = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const offline = (_: string, { name }: Plugin): Promise<void> => {
    asked.push(name);
    return Promise.reject(new Error("get.pulumi.com could not be reached (ENOTFOUND)"));
  };
  const online = async (home: string, plugin: Plugin) => {
    asked.push(plugin.name);
    await replaceFolder(home, plugin, (target) => {
      program(target, plugin);
      return Promise.resolve();
    });
  };
  /** As the tools provide it: a program of another version than the SDK asks for. */
  const build = () => {
    asked.push("build");
    const path = join(folder, "pulumi-resource-kubernetes");
    program(folder, kubernetes);
    return Promise.resolve({
      name: "pulumi-resource-kubernetes",
      version: "4.25.0",
      path,
      source: "build" as const,
      companions: [],
    });
  };
  const install = (wish?: string, download = offline) =>
    installPlugins({
      pulumiHome,
      download,
      build,
      env: { HOME: join(folder, "user"), ...(wish && { KASM_VDI_PLUGINS: wish }) },
    });
  const kinds = async (...args: Parameters<typeof install>) =>
    Object.fromEntries((await install(...args)).map(({ name, kind }) => [name, kind]));
  const userHas = (plugin: Plugin) => {
    const target = pluginFolder(join(folder, "user", ".pulumi"), plugin);
    mkdirSync(target, { recursive: true });
    program(target, plugin);
    return target;
  };
  const run = (plugin: Plugin) =>
    execFileSync(join(pluginFolder(pulumiHome, plugin), `pulumi-resource-${plugin.name}`)).toString();

  it("pins what the SDKs ask the engine for, and the stand-ins say the same", () => {
    const require = createRequire(import.meta.url);
    for (const { name, version } of plugins) {
      const sdk = require(`@pulumi/${name}/package.json`) as { pulumi: { version: string } };
      expect(version, name).to.equal(sdk.pulumi.version);
    }
    const versions = Object.fromEntries(plugins.map(({ name, version }) => [name, version]));
    expect(versions).to.include({ random: randomProvider.version, command: commandProvider.version });
  });

  it("builds kubernetes and uses stand-ins for the others without internet, asks once only, and says so in one line", async () => {
    const choices = await install();
    expect(pluginLine(choices)).to.equal(
      "official kubernetes 4.25.0, built from its Go modules; the lab's stand-ins for random 4.21.2, command 1.2.1 (docs/plugins.md)",
    );
    expect(asked.sort()).to.deep.equal(["build", "command", "kubernetes", "random"]);
    asked = [];
    expect(pluginLine(await install())).to.equal(pluginLine(choices));
    expect(asked).to.deep.equal(["build"]);
  });

  it("puts the built kubernetes plugin where the engine looks for the SDK's version, and says which version it is", async () => {
    await install();
    expect(run(kubernetes)).to.equal("official kubernetes\n");
    expect(await installed(pulumiHome, kubernetes)).to.include({ kind: "built", version: "4.25.0" });
  });

  it("takes the official kubernetes plugin where it can be had, without a build", async () => {
    userHas(kubernetes);
    expect((await kinds())["kubernetes"]).to.equal("official");
    expect(asked).not.to.include("build");
  });

  it("links the user's own official plugin, also over a stand-in, and uses stand-ins for the others", async () => {
    await install();
    userHas(random);
    expect(await kinds()).to.deep.equal({ kubernetes: "built", random: "official", command: "stand-in" });
    expect(run(random)).to.equal("official random\n");
    expect(pluginLine(await install())).to.match(
      /^official random 4.21.2; official kubernetes 4.25.0, built .*; the lab's stand-ins for command/,
    );
  });

  it("leaves a stand-in alone that is up to date, and rewrites one that another checkout has left", async () => {
    await install();
    const script = join(pluginFolder(pulumiHome, random), "pulumi-resource-random");
    const { ino } = statSync(script);
    await install();
    expect(statSync(script).ino).to.equal(ino);
    const current = readFileSync(script, "utf8");
    writeFileSync(script, current.replace("main.ts", "gone.ts"));
    await install();
    expect(readFileSync(script, "utf8")).to.equal(current);
  });

  it("leaves an official plugin alone that is in place", async () => {
    await install(undefined, online);
    asked = [];
    expect(await kinds(undefined, online)).to.deep.equal({
      kubernetes: "official",
      random: "official",
      command: "official",
    });
    expect(asked).to.deep.equal([]);
  });

  it("does not take a broken-off installation for a plugin", async () => {
    writeFileSync(`${userHas(random)}.partial`, "");
    expect((await kinds())["random"]).to.equal("stand-in");
  });

  it("downloads nothing under KASM_VDI_PLUGINS=local with the official one at hand, and goes back without it", async () => {
    userHas(random);
    expect((await kinds("local"))["random"]).to.equal("stand-in");
    expect(asked).to.deep.equal(["build"]);
    expect((await kinds())["random"]).to.equal("official");
  });

  it("fails under KASM_VDI_PLUGINS=official with the reason and the way out", async () => {
    const message = await install("official").then(String, String);
    expect(message).to.contain("ENOTFOUND").and.to.contain("pulumi plugin install resource");
  });

  it("fetches the official ones over stand-ins under KASM_VDI_PLUGINS=official", async () => {
    await install();
    expect((await kinds("official", online))["random"]).to.equal("official");
  });

  it("refuses another value of KASM_VDI_PLUGINS", async () => {
    expect(await install("offical").then(String, String)).to.contain('KASM_VDI_PLUGINS is "offical"');
  });

  it("writes a stand-in that runs from paths with spaces and quotes", () => {
    const main = join(folder, "it's main.ts");
    writeFileSync(main, "console.log(process.argv[2]);\n");
    const script = join(folder, "script");
    writeFileSync(script, standInScript(process.execPath, main, join(folder, "cache")), { mode: 0o755 });
    expect(execFileSync(script, ["127.0.0.1:1"]).toString()).to.equal("127.0.0.1:1\n");
  });

  it("tells a stand-in from a release", async () => {
    await install();
    expect(await installed(pulumiHome, random)).to.include({ kind: "stand-in", version: random.version });
  });
});

function program(folder: string, { name }: Plugin): void {
  writeFileSync(join(folder, `pulumi-resource-${name}`), `#!/bin/sh\necho official ${name}\n`, { mode: 0o755 });
}
