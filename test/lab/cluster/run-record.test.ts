import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

import { makePrivateFolder } from "../../../lab/cluster/private-files.ts";
import { isOver, parseStat, processIdentity, residentBytes } from "../../../lab/cluster/process-identity.ts";
import { isRunning, readRunRecord, writeRunRecord } from "../../../lab/cluster/run-record.ts";
import type { RunRecord } from "../../../lab/cluster/run-record.ts";
import { temporaryLab } from "./temporary-lab.ts";

describe("run records", () => {
  let lab: ReturnType<typeof temporaryLab>;
  let own: RunRecord;
  beforeEach(() => {
    lab = temporaryLab();
    makePrivateFolder(lab.layout.run);
    const identity = processIdentity(process.pid) ?? "";
    own = { root: lab.layout.root, pid: process.pid, identity, since: new Date().toISOString(), fingerprint: "f" };
  });
  afterEach(() => lab.remove());

  it("know a process again by its pid and its start", () => {
    writeRunRecord(lab.layout, "etcd", own);
    expect(isRunning(readRunRecord(lab.layout, "etcd"))).to.be.true;
  });

  it("do not take a process for the component when its pid was given to another one", () => {
    expect(isRunning({ ...own, identity: "an earlier boot/1" })).to.be.false;
  });

  it("name no process when the file is damaged", () => {
    writeFileSync(join(lab.layout.run, "etcd.json"), '{"pid": 12');
    expect(readRunRecord(lab.layout, "etcd")).to.be.undefined;
  });

  it("that came along in a copy of a checkout do not make the original's processes the copy's", () => {
    const original = mkdtempSync(join(tmpdir(), "original-"));
    writeRunRecord(lab.layout, "etcd", { ...own, root: original });
    expect(readRunRecord(lab.layout, "etcd")).to.be.undefined;
    rmSync(original, { recursive: true });
    expect(readRunRecord(lab.layout, "etcd"), "of a checkout that was moved here").to.deep.equal({
      ...own,
      root: original,
    });
  });
});

describe("/proc/PID/stat", () => {
  const after = "S 1 4242 4242 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 8 0 987654 1 2";

  it("is read past a process name with spaces and parentheses", () => {
    expect(parseStat(`4242 (kube) R 7 (x) ${after}`)).to.deep.equal({
      state: "S",
      group: 4242,
      threads: 8,
      startTicks: "987654",
    });
  });

  it("of a killed process is not the end of it until its last thread has ended: its ports are still taken", () => {
    const zombie = { state: "Z", group: 4242, startTicks: "1" };
    expect(isOver({ ...zombie, threads: 3 })).to.be.false;
    expect(isOver({ ...zombie, threads: 1 })).to.be.true;
  });

  it("that is empty, because the process is gone, names none", () => {
    expect(parseStat("")).to.be.undefined;
  });

  it("gives this process an identity and memory, and a pid that cannot exist none", () => {
    expect(processIdentity(process.pid)).to.match(/./);
    expect(residentBytes(process.pid)).to.be.greaterThan(10_000_000);
    expect(processIdentity(2 ** 30)).to.be.undefined;
    expect(residentBytes(2 ** 30)).to.be.undefined;
  });
});
