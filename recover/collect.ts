import type { ClusterClient } from "../kube/client.ts";
import type { Engine } from "./engine.ts";
import { findObject } from "./found-object.ts";
import type { FoundOperation } from "./plan-operation.ts";
import type { Found } from "./plan.ts";
import { findReleases } from "./releases.ts";
import { abandonedLocks, backendFolder } from "./stack-locks.ts";
import type { LockFile } from "./stack-locks.ts";
import { needs, objectKey } from "./state.ts";
import type { ExportedStack, PendingOperation } from "./state.ts";

/**
 * Everything that interrupted runs left in the state and in the cluster. Changes neither.
 *
 * @throws StackLockedError while another engine has the stack
 */
export async function collect(engine: Engine, client: ClusterClient): Promise<{ state: ExportedStack; found: Found }> {
  const locks = await locksOf(engine);
  const state = await engine.export();
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const known = new Set(resources.map(({ urn }) => urn));
  const operations = await Promise.all(latest(pending).map((operation) => findOperation(client, operation, known)));
  const releases = await findReleases(client, state, engine);
  return { state, found: { locks, operations, releases } };
}

/** A file backend shows its locks; any other refuses by itself to change a state that is locked. */
async function locksOf(engine: Engine): Promise<LockFile[]> {
  const pulumiState = backendFolder(await engine.backend());
  if (pulumiState === undefined) return [];
  const { stack, project } = engine;
  const name = stack.slice(stack.lastIndexOf("/") + 1);
  const commands = { again: `npm run recover ${stack}`, cancel: `pulumi cancel --stack ${stack} --yes` };
  return abandonedLocks({ pulumiState, project, stack: name, commands });
}

/** The engine keeps creations that were interrupted until somebody says what became of them: a second one comes on top. */
function latest(operations: readonly PendingOperation[]): PendingOperation[] {
  return [...new Map(operations.map((operation) => [operation.resource.urn, operation])).values()];
}

async function findOperation(
  client: ClusterClient,
  operation: PendingOperation,
  known: ReadonlySet<string>,
): Promise<FoundOperation> {
  const { resource } = operation;
  const key = objectKey(resource);
  return {
    operation,
    isKnown: known.has(resource.urn),
    hasItsNeeds: needs(resource).every((urn) => known.has(urn)),
    ...(key && { object: await findObject(client, key, resource.inputs) }),
  };
}
