import { ApiException } from "@kubernetes/client-node";
import { expect } from "chai";
import type { VDISession } from "../../../operator/api/objects.ts";
import { StatusWriter, isUrgent } from "../../../operator/session/status-writer.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

type Status = NonNullable<VDISession["status"]>;

const ready = (status: "True" | "False") => [
  { type: "Ready", status, reason: "R", message: "m", lastTransitionTime: "2026-01-01T00:00:00Z" },
];
const pending: Status = { phase: "Pending", conditions: ready("False") };
const creating: Status = { phase: "Creating", conditions: ready("False") };
const running: Status = { phase: "Running", conditions: ready("True") };

describe("the writing of a session's status", () => {
  const session = (status?: Status) =>
    ({
      ...{ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", metadata: { name: "s", namespace: "n", uid: "u" } },
      ...(status && { status }),
    }) as VDISession;

  function writer() {
    const clock = new FakeClock();
    const written: string[] = [];
    const client = {
      applyStatus: (object: { status?: Status }) => {
        written.push(object.status?.phase ?? "");
        return Promise.resolve(object);
      },
    };
    return { clock, written, it: new StatusWriter({ client, observe: () => undefined, clock }) };
  }

  it("is one for a start that is quick: the first word is that it is ready", async () => {
    const { clock, written, it } = writer();
    const first = await it.write(session(), pending);
    expect(first.written).to.equal(false);
    expect(first.againMs).to.be.within(1, 400);
    await clock.advance(200);
    expect((await it.write(session(), running)).written).to.equal(true);
    expect(written).to.deep.equal(["Running"]);
  });

  it("tells of a start that is not quick after that time, and of its steps once a second", async () => {
    const { clock, written, it } = writer();
    await it.write(session(), pending);
    await clock.advance(400);
    expect((await it.write(session(), pending)).written).to.equal(true);
    await clock.advance(500);
    expect(await it.write(session(pending), creating)).to.deep.equal({ written: false, againMs: 500 });
    await clock.advance(500);
    expect((await it.write(session(pending), creating)).written).to.equal(true);
    expect(written).to.deep.equal(["Pending", "Creating"]);
  });

  it("is ever more seldom while somebody undoes it each time, which is told beside it", async () => {
    const { clock, written, it } = writer();
    const troubles: string[] = [];
    const at: number[] = [];
    for (let second = 0; second < 600; second++) {
      // Whoever fights is faster than the next look.
      const result = await it.write(session({ ...running, phase: "Failed", restarts: second }), running);
      if (result.written) at.push(second);
      if (result.trouble) troubles.push(result.trouble.reason);
      await clock.advance(1_000);
    }
    for (const begin of at) expect(at.filter((it) => it >= begin && it < begin + 60).length).to.be.at.most(15);
    expect(written.length).to.be.within(12, 30);
    expect(new Set(troubles)).to.deep.equal(new Set(["StatusContested"]));
    expect(troubles.length).to.equal(written.length - 10);
  });

  it("is at the pace of a desktop that comes and goes, without a word of others", async () => {
    const { clock, written, it } = writer();
    for (let time = 0; time < 30; time++) {
      const [before, after] = time % 2 === 0 ? [creating, running] : [running, creating];
      expect(await it.write(session(before), after)).to.deep.equal({ written: true });
      await clock.advance(45_000);
    }
    expect(written).to.have.length(30);
  });

  it("is told of beside it when the API server does not take it", async () => {
    const clock = new FakeClock();
    let tries = 0;
    const refusal = new ApiException(403, "", { kind: "Status", message: "admission webhook says no" }, {});
    const client = {
      applyStatus: () => {
        tries++;
        return Promise.reject(refusal);
      },
    };
    const it = new StatusWriter({ client, observe: () => undefined, clock });
    const result = await it.write(session(creating), running);
    expect(result).to.deep.include({ written: false, againMs: 30_000 });
    expect(result.trouble?.reason).to.equal("StatusRefused");
    expect(result.trouble?.message).to.contain("admission webhook says no");
    for (let second = 0; second < 59; second++) {
      await clock.advance(1_000);
      await it.write(session(creating), running);
    }
    expect(tries).to.be.at.most(15);
  });

  it("is at once for what people and programs wait for, and for what is counted on from", () => {
    const stalled = { ...ready("False")[0]!, type: "Stalled", status: "True" as const };
    expect(isUrgent(creating, running)).to.equal(true);
    expect(isUrgent(running, pending)).to.equal(true);
    expect(isUrgent(undefined, { phase: "Failed", conditions: ready("False") })).to.equal(true);
    expect(isUrgent(pending, { ...pending, conditions: [...ready("False"), stalled] })).to.equal(true);
    expect(isUrgent(creating, { ...pending, restarts: 1 })).to.equal(true);
    expect(isUrgent(undefined, pending)).to.equal(false);
    expect(isUrgent(pending, creating)).to.equal(false);
  });
});
