import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";

import { labLayout } from "../../../lab/cluster/layout.ts";
import { allReady } from "../../../lab/cluster/status.ts";
import type { ComponentStatus } from "../../../lab/cluster/status.ts";
import { labData } from "../../../lab/commands/reset.ts";
import { duration, renderStatus } from "../../../lab/commands/status.ts";

const layout = labLayout("/checkout");
const ready: ComponentStatus = {
  name: "etcd",
  state: "ready",
  pid: 4242,
  since: "2026-01-01T10:00:00.000Z",
  residentBytes: 45 * 2 ** 20,
  ports: [21_000, 21_001],
};
const dead: ComponentStatus = {
  name: "kube-apiserver",
  state: "dead",
  pid: 4243,
  ports: [21_002],
  lastLog: ["E0101 etcd is gone", "F0101 giving up"],
};

function rendered(...statuses: ComponentStatus[]): string {
  return stripVTControlCharacters(renderStatus(layout, statuses, new Date("2026-01-01T10:05:00.000Z")));
}

describe("lab status", () => {
  it("shows pid, age, memory and ports of what runs", () => {
    const row = rendered(ready)
      .split("\n")
      .find((line) => line.includes("etcd"));
    expect(row?.split("│").map((cell) => cell.trim())).to.deep.equal([
      "",
      "etcd",
      "ready",
      "4242",
      "5 min",
      "45 MiB",
      "21000, 21001",
      "",
    ]);
  });

  it("ends with the last words of what died and where to read more", () => {
    expect(rendered(ready, dead)).to.match(
      /kube-apiserver is dead\. Last lines of \/checkout\/\.lab\/logs\/kube-apiserver\.log:\n {2}E0101 etcd is gone\n {2}F0101 giving up$/,
    );
  });

  it("says why something that runs is not ready", () => {
    const stuck: ComponentStatus = { ...ready, state: "unready", reason: "/health says 503", lastLog: [] };
    expect(rendered(stuck)).to.include("etcd is unready: /health says 503.");
  });

  it("says which process is the operator, for the Deployments are simulated", () => {
    expect(rendered({ ...ready, name: "operator", pid: 77 })).to.contain("The operator at work is process 77,");
    expect(rendered({ ...dead, name: "operator" })).not.to.contain("at work");
  });

  it("is only all well when every component is ready", () => {
    expect(allReady([ready, ready])).to.be.true;
    for (const state of ["dead", "unready", "stopped"] as const) {
      expect(allReady([ready, { ...ready, state }]), state).to.be.false;
    }
  });

  it("gives ages in a unit that a person reads at once", () => {
    expect([0, 119, 120, 7199, 7200, 172_799, 172_800].map((seconds) => duration(seconds * 1000))).to.deep.equal([
      "0 s",
      "119 s",
      "2 min",
      "119 min",
      "2 h",
      "47 h",
      "2 d",
    ]);
  });
});

describe("lab reset", () => {
  it("keeps tools, plugins and the passphrase, without which Pulumi.lab.yaml could not be read any more", () => {
    const removed = labData(layout).map(({ path }) => path);
    expect(removed).to.include.members([layout.etcd, layout.pulumiState, layout.pki, layout.kubeconfig]);
    for (const kept of [layout.root, layout.bin, layout.pulumiHome, layout.passphraseFile, layout.checkout]) {
      expect(removed).not.to.include(kept);
    }
  });
});
