import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import type { FaultyApiServer, SeenRequest } from "./faulty-api-server.ts";
import { childKinds } from "./desktops.ts";
import type { ChildKind } from "./desktops.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

type Moment = "before it is sent" | "after it was done and before its answer";

describe("an operator that is killed at every write of a session's life", function () {
  this.timeout(600_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("crash"));
  before(() => harness.open());
  after(() => harness.close());

  for (const moment of ["before it is sent", "after it was done and before its answer"] as const)
    it(`brings every step to its end in the next process: killed ${moment}`, async () => {
      const life = new KilledLife(harness, moment);
      const kills = await life.run();
      // Fewer would mean that the loop has passed writes by.
      expect(kills["start"], "kills while it starts").to.be.at.least(9);
      expect(kills["suspend"], "kills while it is suspended").to.be.at.least(3);
      expect(kills["resume"], "kills while it is resumed").to.be.at.least(3);
      expect(kills["revoke"], "kills while it is revoked").to.be.at.least(5);
      expect(kills["delete"], "kills while it is deleted").to.be.at.least(2);
      expect(life.secretsInLogs()).to.deep.equal([]);
    });
});

const steps = ["start", "suspend", "resume", "revoke", "delete"] as const;
type Step = (typeof steps)[number];

/** The steps of a life that has these, with those that they take for granted, which are gone through undisturbed. */
function lifeWith(due: readonly Step[]): Step[] {
  const sleeps = due.includes("suspend") || due.includes("resume");
  return steps.filter((step) =>
    step === "suspend" || step === "resume" ? sleeps : step !== "revoke" || due.includes(step),
  );
}

/** Lives of sessions, in the n-th of which each step is killed at its n-th write, until no step has so many. */
class KilledLife {
  readonly #harness: OperatorHarness;
  readonly #moment: Moment;
  readonly #server: FaultyApiServer;
  readonly #operators: OperatorProcess[] = [];
  readonly #passwords = new Set<string>();
  #operator: OperatorProcess | undefined;
  /** Writes to come before the kill; undefined: none is due. */
  #left: number | undefined;
  #victim: SeenRequest | undefined;
  #killed: Promise<void> | undefined;
  #name = "";

  constructor(harness: OperatorHarness, moment: Moment) {
    this.#harness = harness;
    this.#moment = moment;
    this.#server = harness.server();
    this.#server.fault = (request) => {
      if (!this.#isDue(request)) return undefined;
      this.#victim = request;
      if (moment === "before it is sent") this.#kill();
      return { cut: moment === "before it is sent" ? "before" : "after" };
    };
    this.#server.answered = (request) => {
      if (request === this.#victim) this.#kill();
    };
  }

  async run(): Promise<Record<string, number>> {
    await this.#begin();
    const kills: Record<string, number> = {};
    for (let n = 1; ; n++) {
      const due = steps.filter((step) => n === 1 || kills[step] === n - 1);
      if (due.length === 0) break;
      let session: VDISession | undefined;
      for (const step of lifeWith(due)) {
        const nth = due.includes(step) ? n : undefined;
        session = await this.#step(step, session, nth, `life-${this.#moment.slice(0, 1)}-${n}`);
        if (this.#killed) kills[step] = n;
        this.#killed = undefined;
      }
    }
    await this.#operator?.kill();
    return kills;
  }

  /** What was said and must not be. */
  secretsInLogs(): string[] {
    const said = this.#operators.map((it) => it.log()).join("");
    return [...this.#passwords].filter((password) => said.includes(password));
  }

  async #step(step: Step, before: VDISession | undefined, n: number | undefined, name: string): Promise<VDISession> {
    const harness = this.#harness;
    this.#name = name;
    this.#left = n;
    const session = before ?? (await harness.session({ persistence: { enabled: true, reclaim: "Delete" } }, name));
    const pod = await harness.child("Pod", session);
    const password = await harness.password(session);
    const isOver = this.#ask(step, session, pod);
    const over = isOver.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    await Promise.race([over, this.#untilKilled()]);
    // The write that ends the step can be seen before its answer has come, which kills.
    if (this.#left === 0) await this.#untilKilled();
    // From here on nothing is killed any more: an event may still be on its way when a step is over.
    this.#left = undefined;
    const isKilled = this.#killed !== undefined;
    const label = `${step}, ${isKilled ? `killed ${this.#moment} at write ${n ?? 0}` : "undisturbed"}`;
    const [livePod, livePassword] = [await harness.child("Pod", session), await harness.password(session)];
    if (isKilled) await this.#begin();
    const failure = await over;
    if (failure) throw new Error(`${label}: ${failure.message}\n${this.#operator?.log() ?? ""}`);
    const isLive = (it: AnyObject | undefined) => livePod !== undefined && it?.metadata?.uid === livePod.metadata?.uid;
    if (isKilled && step === "start" && isLive(await harness.child("Pod", session)))
      expect(await harness.password(session), `${label}: the password of a pod that lives`).to.equal(livePassword);
    await this.#expectResult(step, session, password, n);
    return session;
  }

  /** Asks for the step as a person would, and waits for its end. */
  async #ask(step: Step, session: VDISession, pod: AnyObject | undefined): Promise<void> {
    const harness = this.#harness;
    const uid = pod?.metadata?.uid;
    if (step === "suspend") {
      await harness.patch(session, { desiredState: "Suspended" });
      await harness.waitForPhase(session, "Suspended");
      await harness.waitFor(harness.childKey("Pod", session), (it) => it === undefined);
    } else if (step === "revoke") {
      await harness.patch(session, { access: { revokedBefore: new Date().toISOString() } });
      await harness.waitFor(harness.childKey("Pod", session), (it) => it !== undefined && it.metadata?.uid !== uid);
      await harness.waitForPhase(session, "Running");
    } else if (step === "delete") {
      await harness.client.delete(harness.keyOf(session));
      await harness.waitForEnd(session, { home: true });
    } else {
      if (step === "resume") await harness.patch(session, { desiredState: "Running" });
      await harness.waitForPhase(session, "Running");
    }
  }

  async #expectResult(
    step: Step,
    session: VDISession,
    before: string | undefined,
    n: number | undefined,
  ): Promise<void> {
    const label = `${step}, write ${n ?? "-"}`;
    const kinds = {
      suspend: childKinds.filter((kind) => kind !== "Pod" && kind !== "Secret"),
      delete: [] as ChildKind[],
    };
    const expected = step === "suspend" || step === "delete" ? kinds[step] : childKinds;
    expect(await this.#harness.childNames(session), label).to.deep.equal(
      expected.map((kind) => `${kind} ${this.#harness.childKey(kind, session).metadata.name}`).sort(),
    );
    const password = await this.#harness.password(session);
    if (password !== undefined) this.#passwords.add(password);
    if (step === "resume" || step === "revoke") expect(password, label).not.to.equal(before);
    if (step !== "delete")
      expect(await this.#harness.child("PersistentVolumeClaim", session), label).not.to.equal(undefined);
  }

  #isDue(request: SeenRequest): boolean {
    if (this.#left === undefined || this.#left === 0 || !request.isWrite) return false;
    if (!`${request.path} ${request.body}`.includes(this.#name)) return false;
    return --this.#left === 0;
  }

  #kill(): void {
    this.#killed = this.#operator?.kill();
    this.#left = undefined;
  }

  async #untilKilled(): Promise<void> {
    while (!this.#killed && this.#left !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await this.#killed;
  }

  async #begin(): Promise<void> {
    this.#left = undefined;
    this.#operator = await this.#harness.operator({ pod: "operator-0", server: this.#server });
    this.#operators.push(this.#operator);
  }
}
