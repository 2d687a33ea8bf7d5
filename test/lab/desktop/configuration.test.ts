import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { desktopPodQuery } from "../../../lab/desktop/node/pod-spec.ts";
import { stagesWithoutDesktops } from "../../../lab/desktop/kwok-configs.ts";
import { traefikConfig } from "../../../lab/desktop/traefik-config.ts";

describe("KWOK beside desktops that are run", () => {
  it("has the same stages, and those of pods leave desktops alone", () => {
    interface Stage {
      metadata: { name: string };
      spec: { selector: { matchExpressions: { key: string }[] } };
    }
    const text = readFileSync(join(import.meta.dirname, "../../../lab/k3s/kwok/pods.yaml"), "utf8");
    const stages = (of: string) => parseAllDocuments(of).map((it) => it.toJS() as Stage);
    const [before, after] = [stages(text), stages(stagesWithoutDesktops(text))];
    expect(after.map(({ metadata }) => metadata.name)).to.deep.equal(before.map(({ metadata }) => metadata.name));
    for (const { spec } of after) expect(spec.selector.matchExpressions.at(-1)?.key).to.equal(desktopPodQuery);
    for (const [index, { spec }] of before.entries())
      expect(after[index]?.spec.selector.matchExpressions.slice(0, -1)).to.deep.equal(spec.selector.matchExpressions);
  });
});

describe("the configuration of the real Traefik", () => {
  it("is its ServiceAccount's, and has what the program's arguments say", () => {
    const config = traefikConfig({ endpoint: "https://127.0.0.1:6443", authorityFile: "/ca.crt", token: "t0ken" });
    expect(config).to.have.nested.property("providers.kubernetesCRD.token", "t0ken");
    expect(config).to.have.nested.property("entryPoints.websecure.transport.respondingTimeouts.readTimeout", "600s");
    expect(config).to.have.nested.property("entryPoints.websecure.address", ":443");
    expect(config).to.have.nested.property("entryPoints.web.http.redirections.entryPoint.scheme", "https");
  });
});
