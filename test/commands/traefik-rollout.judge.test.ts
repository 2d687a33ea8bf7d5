import { expect } from "chai";
import { awaitedOfTraefik } from "../../commands/traefik-rollout.judge.ts";
import type { AnyObject } from "../../kube/client.ts";

const wanted = ["--a", "--b"];
const alone = { pods: [], events: [] };
const deployment = (args: string[], status: object = {}): AnyObject => ({
  kind: "Deployment",
  metadata: { namespace: "kube-system", name: "traefik", generation: 2 },
  spec: { replicas: 1, template: { spec: { containers: [{ args }] } } },
  status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1, ...status },
});

describe("the wait for Traefik's rollout", () => {
  it("ends when all new pods with the arguments are available and no old one is left", () => {
    expect(awaitedOfTraefik(wanted, deployment(["--ping", ...wanted]), undefined, alone)).to.equal(undefined);
  });

  it("waits for the arguments, and tells where they come from", () => {
    expect(awaitedOfTraefik(wanted, deployment(["--a"]), { metadata: {} }, alone)).to.match(
      /arguments --b yet; the Job kube-system\/helm-install-traefik/,
    );
  });

  it("tells why the Helm job failed", () => {
    const failed = { status: { conditions: [{ type: "Failed", status: "True", message: "unknown key logs" }] } };
    expect(awaitedOfTraefik(wanted, deployment([]), failed, alone)).to.match(/has failed: unknown key logs$/);
  });

  it("waits while the rollout has not begun, is under way, or an old pod is left", () => {
    for (const status of [{ observedGeneration: 1 }, { updatedReplicas: 0 }, { availableReplicas: 0 }, { replicas: 2 }])
      expect(awaitedOfTraefik(wanted, deployment(wanted, status), undefined, alone), JSON.stringify(status)).to.match(
        /Deployment kube-system\/traefik/,
      );
  });

  it("waits for a Deployment that is not there", () => {
    expect(awaitedOfTraefik(wanted, undefined, undefined, alone)).to.match(/does not exist/);
  });
});
