import { expect } from "chai";
import fc from "fast-check";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName, homeName, hostOf, podName } from "../../operator/resources/names.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("the life of a session among others' changes", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("life"));

  before(async () => {
    await harness.open();
    await harness.operator();
  });
  after(() => harness.close());

  const stalls = (session: VDISession, reason: string) =>
    harness.waitForCondition(session, { status: "False", reason });

  it("waits for its template, and starts by itself when there is one", async () => {
    const name = `${harness.namespace}-late`;
    const session = await harness.session({ template: name }, "templateless");
    await stalls(session, "TemplateMissing");
    await harness.template({}, name);
    await harness.waitForPhase(session, "Running");

    const pod = await harness.child("Pod", session);
    await harness.client.delete({ apiVersion, kind: "VDITemplate", metadata: { name } });
    await harness.patch(session, { timeout: "7h" });
    await harness.waitForPhase(session, "Running");
    expect((await harness.child("Pod", session))?.metadata?.uid, "the pod of a template that is gone").to.equal(
      pod?.metadata?.uid,
    );
  });

  it("has a user's home in one session at a time: the second says who has it, and starts when the first is suspended", async () => {
    const user = "two@example.com";
    const first = await harness.session({ user }, "first");
    await harness.waitForPhase(first, "Running");
    const second = await harness.session({ user }, "second");
    const told = await stalls(second, "HomeInUse");
    expect(told.status?.message).to.contain("first");
    await harness.patch(first, { desiredState: "Suspended" });
    await harness.waitForPhase(second, "Running");
  });

  it("takes the home with two sessions that are deleted at once and both give it away", async () => {
    const spec = { user: "both@example.com", persistence: { enabled: true, reclaim: "Delete" } };
    const one = await harness.session(spec, "one");
    await harness.waitForPhase(one, "Running");
    const other = await harness.session({ ...spec, desiredState: "Suspended" }, "other");
    await harness.waitForPhase(other, "Suspended");
    await Promise.all([one, other].map((it) => harness.client.delete(harness.keyOf(it))));
    await harness.waitForEnd(one, { home: true });
    await harness.waitForEnd(other);
  });

  it("follows the API server's clock: an operator whose own is three hours off deletes nothing early", async () => {
    const session = await harness.session({ timeout: "1h" }, "skewed");
    await harness.waitForPhase(session, "Running");
    const skew = (hours: number) =>
      `data:text/javascript,const now=Date.now;const D=Date;globalThis.Date=class extends D{constructor(...a){a.length?super(...a):super(now()+${hours * 3_600_000})}static now(){return now()+${hours * 3_600_000}}}`;
    for (const hours of [3, -3]) {
      const own = harness.server();
      const operator = await harness.operator({
        server: own,
        env: { NODE_OPTIONS: `--import=${JSON.stringify(skew(hours))}`, VDI_LEADER_ELECTION: "false" },
      });
      await harness.patch(session, { timeout: `${60 + hours}m` });
      await harness.waitForPhase(session, "Running");
      expect(
        own.requests.filter(({ method, resource }) => method === "DELETE" && resource === "vdisessions"),
      ).to.deep.equal([]);
      expect(operator.log()).to.contain("the clock of this machine is");
      await operator.kill();
    }
    expect((await harness.read(session))?.metadata.deletionTimestamp).to.equal(undefined);
  });

  const users = [
    "alice@example.com",
    "Zoë Müller",
    "日本語ユーザー",
    "a".repeat(254),
    "🐧",
    "../../etc/passwd",
    "Alice@example.com",
  ];
  it("takes any user's name and the longest name of a session", async () => {
    const made = await Promise.all(
      users.map((user, index) => harness.session({ user }, index === 3 ? "n".repeat(253) : `user-${index}`)),
    );
    await Promise.all(made.map((it) => harness.waitForPhase(it, "Running", 60_000)));
    const pods = new Set(made.map(podName));
    const homes = new Set(users.map(homeName));
    expect([pods.size, homes.size]).to.deep.equal([users.length, users.length]);
  });

  it("gives two sessions or users never one name, however near their names are", () => {
    const label = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 254, unit: "binary" }),
        fc.constantFrom("", " ", ".", "-", "a"),
        (user, tail) => {
          expect(homeName(user)).to.match(label);
          if (tail !== "") expect(homeName(user)).not.to.equal(homeName(user + tail));
          const session = (uid: string) => ({ metadata: { uid, name: "same" } });
          expect(desktopName(session(user))).not.to.equal(desktopName(session(`${user}x`)));
          expect(hostOf(session(user), "d")).not.to.equal(hostOf(session(`${user}x`), "d"));
        },
      ),
    );
  });
});
