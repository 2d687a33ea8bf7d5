import { labLayout } from "../../lab/cluster/layout.ts";
import { session } from "../../lab/phases/session.ts";

/** The session `demo` as `npm run lab` leaves it: a test before may have destroyed the stack with all sessions, and brought it up. */
export async function demoSession(checkout: string): Promise<void> {
  await session({ layout: labLayout(checkout), tools: new Map() }, () => undefined);
}
