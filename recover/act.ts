import { execa, ExecaError } from "execa";
import type { ClusterClient, ObjectKey } from "../kube/client.ts";
import type { Cluster } from "./cluster.ts";
import type { Engine } from "./engine.ts";
import type { ReleaseName, Step } from "./findings.ts";
import { removeLock } from "./stack-locks.ts";
import { changedState } from "./state.ts";
import type { ExportedStack } from "./state.ts";
import { uninstall } from "./uninstall.ts";

/**
 * Takes the steps: all of the state's at once, and then the cluster's. They can be interrupted at any point, and be planned and
 * taken once more.
 *
 * @throws EngineError before anything is changed while another engine has the stack, whatever its backend
 */
export async function act(
  steps: readonly Step[],
  state: ExportedStack,
  engine: Engine,
  cluster: Cluster,
): Promise<void> {
  const all = <K extends Step["kind"]>(kind: K) =>
    steps.filter((step) => step.kind === kind) as Extract<Step, { kind: K }>[];
  for (const { lock } of all("unlock")) removeLock(lock);
  const put = all("put").map(({ resource }) => resource);
  const drop = all("drop").map(({ urn }) => urn);
  await engine.import(changedState(state, { put, drop }));
  for (const { release, objects } of all("uninstall")) await uninstall(cluster.client, release, objects);
  for (const { release, revision, kept } of all("rollback")) {
    for (const key of kept) await keep(cluster.client, key);
    await rollBack(release, revision, cluster.helmFlags);
  }
}

/** Helm does not delete what carries this annotation. */
async function keep(client: ClusterClient, key: ObjectKey): Promise<void> {
  if (!(await client.get(key))) return;
  await client.mergePatch({
    ...key,
    metadata: { ...key.metadata, annotations: { "helm.sh/resource-policy": "keep" } },
  });
}

async function rollBack({ namespace, name }: ReleaseName, revision: number, flags: readonly string[]): Promise<void> {
  try {
    await execa("helm", ["rollback", name, String(revision), "--namespace", namespace, ...flags]);
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const reason =
      error.code === "ENOENT" ? "`helm` is not on PATH: https://helm.sh/docs/intro/install/" : error.stderr;
    throw new Error(`release ${namespace}/${name} could not be rolled back: ${String(reason).trim()}`, {
      cause: error,
    });
  }
}
