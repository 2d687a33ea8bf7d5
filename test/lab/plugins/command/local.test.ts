import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";

import { commandProvider } from "../../../../lab/plugins/command/provider.ts";
import { isSecret, secret, Unknown } from "../../../../lab/plugins/rpc/property.ts";
import type { Call } from "../../../../lab/plugins/rpc/provider.ts";
import { messageOf, recorder, stdoutOf } from "./recorder.ts";

describe("local.Command", () => {
  let folder: string;
  let local: ReturnType<typeof recorder>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "command-"));
    local = recorder("command:local:Command");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("runs create with environment, input and directory, and keeps inputs and both outputs in state", async () => {
    const inputs = {
      create: 'echo "$GREETING $(pwd)"; cat; echo oops >&2',
      environment: { GREETING: "hi" },
      stdin: "in",
      dir: folder,
    };
    const { id, properties } = await local.create(inputs);
    expect(id).to.match(/^it[0-9a-f]{8}$/);
    expect(properties).to.deep.equal({ ...inputs, stdout: `hi ${folder}\nin`, stderr: "oops" });
  });

  it("runs nothing in a preview: outputs are unknown, also of an update", async () => {
    const inputs = { create: `touch ${folder}/ran`, update: `touch ${folder}/ran` };
    const unknown = { stdout: new Unknown(), stderr: new Unknown() };
    expect(await local.create(inputs, { preview: true })).to.deep.equal({
      id: "",
      properties: { ...inputs, ...unknown },
    });
    const updated = await local.update(inputs, { ...inputs, stdout: "", stderr: "" }, { preview: true });
    expect(updated.properties).to.deep.equal({ ...inputs, ...unknown });
    expect(() => readFileSync(join(folder, "ran"))).to.throw("ENOENT");
  });

  it("runs update for a change, and create again where there is no update", async () => {
    const old = { stdout: "", stderr: "" };
    expect(stdoutOf(await local.update({ create: "echo created", update: "echo updated" }, old))).to.equal("updated");
    expect(stdoutOf(await local.update({ create: "echo created" }, old))).to.equal("created");
    expect(stdoutOf(await local.update({}, { ...old, stdout: "kept" }))).to.equal("kept");
  });

  it("gives the output of the run before to update and delete, unless told not to", async () => {
    const show = `echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"`;
    const old = { stdout: secret("out"), stderr: "err" };
    expect(stdoutOf(await local.update({ update: show }, old))).to.equal("out/err");
    expect(stdoutOf(await local.update({ update: show, addPreviousOutputInEnv: false }, old))).to.equal("/");
    await local.delete({ delete: `${show} > ${folder}/deleted`, ...old });
    expect(readFileSync(join(folder, "deleted"), "utf8")).to.equal("out/err\n");
  });

  it("uses another interpreter when one is given", async () => {
    const inputs = { create: "console.log(6 * 7)", interpreter: [process.execPath, "-e"] };
    expect(stdoutOf(await local.create(inputs))).to.equal("42");
  });

  it("takes off one line break at the end, no more", async () => {
    expect(stdoutOf(await local.create({ create: "printf 'a\\n\\n'" }))).to.equal("a\n");
  });

  it("shows lines while it runs, as far as logging says", async () => {
    const create = "echo out; echo err >&2; printf rest";
    for (const [logging, lines] of [
      ["stdoutAndStderr", ["err", "out", "rest"]],
      ["stdout", ["out", "rest"]],
      ["stderr", ["err"]],
      ["none", []],
    ] as const) {
      const one = recorder("command:local:Command");
      await one.create({ create, logging });
      expect(one.said.sort(), logging).to.deep.equal(lines);
    }
  });

  it("keeps output of secret inputs secret in state, and out of what is shown", async () => {
    const inputs = { create: 'echo "key=$KEY"', environment: { KEY: secret("hunter2") } };
    const { properties } = await local.create(inputs);
    expect(isSecret(properties.stdout)).to.equal(true);
    expect(stdoutOf({ properties })).to.equal("key=hunter2");
    expect(local.said).to.deep.equal(["key=[secret]"]);
  });

  it("reports exit code and last output of a failed command, without secrets", async () => {
    const inputs = { create: 'echo "bad $KEY" >&2; exit 7', environment: { KEY: secret("hunter2") } };
    const message = await messageOf(local.create(inputs));
    expect(message).to.equal(`the create command exited with code 7: echo "bad $KEY" >&2; exit 7\nbad [secret]`);
  });

  it("shows the last twenty lines of a long failure", async () => {
    const message = await messageOf(local.create({ create: "seq 1 50; false" }));
    expect(message.split("\n").slice(1)).to.deep.equal(Array.from({ length: 20 }, (_, index) => String(31 + index)));
  });

  it("tells a missing directory from a missing interpreter", async () => {
    expect(await messageOf(local.create({ create: "true", dir: "/no/where" }))).to.contain("the directory /no/where");
    expect(await messageOf(local.create({ create: "true", interpreter: ["/no/sh"] }))).to.contain(
      "/no/sh does not exist",
    );
  });

  it("ends everything the command has started when the engine cancels", async () => {
    const work = messageOf(local.create({ create: "sleep 60 & echo $!; wait" }));
    const child = Number(await local.firstLine());
    local.cancel();
    expect(await work).to.contain("was cancelled");
    await waitForEnd(child);
  });

  it("ends at the resource's timeout and names it", async () => {
    const message = await messageOf(local.create({ create: "sleep 60" }, { timeoutSeconds: 0.1 }));
    expect(message).to.contain("did not end within 0.1 s");
  });

  it("does not mind a command that leaves its input unread", async () => {
    expect(stdoutOf(await local.create({ create: "echo fine", stdin: "x".repeat(1_000_000) }))).to.equal("fine");
  });
});

describe("command:local:run", () => {
  const call = { signal: new AbortController().signal, status: () => undefined, log: {} } as unknown as Call;
  const invoke = (args: object) =>
    commandProvider.invoke!({ token: "command:local:run", args: { ...args }, preview: true }, call);

  it("runs its command at once and returns the output", async () => {
    const { result } = await invoke({ command: "echo $A", environment: { A: "b" } });
    expect(result).to.include({ stdout: "b", stderr: "" });
  });

  it("needs a command", async () => {
    expect((await invoke({})).failures).to.deep.equal([{ property: "command", reason: "is required" }]);
  });
});

/** A process that was ended may stay as a zombie until its new parent looks at it. */
async function waitForEnd(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!isRunning(pid)) return;
    await sleep(20);
  }
  throw new Error(`process ${pid} still runs`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
