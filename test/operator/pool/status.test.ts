import { expect } from "chai";
import type { VDIPoolStatus } from "../../../operator/api/vdi-pool.ts";
import { poolEvents, poolStatus, poolStatusChanged } from "../../../operator/pool/status.ts";
import type { PoolView } from "../../../operator/pool/view.ts";
import { settings } from "../session/settings.ts";
import { now } from "../status/views.ts";
import { pool, poolView, warm } from "./pools.ts";

function statusOf(changes: Partial<PoolView>): VDIPoolStatus {
  return poolStatus(poolView(changes), settings, now).status;
}

/** `Ready`, and what else is true, with the sentence. */
function told(changes: Partial<PoolView>): { reason: string; state: string; message: string } {
  const [ready, other] = statusOf(changes).conditions ?? [];
  return {
    reason: ready?.reason ?? "",
    state: other?.type ?? `Ready ${ready?.status ?? ""}`,
    message: ready?.message ?? "",
  };
}

const refusal = { kind: "Pod", why: "Quota", message: 'pods "a" is forbidden: exceeded quota: desktops' } as const;

describe("the status of a pool", () => {
  it("counts those that wait, those that can be taken, and those that are wanted", () => {
    const pods = [
      warm(),
      warm("starting"),
      warm("failed", { age: 5 }),
      warm("ending"),
      warm("ready", { hash: "before" }),
    ];
    expect(statusOf({ pods })).to.include({ replicas: 3, readyReplicas: 1, desiredReplicas: 2, observedGeneration: 1 });
  });

  it("chooses for autoscalers the desktops that no session has", () => {
    expect(statusOf({}).selector).to.match(/^vdi\.kasm\.io\/pool=[a-z2-7]+,!vdi\.kasm\.io\/session$/);
  });

  const cases: Record<string, [string, string, Partial<PoolView>]> = {
    "all are ready": ["Ready", "Ready True", { pods: [warm(), warm()] }],
    "none are wanted": ["Ready", "Ready True", { pool: pool({ replicas: 0 }) }],
    "some start": ["Filling", "Reconciling", { pods: [warm(), warm("starting")] }],
    "some are of an earlier template": [
      "Replacing",
      "Reconciling",
      { pods: [warm(), warm("ready", { hash: "before" })] },
    ],
    "some find no node": ["Unschedulable", "Reconciling", { pods: [warm(), warm("unplaced")] }],
    "some start for too long": [
      "ProgressDeadlineExceeded",
      "Stalled",
      { pods: [warm(), warm("starting", { age: 601 })] },
    ],
    "some failed": ["DesktopsFail", "Stalled", { pods: [warm(), warm("failed", { age: 5 })] }],
    "the template is missing": ["TemplateMissing", "Stalled", { template: undefined, pods: [warm(), warm()] }],
    "the template is wrong": ["TemplateInvalid", "Stalled", { templateFault: "env A belongs to the operator" }],
    "the quota is used up": ["QuotaExceeded", "Stalled", { pods: [warm()], refusals: [refusal] }],
    "Pod Security refuses": [
      "PodSecurityRefused",
      "Stalled",
      { refusals: [{ kind: "Pod", why: "Forbidden", message: "violates PodSecurity baseline" }] },
    ],
    "the API server refuses otherwise": [
      "WriteRefused",
      "Stalled",
      { refusals: [{ kind: "Secret", why: "Forbidden", message: "no" }] },
    ],
    "the time zone is none": [
      "TimeZoneUnknown",
      "Stalled",
      {
        pool: pool({ schedule: { timeZone: "Nowhere", periods: [{ from: "08:00", to: "09:00", replicas: 1 }] } }),
        pods: [warm(), warm()],
      },
    ],
  };
  for (const [what, [reason, state, changes]] of Object.entries(cases))
    it(`says so in a sentence when ${what}`, () => {
      const it = told(changes);
      expect([it.reason, it.state]).to.deep.equal([reason, state]);
      expect(it.message).to.match(/^([A-Z0-9]|spec\.).*\.$/);
    });

  it("says what the scheduler says", () => {
    expect(told({ pods: [warm("unplaced")] }).message).to.contain("Insufficient nvidia.com/gpu");
  });

  it("says why an image does not come, whatever the kubelet and containerd say before it", () => {
    const image = "registry.example.com/desktops/ubuntu:24.04";
    const desktop = warm("starting", { age: 601 });
    const message = `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do request: Head "https://registry.example.com/v2/desktops/ubuntu/manifests/24.04": dial tcp 203.0.113.5:443: connect: no route to host`;
    const waiting = {
      name: "desktop",
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: "ImagePullBackOff", message } },
    };
    const pods = [{ ...desktop, status: { ...desktop.status, containerStatuses: [waiting] } }];
    expect(told({ pods }).message).to.match(
      /: ImagePullBackOff: failed to do request: .*: connect: no route to host\. Look /,
    );
  });

  it("forgets a refusal once there are as many as wanted", () => {
    expect(told({ pods: [warm(), warm()], refusals: [refusal] }).reason).to.equal("Ready");
  });

  it("looks again when a desktop's time to start is over", () => {
    const view = poolView({ pods: [warm("starting", { age: 100 })] });
    expect(poolStatus(view, settings, now).recheckMs).to.equal(500_000);
  });

  it("is the same the next time, whatever the order in which the API server keeps conditions", () => {
    for (const [, , changes] of Object.values(cases)) {
      const status = statusOf(changes);
      const kept = { ...status, conditions: status.conditions?.toReversed() };
      const later = poolStatus(
        poolView({ ...changes, pool: { ...pool(changes.pool?.spec), status: kept } }),
        settings,
        new Date(now.getTime() + 1000),
      ).status;
      expect(poolStatusChanged(kept, later), JSON.stringify(changes)).to.equal(false);
    }
  });
});

describe("the events of a pool", () => {
  const status = (changes: Partial<PoolView>) => statusOf(changes);
  const [full, filling] = [status({ pods: [warm(), warm()] }), status({ pods: [warm()] })];
  const stalled = status({ template: undefined });
  const reasons = (before: VDIPoolStatus | undefined, after: VDIPoolStatus) =>
    poolEvents(before, after).map(({ type, reason }) => `${type} ${reason}`);

  it("tell of trouble and of its end", () => {
    expect(reasons(full, stalled)).to.deep.equal(["Warning TemplateMissing"]);
    expect(reasons(stalled, filling)).to.deep.equal(["Normal Filling"]);
    expect(reasons(stalled, stalled)).to.deep.equal([]);
  });

  it("do not tell of each session that takes a desktop", () => {
    expect(reasons(full, filling)).to.deep.equal([]);
    expect(reasons(filling, full)).to.deep.equal([]);
  });
});
