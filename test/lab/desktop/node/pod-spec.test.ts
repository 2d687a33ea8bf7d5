import { expect } from "chai";
import { isDesktopPod } from "../../../../lab/desktop/node/pod-spec.ts";
import type { Pod } from "../../../../lab/desktop/node/pod-spec.ts";
import { desktopPod, desktopResources } from "../../../../operator/resources/pod.ts";
import { template } from "../../../operator/status/views.ts";

describe("a pod that is run by processes", () => {
  it("is a desktop of the family selkies-v2 as the operator makes it, and no other", () => {
    const types = ["selkies-v1", "selkies-v2", "linuxserver", "kasmvnc", "custom"] as const;
    const run = types.filter((type) => {
      const of = template({ runtime: { type, ...(type === "custom" && { port: 9000, healthPath: "/up" }) } });
      const owner = { apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "u" };
      return isDesktopPod(
        desktopPod({
          ...{ name: "a", secretName: "a", namespace: "a", owner, labels: {}, annotations: {}, template: of },
          ...{ resources: desktopResources(of), homeClaim: undefined, turnExpires: undefined },
          settings: { pullSecret: undefined },
        }) as Pod,
      );
    });
    expect(run).to.deep.equal(["selkies-v2"]);
    expect(isDesktopPod({ spec: { containers: [{ name: "nginx", image: "nginx" }] } })).to.equal(false);
  });
});
