import { expect } from "chai";
import fc from "fast-check";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName, homeName, hostOf } from "../../operator/resources/names.ts";
import { OperatorUnderFault } from "./operator-under-fault.ts";

describe("the life of a session among others' changes", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("life");
  const server = world.server();

  before(async () => {
    await world.open();
    await (await world.operator(server)).ready();
  });
  after(() => world.close());

  const stalls = (session: VDISession, reason: string) =>
    world.until(
      world.keyOf(session),
      (it) => it?.status?.conditions?.some((one) => one.type === "Ready" && one.reason === reason) === true,
    );

  it("waits for its template, and starts by itself when there is one", async () => {
    const name = `${world.namespace}-late`;
    const session = await world.session("templateless", { template: name });
    await stalls(session, "TemplateMissing");
    await world.create(world.templateObject(name));
    await world.phase(session, "Running");

    const pod = await world.child("Pod", session);
    await world.client.delete({ apiVersion, kind: "VDITemplate", metadata: { name } });
    await world.patch(session, { timeout: "7h" });
    await world.phase(session, "Running");
    expect((await world.child("Pod", session))?.metadata?.uid, "the pod of a template that is gone").to.equal(
      pod?.metadata?.uid,
    );
  });

  it("has a user's home in one session at a time: the second says who has it, and starts when the first is suspended", async () => {
    const user = "two@example.com";
    const first = await world.session("first", { user });
    await world.phase(first, "Running");
    const second = await world.session("second", { user });
    const told = await stalls(second, "HomeInUse");
    expect(told.status?.message).to.contain("first");
    await world.patch(first, { desiredState: "Suspended" });
    await world.phase(second, "Running");
  });

  it("takes the home with two sessions that are deleted at once and both give it away", async () => {
    const spec = { user: "both@example.com", persistence: { enabled: true, reclaim: "Delete" } };
    const one = await world.session("one", spec);
    await world.phase(one, "Running");
    const other = await world.session("other", { ...spec, desiredState: "Suspended" });
    await world.phase(other, "Suspended");
    await Promise.all([one, other].map((it) => world.client.delete(world.keyOf(it))));
    await world.gone(one, { home: true });
    await world.gone(other);
  });

  it("follows the API server's clock: an operator whose own is three hours off deletes nothing early", async () => {
    const session = await world.session("skewed", { timeout: "1h" });
    await world.phase(session, "Running");
    const skew = (hours: number) =>
      `data:text/javascript,const now=Date.now;const D=Date;globalThis.Date=class extends D{constructor(...a){a.length?super(...a):super(now()+${hours * 3_600_000})}static now(){return now()+${hours * 3_600_000}}}`;
    for (const hours of [3, -3]) {
      const identity = `skewed${hours}`;
      const own = world.server();
      const operator = await world.operator(own, {
        identity,
        env: { NODE_OPTIONS: `--import=${JSON.stringify(skew(hours))}`, VDI_LEADER_ELECTION: "false" },
      });
      await operator.ready();
      await world.patch(session, { timeout: `${60 + hours}m` });
      await world.phase(session, "Running");
      expect(
        own.requests.filter(({ method, resource }) => method === "DELETE" && resource === "vdisessions"),
      ).to.deep.equal([]);
      expect(operator.log()).to.contain("the clock of this machine is");
      await operator.kill();
    }
    expect((await world.read(session))?.metadata.deletionTimestamp).to.equal(undefined);
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
      users.map((user, index) => world.session(index === 3 ? "n".repeat(253) : `user-${index}`, { user })),
    );
    await Promise.all(made.map((it) => world.phase(it, "Running", 60_000)));
    const pods = new Set(made.map(desktopName));
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
