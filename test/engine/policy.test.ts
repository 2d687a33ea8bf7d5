import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ScratchStack } from "./scratch-stack.ts";

const checkout = join(import.meta.dirname, "..", "..");
const pack = join(checkout, "policy", "start");

// What the pack should refuse: a Deployment without limits on a moving image, a password in a Release and one that is
// not there yet, a command with a token in its text.
const badProgram = `
import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as random from "@pulumi/random";
const provider = new k8s.Provider("cluster", { kubeconfig: process.env.KUBECONFIG });
const labels = { app: "web" };
new k8s.apps.v1.Deployment("web", {
  metadata: { name: "web", namespace: "default", annotations: { "pulumi.com/skipAwait": "true" } },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx" }] } },
  },
}, { provider });
const password = new random.RandomPassword("password", { length: 20 });
new k8s.helm.v3.Release("shop", {
  name: "shop",
  namespace: "default",
  chart: ${JSON.stringify(join(checkout, "lab", "charts", "kasm-helm"))},
  values: { admin: { password: "hunter22hunter22" }, other: password.result },
}, { provider });
new command.local.Command("run", { create: "true --token hunter22hunter22" });
`;

describe("the policy pack in the engine", () => {
  let scratch: ScratchStack;
  before(async () => {
    scratch = await ScratchStack.make(badProgram);
  });
  after(() => scratch.remove());

  it("has nothing against the program", async () => {
    const { exitCode, all } = await execa(
      "pulumi",
      ["preview", "--policy-pack", "policy/start", "--non-interactive", "--stack", "lab"],
      { cwd: checkout, reject: false, all: true },
    );
    expect(exitCode, all).to.equal(0);
    expect(all).to.match(/✅ kasm-vdi@v/);
  });

  it("refuses a bad program with each rule's name, the object, the fault and the way out", async () => {
    const { exitCode, all } = await scratch.pulumi(["preview", "--policy-pack", pack]);
    expect(exitCode, all).not.to.equal(0);
    const said = all.replace(/\s+/g, " ");
    for (const expected of [
      "[mandatory] images-are-pinned (kubernetes:apps/v1:Deployment: web)",
      "Deployment default/web (web): container web runs nginx",
      "Give the image a version as tag, or a digest.",
      "[mandatory] containers-have-resources (kubernetes:apps/v1:Deployment: web)",
      "Release default/shop (shop): values.admin.password is a literal",
      "Release default/shop (shop): values.other is not known",
      "Release default/shop (shop): database.storage.retentionPolicy.whenDeleted is not Retain",
      "Command run: create holds token",
    ])
      expect(said).to.include(expected);
    expect(said).not.to.include("hunter22");
    expect(said).not.to.include("can't run policy");
  });

  it("stops an up before the resource is touched", async () => {
    const { exitCode, all } = await scratch.pulumi(["up", "--yes", "--skip-preview", "--policy-pack", pack]);
    expect(exitCode, all).not.to.equal(0);
    const { deployment } = JSON.parse(await scratch.run(["stack", "export"])) as {
      deployment: { resources?: { type: string }[] };
    };
    expect((deployment.resources ?? []).map(({ type }) => type)).not.to.include("kubernetes:apps/v1:Deployment");
    await scratch.run(["destroy", "--yes", "--skip-preview"]);
  });

  it("goes by the site's own levels", async () => {
    const levels = join(scratch.folder, "levels.json");
    writeFileSync(levels, JSON.stringify({ all: "advisory", "images-are-pinned": "disabled" }));
    const said = await scratch.run(["preview", "--policy-pack", pack, "--policy-pack-config", levels]);
    expect(said).to.match(/\[advisory\] +containers-have-resources/);
    expect(said).not.to.include("images-are-pinned");
  });

  // This lab's language host cannot start folders, so the command is the one that Pulumi's own host runs
  // (pulumi/pulumi:sdk/nodejs/cmd/pulumi-language-nodejs/main.go, RunPlugin).
  it("starts as a folder, too: past the ts-node that a language host registers", async () => {
    const folder = join(checkout, "policy");
    const host = join(checkout, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    const run = spawn("node", [host, "127.0.0.1:1", folder], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [port] = (await once(run.stdout, "data")) as [Buffer];
      expect(Number(port.toString())).to.be.within(1, 65_535);
    } finally {
      run.kill();
    }
  });
});
