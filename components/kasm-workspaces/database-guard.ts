import * as pulumi from "@pulumi/pulumi";
import { runScript } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";
import { clusterNameLabel, databaseRecordName, stackAnnotation } from "./manifests.ts";

export interface GuardedDatabase {
  readonly namespace: string;
  readonly clusterName: string;
  /** Under which the stack writes its objects. */
  readonly manager: string;
}

/**
 * Stops the program before its first resource when the config would leave Kasm's database behind: in another namespace, or under
 * another name of the cluster, Pulumi replaces what there is, and deletes the old with its data. The same when the database is
 * another stack's: Pulumi would take its namespace over, and delete it by a destroy.
 *
 * @throws RunError that says which key to set back
 */
export async function guardDatabase(cluster: ClusterAccess, database: GuardedDatabase): Promise<void> {
  try {
    const marks = { record: databaseRecordName, clusterNameLabel, stackAnnotation };
    await runScript("database-guard", cluster, { ...database, ...marks });
  } catch (error) {
    const { message } = error as Error;
    // Shown by its stack, which has nothing to say.
    throw Object.assign(new pulumi.RunError(message), { stack: message });
  }
}
