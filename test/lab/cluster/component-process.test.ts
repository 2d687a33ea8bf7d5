import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";

import { startProcess, stopProcess } from "../../../lab/cluster/component-process.ts";
import { logFile } from "../../../lab/cluster/layout.ts";
import { lastLines } from "../../../lab/cluster/log-files.ts";
import { isRunning, readRunRecord, removeRunRecord } from "../../../lab/cluster/run-record.ts";
import { markChildren, markedComponent, markedProcesses, strayProcesses } from "../../../lab/cluster/strays.ts";
import { temporaryLab } from "./temporary-lab.ts";

describe("component processes", () => {
  let lab: ReturnType<typeof temporaryLab>;
  beforeEach(() => (lab = temporaryLab()));
  afterEach(async () => {
    await Promise.all(markedProcesses(lab.layout).map((left) => stopProcess(left, 0)));
    lab.remove();
  });

  const start = (script: string) =>
    startProcess(lab.layout, "etcd", { program: process.execPath, args: ["-e", script], files: [] });
  const untilLogged = async (text: string) => {
    while (!lastLines(logFile(lab.layout, "etcd"), 5).includes(text)) await sleep(10);
  };

  it("that end say how", async () => {
    const { ended } = await start("process.exit(7)");
    expect(await ended).to.equal("ended with exit code 7");
  });

  it("that do not exist are named with the reason", async () => {
    const failure = await startProcess(lab.layout, "etcd", { program: "/no/such/etcd", args: [], files: [] }).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).to.match(/etcd could not be started: .*ENOENT/);
  });

  it("get no variable of their starter that could hold a secret or another cluster", async () => {
    process.env["AWS_SECRET_ACCESS_KEY"] = "s3cret";
    const { ended } = await start("console.log(JSON.stringify(process.env))");
    delete process.env["AWS_SECRET_ACCESS_KEY"];
    await ended;
    const environment = JSON.parse(readFileSync(logFile(lab.layout, "etcd"), "utf8")) as Record<string, string>;
    expect(environment).to.include({ KASM_VDI_LAB: lab.layout.root, KASM_VDI_LAB_COMPONENT: "etcd" });
    expect(environment).not.to.have.any.keys("AWS_SECRET_ACCESS_KEY", "KUBECONFIG");
  });

  it("keep the log of the run before, and no more", async () => {
    for (const run of ["first", "second", "third"]) await (await start(`console.log("${run}")`)).ended;
    const log = logFile(lab.layout, "etcd");
    expect([lastLines(log, 5), lastLines(`${log}.1`, 5)]).to.deep.equal([["third"], ["second"]]);
  });

  it("end on SIGTERM, and by force when they ignore it", async () => {
    const polite = await start("setInterval(() => {}, 1000); console.log('up')");
    await untilLogged("up");
    expect(await stopProcess(polite.record, 5_000)).to.equal("ended");
    const deaf = await start("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')");
    await untilLogged("up");
    expect(await stopProcess(deaf.record, 100)).to.equal("killed");
    expect(isRunning(deaf.record)).to.be.false;
  });

  it("are found without their record, but are no strays as long as they have one", async function () {
    if (process.platform !== "linux") this.skip();
    const child = "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])";
    const { record } = await start(`${child}.once('spawn', () => console.log('up')); setInterval(() => {}, 1000)`);
    await untilLogged("up");
    expect(isRunning(readRunRecord(lab.layout, "etcd"))).to.be.true;
    expect(strayProcesses(lab.layout), "neither it nor its child").to.be.empty;
    removeRunRecord(lab.layout, "etcd");
    expect(strayProcesses(lab.layout).map(({ pid }) => pid))
      .to.include(record.pid)
      .and.have.lengthOf(2);
  });

  it("that a killed command has started are strays, those of a command that works are not", async function () {
    if (process.platform !== "linux") this.skip();
    const { layout } = lab;
    const lock = new URL("../../../lab/cluster/lab-lock.ts", import.meta.url).href;
    const script = `
      const { withLabLock } = await import(${JSON.stringify(lock)});
      const { spawn } = await import("node:child_process");
      await withLabLock(${JSON.stringify(layout)}, "up", () => undefined, () => new Promise(() => {
        spawn("sleep", ["60"]).once("spawn", () => console.log("up"));
      }));`;
    const command = spawn(process.execPath, ["--input-type=module", "--eval", script]);
    await once(command.stdout, "data");
    command.kill("SIGKILL");
    await once(command, "exit");
    const [left, ...others] = strayProcesses(layout);
    expect(others).to.be.empty;
    expect(readFileSync(`/proc/${left?.pid}/cmdline`, "utf8")).to.equal("sleep\x0060\x00");

    const end = markChildren(layout, `command-${process.pid}`);
    const own = spawn("sleep", ["60"]);
    end();
    await once(own, "spawn");
    expect(markedProcesses(layout)).to.have.lengthOf(2);
    expect(strayProcesses(layout).map(({ pid }) => pid)).to.deep.equal([left?.pid]);
    own.kill();
    const other = spawn("sleep", ["60"]);
    await once(other, "spawn");
    expect(markedProcesses(layout).map(({ pid }) => pid)).not.to.include(other.pid);
    other.kill();
  });

  it("of another checkout carry another mark", () => {
    const environment = "A=b\0KASM_VDI_LAB=/other/.lab\0KASM_VDI_LAB_COMPONENT=etcd\0";
    expect(markedComponent(environment, lab.layout)).to.be.undefined;
  });
});
