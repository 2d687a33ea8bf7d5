import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { refText } from "../../../analyzers/finding.ts";
import { serviceOf } from "../../../analyzers/waits/target.ts";

const cluster = new Cluster({
  kind: "KasmVdiSnapshot",
  schemaVersion: 1,
  takenAt: "2026-11-29T09:00:00Z",
  objects: { Namespace: { seen: [{ kind: "Namespace", metadata: { name: "data" } }] } },
  logs: [],
  probes: [],
});

describe("the Service that a host stands for", () => {
  for (const [host, service] of [
    ["kasm-db", "Service kasm/kasm-db"],
    ["kasm-db.data", "Service data/kasm-db"],
    ["kasm-db.other.svc", "Service other/kasm-db"],
    ["kasm-db.other.svc.cluster.local.", "Service other/kasm-db"],
    ["db.example", "none"],
    ["pg.example.com", "none"],
    ["10.0.0.7", "none"],
  ] as const)
    it(`${host} is ${service}`, () => {
      const found = serviceOf(cluster, host, "kasm");
      expect(found ? refText(found) : "none").to.equal(service);
    });
});
