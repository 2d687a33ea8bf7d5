import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

import { expect } from "chai";
import { execa, type ResultPromise } from "execa";

import { withoutVersionWarning } from "../../lab/commands/engine-environment.ts";
import { installPlugins } from "../../lab/plugins/install.ts";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const program = `
import * as command from "@pulumi/command";
import * as random from "@pulumi/random";
const say = (name, otherwise) => process.env[name] ?? otherwise;
const password = new random.RandomPassword("password", { length: 24, keepers: { round: say("ROUND", "1") } });
new random.RandomString("string", { length: 8, special: false });
const id = new random.RandomId("id", { byteLength: 8 });
const local = new command.local.Command("local", {
  create: say("CREATE", "echo created $PASSWORD"),
  update: "echo updated",
  delete: "echo deleted > $FOLDER/deleted",
  environment: { PASSWORD: password.result, FOLDER: process.env.FOLDER, WORD: say("WORD", "a") },
  triggers: [say("TRIGGER", "1")],
});
export const hex = id.hex;
export const text = password.result;
export const output = local.stdout;
`;

interface Step {
  op: string;
  urn: string;
}

describe("the random and command stand-ins under the real engine", function () {
  this.timeout(120_000);
  let folder: string;
  let work: string;
  const pulumi = (args: string[], env: Record<string, string> = {}): ResultPromise<{ reject: false }> =>
    execa("pulumi", [...args, "--non-interactive", "--stack", "test"], {
      cwd: work,
      reject: false,
      env: {
        FOLDER: folder,
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: pathToFileURL(join(folder, "state")).href,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...withoutVersionWarning,
        ...env,
      },
    });
  const up = async (env: Record<string, string> = {}) => {
    const result = await pulumi(["up", "--yes", "--skip-preview"], env);
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).to.equal(0);
  };
  const changes = async (env: Record<string, string>) => {
    const { stdout } = await pulumi(["preview", "--json"], env);
    const { steps } = JSON.parse(stdout) as { steps: Step[] };
    const changed = steps.filter(({ op }) => op !== "same");
    return Object.fromEntries(changed.map(({ op, urn }): [string, string] => [urn.split("::").at(-1) ?? "", op]));
  };
  const output = async (name: string) => (await pulumi(["stack", "output", name, "--show-secrets"])).stdout;
  const state = () => readFileSync(join(folder, "state", ".pulumi", "stacks", "scratch", "test.json"), "utf8");

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "stand-ins-"));
    work = join(folder, "program");
    for (const name of ["home", "state", "program"]) mkdirSync(join(folder, name));
    symlinkSync(join(checkout, "node_modules"), join(work, "node_modules"));
    writeFileSync(join(work, "package.json"), '{ "type": "module" }');
    writeFileSync(join(work, "index.js"), program);
    writeFileSync(
      join(work, "Pulumi.yaml"),
      "name: scratch\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    await installPlugins({ pulumiHome: join(folder, "home"), env: { ...process.env, KASM_VDI_PLUGINS: "local" } });
    const made = await pulumi(["stack", "init"]);
    expect(made.exitCode, made.stderr).to.equal(0);
    await up();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("install everything and then have nothing to change", async () => {
    expect(await output("hex")).to.match(/^[0-9a-f]{16}$/);
    const { exitCode, stdout } = await pulumi(["preview", "--expect-no-changes"]);
    expect(exitCode, stdout).to.equal(0);
  });

  it("stay as they are through a refresh", async () => {
    const { exitCode, stdout } = await pulumi(["refresh", "--yes", "--expect-no-changes"]);
    expect(exitCode, stdout).to.equal(0);
  });

  it("keep the password out of state, also where a command has printed it", async () => {
    const password = await output("text");
    expect(await output("output")).to.equal(`created ${password}`);
    expect(state()).not.to.contain(password);
  });

  it("replace a password whose keeper changes, and run the command that depends on it", async () => {
    expect(await changes({ ROUND: "2" })).to.include({ password: "replace", local: "update" });
  });

  it("update a command for a changed variable and replace it for a changed trigger, deleting the old one", async () => {
    await up({ WORD: "b" });
    expect(await output("output")).to.equal("updated");
    await up({ WORD: "b", TRIGGER: "2" });
    expect(await output("output")).to.match(/^created /);
    expect(readFileSync(join(folder, "deleted"), "utf8")).to.equal("deleted\n");
  });

  it("report a failing command with its code and output, without the secret in it", async () => {
    const password = await output("text");
    const { exitCode, stdout } = await pulumi(["up", "--yes", "--skip-preview"], {
      TRIGGER: "3",
      CREATE: "echo it broke at $PASSWORD; exit 7",
    });
    expect(exitCode).not.to.equal(0);
    expect(stdout).to.contain("exited with code 7").and.to.contain("it broke at [secret]").and.not.to.contain(password);
  });

  for (const [signal, what] of [
    ["SIGINT", "is cancelled"],
    ["SIGKILL", "is killed"],
  ] as const) {
    it(`leave no process behind when the engine ${what}`, async () => {
      const pidFile = join(folder, `${signal}.pid`);
      const running = pulumi(["up", "--yes", "--skip-preview"], {
        TRIGGER: signal,
        CREATE: `echo $$ > ${pidFile}; sleep 100`,
      });
      const command = await pidIn(pidFile);
      running.kill(signal);
      const { stdout } = await running;
      if (signal === "SIGINT") expect(stdout).to.contain("was cancelled");
      await ends(command);
      await pulumi(["cancel", "--yes"]);
    });
  }

  it("destroy all of it", async () => {
    const { exitCode, stdout } = await pulumi(["destroy", "--yes", "--skip-preview"]);
    expect(exitCode, stdout).to.equal(0);
  });
});

async function pidIn(file: string): Promise<number> {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      const pid = Number(readFileSync(file, "utf8"));
      if (pid > 0) return pid;
    } catch {
      // The command has not started yet.
    }
    await sleep(50);
  }
  throw new Error(`the command did not start: no ${file}`);
}

async function ends(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      process.kill(pid, 0);
      if (process.platform === "linux" && /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return;
    } catch {
      return;
    }
    await sleep(50);
  }
  throw new Error(`process ${pid} still runs`);
}
