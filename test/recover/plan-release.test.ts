import { expect } from "chai";
import type { Step } from "../../recover/findings.ts";
import { planRelease, refuseWhileHelmWorks } from "../../recover/plan-release.ts";
import { now, release, releaseResource, revision, wanted } from "./left-behind.ts";

const urn = releaseResource.urn;
const kinds = (steps: readonly Step[] = []) => steps.map(({ kind }) => kind);
const manifest = (...objects: [kind: string, name: string][]) =>
  objects
    .map(([kind, name]) => {
      const apiVersion = ["StatefulSet", "Deployment"].includes(kind) ? "apps/v1" : "v1";
      return `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
    })
    .join("");

describe("a release that Helm was killed at", () => {
  it("is uninstalled when none of it was ever deployed, without its claims, Secrets and namespaces", () => {
    const text = { manifest: manifest(["Secret", "key"], ["PersistentVolumeClaim", "data"], ["Deployment", "api"]) };
    const finding = planRelease(release([revision(1, "pending-install", text)]));
    expect(finding!.steps).to.have.length(1);
    const [step] = finding!.steps as [Extract<Step, { kind: "uninstall" }>];
    expect(step.objects.map(({ kind }) => kind)).to.deep.equal(["Deployment"]);
    expect(step.objects[0]!.metadata).to.deep.equal({ name: "api", namespace: "desktops" });
  });

  for (const status of ["pending-upgrade", "pending-rollback"])
    it(`is rolled back to the last deployed revision when it is ${status}`, () => {
      const history = [revision(1, "superseded"), revision(2, "deployed"), revision(3, "failed"), revision(4, status)];
      const { steps } = planRelease(release(history, { urn }))!;
      expect(steps[0]).to.deep.include({ kind: "rollback", revision: 2, kept: [] });
      expect(kinds(steps)).to.deep.equal(["rollback"]);
    });

  it("is rolled back to the last failed revision when none was deployed: that one may be in use", () => {
    const { steps } = planRelease(release([revision(1, "failed"), revision(2, "pending-upgrade")], { urn }))!;
    expect(steps[0]).to.deep.include({ kind: "rollback", revision: 1 });
  });

  it("keeps what holds data and is only in the newer revision when it is rolled back", () => {
    const history = [
      revision(1, "deployed", { manifest: manifest(["Deployment", "api"]) }),
      revision(2, "pending-upgrade", {
        manifest: manifest(["Deployment", "api"], ["Deployment", "guac"], ["PersistentVolumeClaim", "dumps"]),
      }),
    ];
    const [step] = planRelease(release(history, { urn }))!.steps as [Extract<Step, { kind: "rollback" }>];
    expect(step.kept.map(({ metadata }) => metadata.name)).to.deep.equal(["dumps"]);
  });

  it("is left to a person when the newer revision replaces a StatefulSet: its data may have moved", () => {
    const history = [
      revision(1, "deployed", { manifest: manifest(["StatefulSet", "kasm-db-1-19-0"]) }),
      revision(2, "pending-upgrade", { manifest: manifest(["StatefulSet", "kasm-db-1-20-0"]) }),
    ];
    const finding = planRelease(release(history, { urn }))!;
    expect(finding.steps).to.deep.equal([]);
    expect(finding.found).to.contain("kasm-db-1-19-0");
    expect(finding.commands!.join()).to.contain("helm history kasm --namespace desktops");
  });

  for (const status of ["uninstalling", "uninstalled"])
    it(`goes for good when it is ${status}, and leaves the state`, () => {
      const { steps } = planRelease(release([revision(1, "superseded"), revision(2, status)], { urn }))!;
      expect(kinds(steps)).to.deep.equal(["uninstall", "drop"]);
    });

  it("is rolled back and taken into the state when that does not have it", () => {
    const { steps } = planRelease(release([revision(1, "failed"), revision(2, "pending-upgrade")], { wanted }))!;
    expect(kinds(steps)).to.deep.equal(["rollback", "put"]);
  });
});

describe("a release that the state does not have", () => {
  for (const status of ["deployed", "failed"])
    it(`is taken into it when it is ${status} and chart, version and values are the program's`, () => {
      const [step] = planRelease(release([revision(1, status)], { wanted }))!.steps;
      const { kind, resource } = step as Extract<Step, { kind: "put" }>;
      expect([kind, resource.id, resource.inputs]).to.deep.equal(["put", "desktops/kasm", releaseResource.inputs]);
    });

  for (const [title, text, said] of [
    ["chart", { chart: { metadata: { name: "kasm", version: "1.1190.6" } } }, "its chart is kasm,"],
    ["version", { chart: { metadata: { name: "kasm-helm", version: "1.1190.5" } } }, "1.1190.5"],
    ["values", { config: { publicAddr: "other.example.com" } }, "its values are not those"],
  ] as const)
    it(`is left to a person when its ${title} is another than the program's`, () => {
      const finding = planRelease(release([revision(1, "deployed", text)], { wanted }))!;
      expect(finding.steps).to.deep.equal([]);
      expect(finding.found).to.contain(said).and.not.to.contain("other.example.com");
    });

  it("is left to a person when the program asks for none", () => {
    expect(planRelease(release([revision(1, "deployed")]))!.commands).not.to.equal(undefined);
  });
});

describe("a release that the state has", () => {
  it("is as it should be when Helm is through with it, also with a failure", () => {
    for (const status of ["deployed", "failed"])
      expect(planRelease(release([revision(1, status)], { urn }))).to.equal(undefined);
  });

  it("is brought up to date when Helm has finished an upgrade that was interrupted, and only then", () => {
    const settled = release([revision(1, "superseded"), revision(2, "deployed")], { urn, wanted });
    expect(kinds(planRelease(settled)!.steps)).to.deep.equal(["put"]);
    const values = { config: { publicAddr: "before.example.com" } };
    expect(planRelease(release([revision(1, "deployed", values)], { urn, wanted }))).to.equal(undefined);
  });

  it("leaves the state when Helm does not know it", () => {
    expect(kinds(planRelease(release([], { urn }))!.steps)).to.deep.equal(["drop"]);
  });
});

describe("a release that somebody may still be at work on", () => {
  const begun = (secondsAgo: number, hooks: object[] = []) =>
    revision(1, "pending-install", { info: { last_deployed: new Date(now.getTime() - secondsAgo * 1000) }, hooks });

  for (const [title, history, objectsSeconds, isBusy] of [
    ["a minute has not passed", begun(30), 0, true],
    ["it began long ago", begun(120), 0, false],
    ["it waits for its objects", begun(120), 600, true],
    ["it waited for its objects in vain", begun(700), 600, false],
  ] as const)
    it(`makes everything wait: ${isBusy} when ${title}`, () => {
      const look = () =>
        refuseWhileHelmWorks([release([history], { patience: { hookSeconds: 600, objectsSeconds } })], now);
      if (isBusy) expect(look).to.throw("Helm may still be at work on release desktops/kasm");
      else look();
    });
});
