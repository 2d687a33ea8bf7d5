import { z } from "zod";
import type { ClusterClient } from "../kube/client.ts";
import { explainMissing, missingCrds } from "../analyzers/traefik/crds.ts";
import { runScript, waitUntil } from "./gate.ts";
import type { Poll } from "./gate.ts";
import { describeTraefik, isLeaving, knownFields, refuseConfig, refuseOwn } from "./traefik/configuration.ts";
import type { TraefikFindings } from "./traefik/configuration.ts";
import { crd, helmObject, traefikCrds, traefikObjects } from "./traefik/objects.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  mode: z.enum(["k3s", "own"]),
  /** Only when a HelmChartConfig is to be made. */
  failurePolicy: z.string().optional(),
  timeoutSeconds: z.int(),
  /** Of a Middleware's spec, to tell which of them this Traefik has. */
  middlewareFields: z.array(z.string()).default([]),
});

type Input = z.infer<typeof inputSchema>;

interface GateFindings extends TraefikFindings {
  readonly middlewareFields: string[];
}

await runScript(inputSchema, async (input, client) =>
  waitUntil<object>(() => (input.mode === "own" ? pollRoom(client) : pollK3s(client, input)), input),
);

/** K3s's Traefik is there, and its configuration is free. */
async function pollK3s(client: ClusterClient, { failurePolicy, middlewareFields }: Input): Promise<Poll<GateFindings>> {
  const crds = await traefikCrds(client);
  const missing = missingCrds(crds);
  if (missing.length > 0) return { waiting: explainMissing(missing, crds) };
  if (failurePolicy !== undefined) {
    const [chart, config, configCrd] = await Promise.all([
      helmObject(client, "HelmChart"),
      helmObject(client, "HelmChartConfig"),
      crd(client, "helmchartconfigs.helm.cattle.io"),
    ]);
    const refusal = refuseConfig(failurePolicy, chart, config, configCrd);
    if (refusal !== undefined) throw new Error(refusal);
  }
  const found = describeTraefik(crds, ...(await traefikObjects(client, "kube-system")));
  return { done: { ...found, middlewareFields: knownFields(crds, middlewareFields) } };
}

/** Nothing of K3s's Traefik is there. */
async function pollRoom(client: ClusterClient): Promise<Poll<object>> {
  const [crds, chart] = await Promise.all([traefikCrds(client), helmObject(client, "HelmChart")]);
  const refusal = refuseOwn(chart, crds);
  if (refusal === undefined) return { done: {} };
  if (isLeaving([chart, ...crds])) return { waiting: refusal };
  throw new Error(refusal);
}
