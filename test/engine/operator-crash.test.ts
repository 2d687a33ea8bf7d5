import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName } from "../../operator/resources/names.ts";
import type { FaultyApiServer, SeenRequest } from "./faulty-api-server.ts";
import { OperatorUnderFault, childKinds } from "./operator-under-fault.ts";
import type { RunningOperator } from "./operator-under-fault.ts";

type Moment = "before it is sent" | "after it was done and before its answer";

describe("an operator that is killed at every write of a session's life", function () {
  this.timeout(600_000);
  const world = new OperatorUnderFault("crash");
  before(() => world.open());
  after(() => world.close());

  for (const moment of ["before it is sent", "after it was done and before its answer"] as const)
    it(`brings every step to its end in the next process: killed ${moment}`, async () => {
      const life = new KilledLife(world, moment);
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

/** Lives of sessions, in the n-th of which each step is killed at its n-th write, until no step has so many. */
class KilledLife {
  readonly #world: OperatorUnderFault;
  readonly #moment: Moment;
  readonly #server: FaultyApiServer;
  readonly #logs: (() => string)[] = [];
  readonly #passwords = new Set<string>();
  #operator: RunningOperator | undefined;
  /** Writes to come before the kill; undefined: none is due. */
  #left: number | undefined;
  #victim: SeenRequest | undefined;
  #killed: Promise<void> | undefined;
  #name = "";

  constructor(world: OperatorUnderFault, moment: Moment) {
    this.#world = world;
    this.#moment = moment;
    this.#server = world.server();
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
      let isKilled = false;
      let session: VDISession | undefined;
      for (const step of steps) {
        // A step that has no such write any more is gone through undisturbed.
        const doesKill = n === 1 || kills[step] === n - 1;
        session = await this.#step(step, session, doesKill ? n : undefined, `life-${this.#moment.slice(0, 1)}-${n}`);
        if (!this.#killed) continue;
        kills[step] = n;
        isKilled = true;
        this.#killed = undefined;
      }
      if (!isKilled) break;
    }
    await this.#operator?.kill();
    return kills;
  }

  /** What was said and must not be. */
  secretsInLogs(): string[] {
    const said = this.#logs.map((log) => log()).join("");
    return [...this.#passwords].filter((password) => said.includes(password));
  }

  async #step(step: Step, before: VDISession | undefined, n: number | undefined, name: string): Promise<VDISession> {
    const world = this.#world;
    this.#name = name;
    this.#left = n;
    const session = before ?? (await world.session(name, { persistence: { enabled: true, reclaim: "Delete" } }));
    const pod = await world.child("Pod", session);
    const password = await world.password(session);
    const isOver = this.#ask(step, session, pod);
    const over = isOver.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    await Promise.race([over, this.#untilKilled()]);
    // From here on nothing is killed any more: an event may still be on its way when a step is over.
    this.#left = undefined;
    if (this.#killed) {
      const [livePod, livePassword] = [await world.child("Pod", session), await world.password(session)];
      await this.#begin();
      const failure = await over;
      const label = `${step}, killed ${this.#moment} at write ${n ?? 0}`;
      if (failure) throw new Error(`${label}: ${failure.message}\n${this.#operator?.log() ?? ""}`);
      if (step === "start" && livePod && (await world.child("Pod", session))?.metadata?.uid === livePod.metadata?.uid)
        expect(await world.password(session), `${label}: the password of a pod that lives`).to.equal(livePassword);
    } else await isOver;
    await this.#expectResult(step, session, password, n);
    return session;
  }

  /** Asks for the step as a person would, and waits for its end. */
  async #ask(step: Step, session: VDISession, pod: AnyObject | undefined): Promise<void> {
    const world = this.#world;
    const uid = pod?.metadata?.uid;
    if (step === "suspend") {
      await world.patch(session, { desiredState: "Suspended" });
      await world.phase(session, "Suspended");
      await world.until<AnyObject>(world.childKey("Pod", session), (it) => it === undefined);
    } else if (step === "revoke") {
      await world.patch(session, { access: { revokedBefore: new Date(Date.now() + 1000).toISOString() } });
      await world.until<AnyObject>(
        world.childKey("Pod", session),
        (it) => it !== undefined && it.metadata?.uid !== uid,
      );
      await world.phase(session, "Running");
    } else if (step === "delete") {
      await world.client.delete(world.keyOf(session));
      await world.gone(session, { home: true });
    } else {
      if (step === "resume") await world.patch(session, { desiredState: "Running" });
      await world.phase(session, "Running");
    }
  }

  async #expectResult(
    step: Step,
    session: VDISession,
    before: string | undefined,
    n: number | undefined,
  ): Promise<void> {
    const label = `${step}, write ${n ?? "-"}`;
    const name = desktopName(session);
    const kinds = { suspend: childKinds.filter((kind) => kind !== "Pod" && kind !== "Secret"), delete: [] as string[] };
    const expected = step === "suspend" || step === "delete" ? kinds[step] : childKinds;
    expect(await this.#world.children(session), label).to.deep.equal(expected.map((kind) => `${kind} ${name}`).sort());
    const password = await this.#world.password(session);
    if (password !== undefined) this.#passwords.add(password);
    if (step === "resume" || step === "revoke") expect(password, label).not.to.equal(before);
    if (step !== "delete")
      expect(await this.#world.child("PersistentVolumeClaim", session), label).not.to.equal(undefined);
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
    this.#operator = await this.#world.operator(this.#server);
    this.#logs.push(this.#operator.log);
    await this.#operator.ready();
  }
}
