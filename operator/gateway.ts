import { Registry, collectDefaultMetrics } from "prom-client";
import { aborted } from "../kube/aborted.ts";
import { ClusterClient } from "../kube/client.ts";
import type { SharedKubeConfig } from "../kube/client.ts";
import { pause } from "../kube/clock.ts";
import { serveHealth } from "../kube/health-server.ts";
import { readSecretFile } from "../kube/secret-file.ts";
import { rememberedCredentials, secretCredentials } from "./credentials/stream-credentials.ts";
import { Knowledge } from "./access/knowledge.ts";
import { AccessMetrics } from "./access/metrics.ts";
import { reviewActFor, reviewToken } from "./access/reviews.ts";
import { serveAccess } from "./access/server.ts";
import { wakeSession } from "./access/wake.ts";
import type { GatewaySettings } from "./gateway-settings.ts";
import { ServerClock } from "./lifetime/server-clock.ts";
import type { Logger } from "./log.ts";

export interface GatewayOptions {
  settings: GatewaySettings;
  log: Logger;
  config: SharedKubeConfig;
}

const signingKey = { what: "the signing key of links and cookies", variable: "VDI_ACCESS_KEY_FILE" };
const headerPath = { what: "the secret path of forwardAuth", variable: "VDI_ACCESS_PATH_FILE" };

/** For so long people are let in by what was last known, while the API server is away. */
export const trustedMs = 3_600_000;

/**
 * Answers Traefik whom to let in, until `signal` aborts; then for some seconds more, until others have heard of its end.
 * Nothing of the controllers is needed: desktops stay open while those are down.
 *
 * @throws SecretFileError
 */
export async function runGateway({ settings, log, config }: GatewayOptions, signal: AbortSignal): Promise<void> {
  const key = await readSecretFile(settings.accessKeyFile, signingKey);
  const { userHeader: header } = settings;
  const userHeader = header && {
    name: header.name,
    path: (await readSecretFile(header.pathFile, headerPath)).toString(),
  };
  const warn = (message: string) => log.warn(message);
  const clock = new ServerClock({ log: warn });
  const { onServerDate } = clock;
  const known = new Knowledge({ ...settings, client: new ClusterClient(config, { onServerDate }), clock, log: warn });
  // Somebody waits for each answer, and Traefik for 30 s at most.
  const client = new ClusterClient(config, { onServerDate, requestTimeoutMs: 5_000 });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = new AccessMetrics(registry, () => (known.isSynced ? known.ageMs : undefined));
  const over = new AbortController();
  const health = await openHealth({ settings, registry, known, signal });
  const following = known.run(over.signal);
  try {
    await Promise.race([known.synced, aborted(signal)]);
    if (signal.aborted) return;
    const access = await serveAccess({
      host: settings.listenAddress,
      ...{ port: settings.ports.access, domain: settings.domain, key, clock, userHeader },
      timeDoubt: () => clock.doubt,
      sessions: {
        byHost: (host) => known.sessions.store.by("host", host)[0],
        byName: (name) => known.sessions.store.get(`${settings.namespace}/${name}`),
        template: (name) => known.templates.store.get(name),
      },
      credentials: rememberedCredentials(secretCredentials(client, settings.namespace), clock, trustedMs),
      isStale: () => known.ageMs > trustedMs,
      wake: wakeSession(client),
      review: reviewToken(client),
      mayActFor: reviewActFor(client, settings.namespace),
      observe: (outcome) => metrics.asked(outcome),
      log: (level, message, fields) => log[level](fields ?? {}, message),
    });
    log.info({ sessions: known.sessions.store.size }, "admits to desktops");
    await aborted(signal);
    access.drain();
    await pause(clock, settings.drainSeconds * 1000);
    await access.close();
  } finally {
    over.abort();
    await Promise.all([following, ...health.map((it) => it.close())]);
    await config.close();
  }
}

/** Metrics may be read by whoever scrapes; health is for the kubelet: two ports, for two rules of the network. */
function openHealth(parts: { settings: GatewaySettings; registry: Registry; known: Knowledge; signal: AbortSignal }) {
  const { settings, registry, known, signal } = parts;
  const { ports } = settings;
  const checks = {
    live: {},
    ready: {
      knowledge: () => knowledgeCheck(known),
      // Asked no more, while those that ask already get their answers.
      running: () => (signal.aborted ? "it is ending" : undefined),
    },
  };
  return Promise.all([
    serveHealth({ ...checks, host: settings.listenAddress, port: ports.health }),
    serveHealth({ ...checks, host: settings.listenAddress, port: ports.metrics, registry }),
  ]);
}

/** While the API server is away for all replicas, none may leave its Service: the others would know no more. */
function knowledgeCheck(known: Knowledge) {
  if (!known.isSynced) return "sessions and templates are still being read";
  const age = `last heard of ${Math.round(known.ageMs / 1000)} s ago`;
  return known.ageMs > trustedMs ? `${age}, which counts for ${trustedMs / 60_000} min` : { detail: age };
}
