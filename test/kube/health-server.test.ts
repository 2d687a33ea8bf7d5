import { expect } from "chai";
import { Counter, Registry } from "prom-client";
import { serveHealth } from "../../kube/health-server.ts";

describe("the health server", () => {
  let problem: string | undefined;
  let detail: string | undefined;
  let server: { port: number; close: () => Promise<void> };

  beforeEach(async () => {
    problem = detail = undefined;
    const registry = new Registry();
    new Counter({ name: "sessions_total", help: "sessions", registers: [registry] });
    const ready = {
      caches: () => (detail === undefined ? problem : { detail }),
      bug: () => {
        if (problem === "bug") throw new Error("my bug");
        return undefined;
      },
    };
    server = await serveHealth({ port: 0, host: "127.0.0.1", live: {}, ready, registry });
  });
  afterEach(() => server.close());

  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return `${response.status} ${(await response.text()).trim()}`;
  };

  it("is well and ready when all checks are", async () => {
    expect(await ask("/healthz")).to.equal("200 ok");
    expect(await ask("/readyz?verbose")).to.equal("200 [+] caches\n[+] bug");
  });

  it("tells what a check has to tell though all is well", async () => {
    detail = "12 s old";
    expect(await ask("/readyz")).to.equal("200 [+] caches: 12 s old\n[+] bug");
  });

  it("names each check that fails, and stays alive", async () => {
    problem = "VDISession not read yet";
    expect(await ask("/readyz")).to.equal("503 [-] caches: VDISession not read yet\n[+] bug");
    expect(await ask("/healthz")).to.equal("200 ok");
  });

  it("counts a check that throws as failed", async () => {
    problem = "bug";
    expect(await ask("/readyz"))
      .to.include("503")
      .and.include("[-] bug: my bug");
  });

  it("serves the metrics, and nothing else", async () => {
    expect(await ask("/metrics")).to.include("sessions_total 0");
    expect(await ask("/")).to.match(/^404/);
    expect(await ask("/metrics", "POST")).to.match(/^405/);
  });
});
