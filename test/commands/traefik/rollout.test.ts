import { expect } from "chai";
import { awaitedOfTraefik } from "../../../commands/traefik/rollout.ts";
import type { AnyObject } from "../../../kube/client.ts";

const wanted = ["--a", "--b"];
const alone = { pods: [], events: [] };
const deployment = (args: string[], status: object = {}): AnyObject => ({
  kind: "Deployment",
  metadata: { namespace: "kube-system", name: "traefik", generation: 2 },
  spec: { replicas: 1, template: { spec: { containers: [{ args }] } } },
  status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1, ...status },
});

const jobPod = (status: object): AnyObject => ({
  metadata: { labels: { "helmcharts.helm.cattle.io/chart": "traefik" } },
  status: { containerStatuses: [{ restartCount: 0, ...status }] },
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

  it("tells why K3s could not make the Helm job", () => {
    const failed = { status: { conditions: [{ type: "Failed", status: "True", message: "Failed to generate Job" }] } };
    expect(awaitedOfTraefik(wanted, deployment([]), failed, alone)).to.match(/has failed: Failed to generate Job$/);
  });

  it("tells that the Helm job fails, which its HelmChart does not say, and where it says why", () => {
    const chart = { status: { conditions: [{ type: "Failed", status: "False" }] } };
    const crashing = jobPod({
      restartCount: 3,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(
      awaitedOfTraefik(wanted, deployment([]), chart, { ...alone, pods: [jobPod({ state: {} }), crashing] }),
    ).to.equal(
      "Traefik does not have the arguments --a --b yet; the Job kube-system/helm-install-traefik, which brings them, fails " +
        "(exit code 1, 3 restarts). See why: kubectl logs --namespace kube-system job/helm-install-traefik",
    );
    expect(awaitedOfTraefik(wanted, undefined, chart, { ...alone, pods: [crashing] })).to.match(
      /^Deployment traefik does not exist; the Job .* fails/,
    );
  });

  it("tells what the Helm job waits for", () => {
    const waiting = jobPod({ state: { waiting: { reason: "ImagePullBackOff" } } });
    expect(awaitedOfTraefik(wanted, deployment([]), {}, { ...alone, pods: [waiting] })).to.match(
      /the Job kube-system\/helm-install-traefik, which brings them, waits \(ImagePullBackOff\)\. See why: kubectl describe pod/,
    );
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
