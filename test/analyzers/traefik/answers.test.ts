import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { gatewayAnswers } from "../../../analyzers/traefik/answers.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

describe("an answer of Traefik that is wrong", () => {
  const one = allCases().find(({ name }) => name === "traefik/502-of-a-deaf-desktop")!;
  const snapshot = snapshotOf(one);

  /** The answer of the desktop itself, past Traefik. */
  function told(ok: boolean) {
    const probes = snapshot.probes.map((it) => (it.probe === "port-forward" ? { ...it, ok, message: "said" } : it));
    return gatewayAnswers.analyze(new Cluster({ ...snapshot, probes })).findings[0];
  }

  it("is compared with what the desktop answers past Traefik", () => {
    expect(told(true)?.problem).to.match(/^Traefik answers 502 for \S+, while Pod \S+ answers past Traefik: /);
    expect(told(false)?.problem).not.to.include("past Traefik");
    expect(told(false)?.evidence.map(({ value }) => value)).to.include("said");
  });
});
