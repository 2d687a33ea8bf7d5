import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ContainerLog, parseLog, selectLog } from "../../../../lab/desktop/node/container-log.ts";
import { readLogQuestion } from "../../../../lab/desktop/node/kubelet-server.ts";

const line = (second: number, text: string) => `2026-01-01T00:00:0${second}.000Z stdout F ${text}\n`;
const lines = parseLog([line(1, "one"), line(2, "two"), line(3, "three")].join(""));

describe("a container's log", () => {
  it("has each line with its time and stream, also one that came in parts or has no end", () => {
    const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-log-"));
    try {
      const log = new ContainerLog(join(folder, "log"));
      log.add("stdout", "half a ");
      log.add("stderr", "beside\n");
      log.add("stdout", "line\nno end");
      log.close();
      const written = readFileSync(join(folder, "log"), "utf8");
      expect(written.split("\n").map((it) => it.replace(/^\S+ /, ""))).to.deep.equal([
        ...["stderr F beside", "stdout F half a line", "stdout F no end", ""],
      ]);
      expect(parseLog(written).map(({ text }) => text)).to.deep.equal(["beside\n", "half a line\n", "no end\n"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is cut as its reader asks", () => {
    expect(selectLog(lines, { hasTimestamps: false })).to.equal("one\ntwo\nthree\n");
    expect(selectLog(lines, { hasTimestamps: false, tailLines: 1 })).to.equal("three\n");
    expect(selectLog(lines, { hasTimestamps: false, tailLines: 0 })).to.equal("");
    expect(selectLog(lines, { hasTimestamps: false, limitBytes: 5 })).to.equal("one\nt");
    const sinceMs = Date.parse("2026-01-01T00:00:03Z");
    expect(selectLog(lines, { hasTimestamps: true, sinceMs })).to.equal("2026-01-01T00:00:03.000Z three\n");
  });
});

describe("the API server's question for a log", () => {
  it("is read as a kubelet reads it", () => {
    const url = "/containerLogs/vdi/alice/desktop?follow=true&tailLines=10&sinceSeconds=60&timestamps=true";
    expect(readLogQuestion(url, 100_000)).to.deep.include({
      ...{ pod: "vdi/alice", container: "desktop", isFollowed: true, isPrevious: false },
      ...{ tailLines: 10, sinceMs: 40_000, hasTimestamps: true },
    });
    expect(readLogQuestion("/containerLogs/vdi/alice/desktop?previous=true", 0)).to.deep.include({ isPrevious: true });
  });

  it("is not that for anything else", () => {
    for (const url of ["/exec/vdi/alice/desktop", "/containerLogs/vdi/alice", "/pods"])
      expect(readLogQuestion(url, 0)).to.equal(undefined);
  });
});
