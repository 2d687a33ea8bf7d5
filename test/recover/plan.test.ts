import { expect } from "chai";
import fc from "fast-check";
import type { Step } from "../../recover/findings.ts";
import type { FoundObject } from "../../recover/found-object.ts";
import { plan } from "../../recover/plan.ts";
import type { Found } from "../../recover/plan.ts";
import { renderFindings } from "../../recover/render.ts";
import {
  commandResource,
  operation,
  ours,
  release,
  releaseResource,
  revision,
  secretResource,
  wanted,
} from "./left-behind.ts";

const lock = {
  file: "/state/.pulumi/locks/organization/kasm-vdi/dev/1.json",
  lock: { pid: 4711, username: "ada", hostname: "desk", timestamp: "2026-11-28T20:50:00.5Z" },
};

const nothing: Found = { locks: [], operations: [], releases: [] };

/** What a stack has, and what its cluster has. */
interface World {
  isLocked: boolean;
  pending: ("creating" | "updating" | "deleting")[];
  isSecretInState: boolean;
  secret: FoundObject;
  isReleaseInState: boolean;
  isReleaseBegun: boolean;
  statuses: string[];
}

function found(world: World): Found {
  const secrets = world.pending.map((type) =>
    operation(type, secretResource, { isKnown: world.isSecretInState, object: world.secret }),
  );
  const begun = operation("creating", releaseResource, { isKnown: world.isReleaseInState });
  const history = world.statuses.map((status, index) => revision(index + 1, status));
  const known = world.isReleaseInState ? { urn: releaseResource.urn } : { wanted };
  return {
    locks: world.isLocked ? [lock] : [],
    operations: [...secrets, ...(world.isReleaseBegun ? [begun] : [])],
    releases: history.length > 0 || world.isReleaseInState ? [release(history, known)] : [],
  };
}

/** What the steps make of it. */
function take(world: World, steps: readonly Step[]): World {
  const has = (kind: Step["kind"], urn?: string) =>
    steps.some((step) => step.kind === kind && (urn === undefined || urnOf(step) === urn));
  const isInState = (urn: string, before: boolean) => !has("drop", urn) && (before || has("put", urn));
  const statuses = has("uninstall") ? [] : has("rollback") ? [...world.statuses, "deployed"] : world.statuses;
  const isStateChanged = has("put") || has("drop") || has("forget");
  return {
    ...world,
    isLocked: world.isLocked && !has("unlock"),
    pending: isStateChanged ? [] : world.pending,
    isSecretInState: isInState(secretResource.urn, world.isSecretInState),
    isReleaseInState: isInState(releaseResource.urn, world.isReleaseInState),
    isReleaseBegun: world.isReleaseBegun && !isStateChanged,
    statuses,
  };
}

function urnOf(step: Step): string | undefined {
  if (step.kind === "put") return step.resource.urn;
  return "urn" in step ? step.urn : undefined;
}

const worlds = fc.record<World>({
  isLocked: fc.boolean(),
  pending: fc.subarray(["creating", "updating", "deleting"] as const, { maxLength: 1 }).map((some) => [...some]),
  isSecretInState: fc.boolean(),
  secret: fc.constantFrom<FoundObject>({ kind: "absent" }, ours, {
    kind: "other",
    reason: "it was not made by Pulumi",
  }),
  isReleaseInState: fc.boolean(),
  isReleaseBegun: fc.boolean(),
  statuses: fc.array(
    fc.constantFrom(
      "pending-install",
      "pending-upgrade",
      "pending-rollback",
      "uninstalling",
      "deployed",
      "failed",
      "uninstalled",
    ),
    { maxLength: 4 },
  ),
});

describe("the plan of a recovery", () => {
  it("leaves nothing to do once it is done", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const after = take(
          world,
          plan(found(world)).flatMap(({ steps }) => steps),
        );
        expect(plan(found(after)).flatMap(({ steps }) => steps)).to.deep.equal([]);
      }),
    );
  });

  it("deletes no claim, Secret or namespace: only an uninstallation deletes, and not those", () => {
    const manifest = ["PersistentVolumeClaim", "Secret", "Namespace", "CustomResourceDefinition", "Service"]
      .map((kind) => `---\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: it\n`)
      .join("");
    const history = [revision(1, "pending-install", { manifest })];
    const steps = plan({ ...nothing, releases: [release(history)] }).flatMap((finding) => finding.steps);
    const deleted = steps.flatMap((step) => (step.kind === "uninstall" ? step.objects : []));
    expect(deleted.map(({ kind }) => kind)).to.deep.equal(["Service"]);
  });

  it("is empty when nothing was left behind", () => {
    expect(plan(nothing)).to.deep.equal([]);
  });
});

describe("what is shown of it", () => {
  it("is one line for each thing, with the exact object", () => {
    const operations = [
      operation("creating", secretResource, { object: ours }),
      operation("creating", commandResource),
    ];
    const releases = [release([revision(1, "deployed")], { wanted })];
    expect(renderFindings("dev", plan({ ...nothing, locks: [lock], operations, releases })).split("\n")).to.deep.equal([
      "Stack dev: left behind by an interrupted run",
      "  lock of process 4711: that ada started at 2026-11-28T20:50:00Z, and that is gone -> removed",
      "  release desktops/kasm: revision 1 is deployed, and the state does not have it -> taken into the state",
      "  Secret desktops/kasm-secrets: interrupted while creating, and made -> taken into the state",
      "  Command kasm-certificate: interrupted while creating, and not made -> left to the next `up`",
    ]);
  });

  it("has the commands for what is left to a person, apart from the rest", () => {
    const object = { kind: "other", reason: "it was not made by Pulumi" } as const;
    const text = renderFindings(
      "dev",
      plan({ ...nothing, operations: [operation("creating", secretResource, { object })] }),
    );
    expect(text).to.match(/^Stack dev: for you to decide\n {2}Secret desktops\/kasm-secrets: /);
    expect(text).to.contain("\n      kubectl get secret kasm-secrets --namespace desktops");
  });

  it("says so when there is nothing", () => {
    expect(renderFindings("dev", [])).to.contain("nothing was left behind");
  });
});
