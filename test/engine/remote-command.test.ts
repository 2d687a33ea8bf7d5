import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { isSecret, secret } from "../../lab/plugins/rpc/property.ts";
import { messageOf, recorder, stdoutOf } from "../lab/plugins/command/recorder.ts";
import { answers, freePort } from "./loopback-ports.ts";

const sshd = "/usr/sbin/sshd";

describe("remote.Command against a real SSH server on loopback", () => {
  let folder = "";
  let server: ChildProcess | undefined;
  let port: number;
  let hostKey: string;
  let remote: ReturnType<typeof recorder>;

  before(async function () {
    if (!existsSync(sshd) || process.getuid?.() !== 0) {
      console.log(`    needs ${sshd} and root: skipped`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "sshd-"));
    for (const name of ["host", "other", "user", "locked"]) {
      execFileSync("ssh-keygen", [
        "-q",
        "-t",
        "ed25519",
        "-N",
        name === "locked" ? "phrase" : "",
        "-f",
        join(folder, name),
      ]);
    }
    hostKey = readFileSync(join(folder, "host.pub"), "utf8");
    port = await freePort();
    writeFileSync(
      join(folder, "config"),
      [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${folder}/host`,
        `AuthorizedKeysFile ${folder}/user.pub ${folder}/locked.pub`,
        "PidFile none",
        "StrictModes no",
        "AcceptEnv ALLOWED PULUMI_COMMAND_STDOUT",
        "",
      ].join("\n"),
    );
    mkdirSync("/run/sshd", { recursive: true });
    server = spawn(sshd, ["-D", "-e", "-f", join(folder, "config")], { stdio: "ignore" });
    await answers(port);
  });
  after(() => {
    server?.kill();
    if (folder) rmSync(folder, { recursive: true });
  });
  beforeEach(() => (remote = recorder("command:remote:Command")));

  const privateKey = (name: string) => secret(readFileSync(join(folder, name), "utf8"));
  const connection = (more = {}) => ({
    host: "127.0.0.1",
    port,
    user: userInfo().username,
    privateKey: privateKey("user"),
    dialErrorLimit: 1,
    ...more,
  });

  it("runs a command with its input over the known host key, and keeps its output in clear", async () => {
    const inputs = { create: "cat; echo; echo err >&2", stdin: "in", connection: connection({ hostKey }) };
    const { properties } = await remote.create(inputs);
    expect(properties).to.include({ stdout: "in", stderr: "err" });
    expect(isSecret(properties.connection)).to.equal(true);
    expect(remote.said.sort()).to.deep.equal(["err", "in"]);
  });

  it("passes variables that the server accepts", async () => {
    const inputs = { create: 'echo "$ALLOWED"', environment: { ALLOWED: "it's here" }, connection: connection() };
    expect(stdoutOf(await remote.create(inputs))).to.equal("it's here");
  });

  it("fails before it runs when the server drops a variable, and names it and the remedy", async () => {
    const inputs = { create: `touch ${folder}/ran`, environment: { DENIED: "x" }, connection: connection() };
    const message = await messageOf(remote.create(inputs));
    expect(message).to.contain("DENIED").and.to.contain("AcceptEnv");
    expect(existsSync(join(folder, "ran"))).to.equal(false);
  });

  it("only warns when output of the run before does not pass", async () => {
    const inputs = { update: 'echo "[$PULUMI_COMMAND_STDOUT]"', connection: connection() };
    const updated = await remote.update(inputs, { stdout: "before", stderr: "also" });
    expect(stdoutOf(updated)).to.equal("[before]");
    expect(remote.said.join()).to.contain("PULUMI_COMMAND_STDERR could not be set");
  });

  it("reports the exit code of a failed command", async () => {
    const message = await messageOf(remote.create({ create: "echo why >&2; exit 3", connection: connection() }));
    expect(message).to.equal("the create command exited with code 3: echo why >&2; exit 3\nwhy");
  });

  it("refuses a server with another host key at once, and shows both keys", async () => {
    const other = readFileSync(join(folder, "other.pub"), "utf8");
    const message = await messageOf(remote.create({ create: "id", connection: connection({ hostKey: other }) }));
    expect(message).to.contain(`the host 127.0.0.1:${port} is not the expected one: its ssh-ed25519 key is SHA256:`);
    for (const name of ["host", "other"]) {
      const listed = execFileSync("ssh-keygen", ["-lf", join(folder, `${name}.pub`)], { encoding: "utf8" });
      expect(message).to.contain(listed.split(" ")[1]);
    }
    expect(remote.said).to.deep.equal([]);
  });

  it("says who is not let in when the key or the password is wrong", async () => {
    const wrong = [{ privateKey: privateKey("other") }, { privateKey: undefined, password: secret("wrong") }];
    for (const login of wrong) {
      const message = await messageOf(remote.create({ create: "id", connection: connection(login) }));
      expect(message).to.contain(`127.0.0.1:${port} does not let ${userInfo().username} in after 2 attempts`);
    }
  });

  it("opens a key that has a passphrase", async () => {
    const locked = { privateKey: privateKey("locked"), privateKeyPassword: secret("phrase") };
    expect(stdoutOf(await remote.create({ create: "echo in", connection: connection(locked) }))).to.equal("in");
  });

  it("goes through a proxy", async () => {
    const inputs = { create: "echo through", connection: connection({ proxy: connection() }) };
    expect(stdoutOf(await remote.create(inputs))).to.equal("through");
  });

  it("tries again until its limit, and says so while it does", async () => {
    const closed = await freePort();
    const message = await messageOf(remote.create({ create: "id", connection: connection({ port: closed }) }));
    expect(message).to.contain(`127.0.0.1:${closed} cannot be reached after 2 attempts`).and.to.contain("ECONNREFUSED");
    expect(remote.said.join()).to.contain("attempt 1/1 failed");
  });

  it("shows no credential in any message", async () => {
    const message = await messageOf(
      remote.create({
        create: "id",
        connection: connection({ privateKey: privateKey("locked"), privateKeyPassword: secret("wrong-phrase") }),
      }),
    );
    expect(message).to.contain("cannot be reached").and.not.to.contain("wrong-phrase").and.not.to.contain("BEGIN");
  });

  it("stops when the engine cancels", async () => {
    const work = messageOf(remote.create({ create: "echo up; sleep 60", connection: connection() }));
    await remote.firstLine();
    remote.cancel();
    expect(await work).to.contain("was cancelled");
  });
});
