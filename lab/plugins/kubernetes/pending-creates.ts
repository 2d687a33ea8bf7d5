import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import type { Manifest } from "./manifest.ts";
import { field, text } from "./manifest.ts";

/** One creation that has been asked for and not yet answered to the engine. */
export interface PendingCreate {
  urn: string;
  server: string;
  /** Kind, namespace and name, in any fixed form. */
  object: string;
}

// Clocks of this machine and the API server may differ a little.
const clockToleranceMs = 5_000;
// Creation is tried for half a minute; see create.ts.
const longestAttemptMs = 40_000;

/** Where the notes of this user lie: beside the plugins. */
export function pendingCreatesFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "kubernetes-pending-creates");
}

/**
 * Notes of creations under way, one small file each. When a plugin or an engine is killed between the request and the answer, the object
 * exists but no state knows it; the note lets the next run tell its own orphan from somebody else's object.
 */
export class PendingCreates {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Notes the beginning of one attempt. Those of earlier, interrupted runs stay. */
  begin(create: PendingCreate): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const attempts = [...this.#attempts(create), new Date().toISOString()];
    writeFileSync(this.#file(create), JSON.stringify({ ...create, attempts }), { mode: 0o600 });
  }

  end(create: PendingCreate): void {
    rmSync(this.#file(create), { force: true });
  }

  /** True when `live` came into being while this very resource was being created. */
  explains(create: PendingCreate, live: Manifest): boolean {
    const created = Date.parse(text(field(live, "metadata", "creationTimestamp")));
    return this.#attempts(create).some((attempt) => {
      const sinceMs = created - Date.parse(attempt);
      return sinceMs >= -clockToleranceMs && sinceMs <= longestAttemptMs;
    });
  }

  #attempts(create: PendingCreate): string[] {
    try {
      return (JSON.parse(readFileSync(this.#file(create), "utf8")) as { attempts: string[] }).attempts;
    } catch {
      return [];
    }
  }

  #file(create: PendingCreate): string {
    const id = createHash("sha256")
      .update(JSON.stringify([create.urn, create.server, create.object]))
      .digest("hex");
    return join(this.#folder, `${id.slice(0, 32)}.json`);
  }
}
