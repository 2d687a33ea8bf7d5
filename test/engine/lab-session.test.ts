import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig, statusCode } from "../../kube/client.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { checkout } from "./lab-stack.ts";

const layout = labLayout(checkout);
const name = "engine-lab-session";

function session(...args: string[]) {
  const main = join(checkout, "lab", "main.ts");
  return execa(process.execPath, [main, "session", ...args], { reject: false, all: true });
}

async function succeeds(...args: string[]): Promise<string> {
  const { exitCode, all } = await session(...args);
  expect(exitCode, all).to.equal(0);
  return stripVTControlCharacters(all);
}

async function fails(...args: string[]): Promise<string> {
  const { exitCode, all } = await session(...args);
  expect(exitCode, all).to.equal(1);
  expect(all).not.to.contain("    at ");
  return all;
}

// What `npm run lab` started, by the commands that people have for it.
describe("sessions of the lab", () => {
  const client = new ClusterClient(loadKubeConfig({ file: layout.kubeconfig }));

  // Tests that ran before may have stopped the operator, or deleted what was in its namespace.
  before(() => execa(process.execPath, [join(checkout, "lab", "main.ts")]));
  after(async () => {
    await session("delete", name);
    await client.config.close();
  });

  it("begin with `demo`, which is Running", async () => {
    expect(await succeeds("list")).to.match(/^demo +demo@example\.com .* Running +Ready /m);
  });

  it("belong to an operator that has its ServiceAccount's rights and no more", async () => {
    const config = loadKubeConfig({ file: join(layout.kubeconfigs, "operator") });
    const operator = new ClusterClient(config);
    const read = (apiVersion: string, kind: string) =>
      operator.list(apiVersion, kind, { namespace: "kasm-vdi" }).then(() => 200, statusCode);
    expect(await read("vdi.kasm.io/v1alpha1", "VDISession")).to.equal(200);
    expect(await read("v1", "Secret")).to.equal(403);
    expect(await read("v1", "ConfigMap")).to.equal(403);
    await config.close();
  });

  it("are made, suspended, resumed and deleted", async () => {
    const created = await succeeds(
      ...["create", name, "--user", "alice@example.com", "--template", "webtop", "--no-home", "--wait"],
    );
    expect(created).to.contain(`Session ${name} of alice@example.com is Running`);
    expect(await succeeds("suspend", name)).to.contain("its desktop stops");
    expect(await succeeds("suspend", name)).to.contain("already");
    expect(await succeeds("resume", name)).to.contain("its desktop starts");
    expect(await succeeds("delete", name)).to.contain(`Deleted session ${name}.`);
    expect(await fails("delete", name)).to.contain(`There is no session ${name}.`);
  });

  it("are opened by a link from the operator that runs beside the cluster", async () => {
    const [url = ""] = (await succeeds("link", "demo")).split("\n");
    expect(new URL(url).hostname).to.match(/^[a-z2-7]{25}\.desktops\.lab\.localhost$/);
    expect(new URL(url).searchParams.get("vdi_token")).to.be.a("string");
  });

  it("are refused in a sentence: an unknown template with the closest one, a taken name, and what the API says", async () => {
    expect(await fails("create", name, "--user", "a", "--template", "webtob")).to.contain("Did you mean webtop?");
    expect(await fails("create", "demo", "--user", "a")).to.contain("There is a session demo already.");
    expect(await fails("create", name, "--user", "a", "--timeout", "0s")).to.contain("not a duration");
    expect(await fails("suspend", "demmo")).to.contain("Did you mean demo?");
  });

  it("need the process of the lab, which the Deployment's simulated pods do not replace", async () => {
    const operator = readRunRecord(layout, "operator");
    const { stdout } = await execa(process.execPath, [join(checkout, "lab", "main.ts"), "status"], { reject: false });
    expect(stdout).to.contain(`The operator at work is process ${operator?.pid ?? 0},`);
  });
});
