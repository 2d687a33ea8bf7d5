import { isDeepStrictEqual } from "node:util";
import { act } from "./act.ts";
import { openCluster } from "./cluster.ts";
import { collect } from "./collect.ts";
import { Engine } from "./engine.ts";
import { plan } from "./plan.ts";
import { refuseWhileHelmWorks } from "./plan-release.ts";
import { renderFindings } from "./render.ts";

export interface RecoverOptions {
  /** As `pulumi stack select` takes it. */
  readonly stack: string;
  /** The project's root. */
  readonly folder: string;
  /** Gets what was found, and afterwards that it was done. */
  readonly say: (text: string) => void;
  /** Whether to do it; absent means yes. */
  readonly confirm?: () => Promise<boolean>;
}

/**
 * Clears away what interrupted runs left in a stack's state and cluster, so that the next `up` goes on from there.
 *
 * @returns whether nothing is left to be done, by this command or by a person
 * @throws Error when another engine, or Helm, may be at work, or something failed; it can be repeated then
 */
export async function recover({ stack, folder, say, confirm }: RecoverOptions): Promise<boolean> {
  const engine = new Engine(stack, folder);
  const cluster = openCluster(engine.project, await engine.config());
  const look = async () => {
    const { state, found } = await collect(engine, cluster.client);
    refuseWhileHelmWorks(found.releases, new Date());
    return { state, findings: plan(found) };
  };
  try {
    const seen = await look();
    say(renderFindings(stack, seen.findings));
    if (seen.findings.length === 0) return true;
    if (confirm && !(await confirm())) return false;
    // People take their time to say yes.
    const { state, findings } = confirm ? await look() : seen;
    if (!isDeepStrictEqual(findings, seen.findings))
      throw new Error(`Stack ${stack} has changed since it was looked at. Nothing was done; run this again.`);
    const steps = findings.flatMap(({ steps }) => steps);
    await act(steps, state, engine, cluster);
    const isLeft = findings.some(({ commands }) => commands);
    say(isLeft ? "The rest is done." : "Done. `pulumi up` goes on from here.");
    return !isLeft;
  } finally {
    await cluster.client.config.close();
  }
}
