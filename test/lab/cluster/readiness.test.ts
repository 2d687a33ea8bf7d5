import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

import { whyNotReady } from "../../../lab/cluster/readiness.ts";
import { temporaryLab } from "./temporary-lab.ts";

async function reasonOf(status: number, body: string): Promise<string | undefined> {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return (await whyNotReady({ kind: "http", url: `http://127.0.0.1:${port}/readyz` }, ""))?.replace(
      `${port}`,
      "PORT",
    );
  } finally {
    server.close();
  }
}

describe("readiness", () => {
  it("is a 200", async () => {
    expect(await reasonOf(200, "ok")).to.be.undefined;
  });

  it("names only the checks that failed", async () => {
    expect(await reasonOf(500, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n")).to.equal(
      "http://127.0.0.1:PORT/readyz says 500: [-]etcd failed: reason withheld",
    );
  });

  it("says that nobody listens", async () => {
    expect(await whyNotReady({ kind: "http", url: "http://127.0.0.1:1/healthz" }, "")).to.include("ECONNREFUSED");
  });

  it("of a process that does not listen is a line in its log", async () => {
    const { layout, remove } = temporaryLab();
    const log = join(layout.root, "simulators.log");
    const probe = { kind: "log-line", matches: /^ready\b/m } as const;
    expect(await whyNotReady(probe, log)).to.be.a("string");
    writeFileSync(log, "starting\nnot ready yet\n");
    expect(await whyNotReady(probe, log)).to.be.a("string");
    writeFileSync(log, "starting\nready: GPUs, volumes, load balancers\n");
    expect(await whyNotReady(probe, log)).to.be.undefined;
    remove();
  });
});
