import { PartialError } from "../../rpc/errors.ts";
import { toJson } from "../../rpc/property.ts";
import type { PropertyMap } from "../../rpc/property.ts";
import type { Call } from "../../rpc/provider.ts";
import { installArguments, rollbackArguments, uninstallArguments, upgradeArguments } from "./arguments.ts";
import { chartProblem, chartSource, prepareChart } from "./chart.ts";
import type { ChartArguments } from "./chart.ts";
import { withHelmHome } from "./home.ts";
import type { HelmHome } from "./home.ts";
import type { Release } from "./inputs.ts";
import { outputsOf } from "./outputs.ts";
import { readPatiently } from "./patience.ts";
import { ReleaseProgress } from "./progress.ts";
import { readRecord, readRevisions } from "./record.ts";
import { planCreate, planUpdate } from "./recovery.ts";
import { redact, secretTexts } from "./redact.ts";
import { HelmError, runHelm } from "./run-helm.ts";
import type { HelmRun } from "./run-helm.ts";
import type { HelmSettings } from "./settings.ts";

/**
 * Installs or upgrades, whichever the release's history needs, and returns the new outputs.
 * @throws PartialError when a new revision exists but failed; Error when there is none.
 */
export async function applyRelease(
  { client }: HelmSettings,
  operation: "create" | "update",
  release: Release,
  inputs: PropertyMap,
  call: Call,
  timeoutSeconds: number | undefined,
): Promise<PropertyMap> {
  const id = `${release.namespace}/${release.name}`;
  const secrets = secretTexts(inputs);
  const run: HelmRun = { secrets, signal: call.signal };
  const timed = { ...release, timeout: timeoutSeconds ?? release.timeout };

  const { namespace, name } = release;
  const status = (message: string): void => call.status(message);
  const readNewest = () => readPatiently(() => readRecord(client, namespace, name), status);
  const revisions = await readPatiently(() => readRevisions(client, namespace, name), status);
  const newest = await readNewest();
  const last = newest?.version ?? 0;
  const plan = operation === "create" ? planCreate(revisions, newest, release.replace) : planUpdate(revisions, newest);
  if (plan.action === "refuse") throw new Error(`Helm ${plan.reason}`);
  if ("warning" in plan) call.log.warning(`Helm release ${id}: ${plan.warning}`);

  const source = chartSource(release);
  return withHelmHome(
    client.config,
    async (home) => {
      const chart = await prepareChart(home, release, source, run).catch((error: unknown) => {
        throw new Error(chartProblem(release, (error as Error).message), { cause: error });
      });
      if (release.lint) await lint(home, chart, release, run);
      if (plan.action === "reinstall") await runHelm(home, uninstallArguments(timed), run);
      if (plan.action === "rollback") await runHelm(home, rollbackArguments(release, plan.toRevision), run);
      const before = plan.action === "reinstall" ? 0 : plan.action === "rollback" ? last + 1 : last;
      const upgrades = plan.action === "upgrade" || plan.action === "rollback";
      const verb = upgrades ? upgradeArguments(timed) : installArguments(timed);
      const progress = new ReleaseProgress(client, namespace, name, before + 1);
      try {
        call.status(`helm ${verb[0] ?? ""} is starting`);
        const input = JSON.stringify(toJson(release.values));
        const parameters = [...verb, ...chart.parameters];
        const attempt = () =>
          following(progress, call, () => runHelm(home, parameters, { ...run, input, cwd: chart.cwd }));
        await attempt().catch(async (error: unknown) => {
          if (!(error instanceof HelmError) || !blamesOutage(error) || call.signal.aborted) throw error;
          const found = await readNewest();
          // Once helm has begun a revision, trying again is another decision: the next update's.
          if (found && found.version > before) throw error;
          return attempt();
        });
      } catch (error) {
        if (!(error instanceof HelmError)) throw error;
        const record = await readNewest();
        // What --atomic has taken back can only be told from the last look before.
        const found = await progress.reasons({ lookAgain: !release.atomic });
        const reasons = [`Helm release ${id}: ${error.message}`, ...found].map((one) => redact(one, secrets));
        if (!record || record.version <= before) throw new Error(reasons.join("; "), { cause: error });
        reasons.push(`Revision ${record.version} is ${record.info.status}. ${advice(release)}`);
        throw new PartialError({ id, properties: outputsOf(release, record, inputs), inputs, reasons });
      }
      const record = await readNewest();
      if (!record) throw new Error(`Helm release ${id} vanished right after helm had made it`);
      call.status("");
      return outputsOf(release, record, inputs);
    },
    source.from === "alias",
  );
}

/** Uninstalls, and waits for the objects to go unless the release skips waiting. */
export async function removeRelease(
  { client }: HelmSettings,
  release: Release,
  secrets: string[],
  call: Call,
  timeoutSeconds: number | undefined,
): Promise<void> {
  const id = `${release.namespace}/${release.name}`;
  const timed = { ...release, timeout: timeoutSeconds ?? release.timeout };
  await withHelmHome(client.config, async (home) => {
    call.status("helm uninstall is running");
    const output = await runHelm(home, uninstallArguments(timed), { secrets, signal: call.signal }).catch(
      (error: unknown) => {
        throw new Error(`Helm release ${id} could not be removed: ${(error as Error).message}`, { cause: error });
      },
    );
    const kept = /^These resources were kept[^]*/m.exec(output)?.[0].trim();
    if (kept) call.log.warning(`Helm release ${id}: ${kept}`);
  });
}

/** helm waits out a restart of the API server while it waits for objects, but not before that. */
function blamesOutage({ message }: HelmError): boolean {
  return /connection refused|connection reset|Kubernetes cluster unreachable|ServiceUnavailable|: EOF$/.test(message);
}

function advice({ name, namespace }: Release): string {
  return `Look at it with \`helm status ${name} -n ${namespace}\` and \`kubectl -n ${namespace} get pods,events\`; the next update tries again`;
}

async function following<T>(progress: ReleaseProgress, call: Call, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const followed = progress.follow((message) => call.status(message), done.signal);
  try {
    return await work();
  } finally {
    done.abort();
    await followed;
  }
}

async function lint(home: HelmHome, chart: ChartArguments, release: Release, run: HelmRun): Promise<void> {
  const [reference = ""] = chart.parameters;
  const input = JSON.stringify(toJson(release.values));
  await runHelm(home, ["lint", reference, "--quiet", "--values", "-"], { ...run, input, cwd: chart.cwd });
}
