import { Registry, collectDefaultMetrics } from "prom-client";
import { aborted } from "../kube/aborted.ts";
import { ClusterClient } from "../kube/client.ts";
import type { SharedKubeConfig } from "../kube/client.ts";
import { pause, systemClock } from "../kube/clock.ts";
import { serveHealth } from "../kube/health-server.ts";
import { readSecretFile } from "../kube/secret-file.ts";
import { reviewActFor, reviewToken } from "../operator/access/reviews.ts";
import type { Logger } from "../operator/log.ts";
import { apiHandlers } from "./api/handlers.ts";
import type { Pages } from "./bundle/build-pages.ts";
import { Actions } from "./cluster/actions.ts";
import type { Audit } from "./cluster/actions.ts";
import { Contact } from "./cluster/contact.ts";
import { Knowledge } from "./cluster/knowledge.ts";
import { meter } from "./cluster/meter.ts";
import { PortalRecord } from "./cluster/record.ts";
import { linksOf } from "./cluster/links.ts";
import { Assets } from "./server/assets.ts";
import { follow } from "./server/follow.ts";
import { PortalMetrics } from "./server/metrics.ts";
import { servePortal } from "./server/server.ts";
import { Streams } from "./server/streams.ts";
import { authenticate } from "./sign-in/authenticate.ts";
import { Oidc } from "./sign-in/oidc.ts";
import { SignInRoutes } from "./sign-in/routes.ts";
import { Seal } from "./sign-in/seal.ts";
import { clusterState, sliceHolders } from "./view/slices.ts";
import { StartTimes } from "./view/start-times.ts";
import type { PortalSettings } from "./settings.ts";

export interface PortalOptions {
  readonly settings: PortalSettings;
  readonly log: Logger;
  readonly config: SharedKubeConfig;
  readonly pages: Pages;
}

/**
 * Serves the portal until `signal` aborts; then for some seconds more, until others have heard of its end.
 *
 * @throws SecretFileError
 */
export async function runPortal({ settings, log, config, pages }: PortalOptions, signal: AbortSignal): Promise<void> {
  const { namespace, domain, url, adminGroups, ports } = settings;
  const clock = systemClock;
  const warn = (message: string) => log.warn(message);
  const { signIn } = settings;
  const seal = new Seal(await readSecretFile(settings.keyFile, cookieKey));
  const proxySecret = signIn.kind === "header" ? await readSecretFile(signIn.proxySecretFile, routeSecret) : undefined;
  const known = new Knowledge({ client: new ClusterClient(config), namespace, clock, log: warn });
  // Somebody waits for each answer.
  const client = new ClusterClient(config, { requestTimeoutMs: 5_000 });
  const streams = new Streams({ clock });
  const contact = new Contact({ client, clock, changed: (isAway) => streams.cluster(isAway) });
  const record = new PortalRecord({
    ...{ client: new ClusterClient(config), namespace: settings.ownNamespace, clock, log: warn },
  });
  const starts = new StartTimes();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = new PortalMetrics(registry, () => streams.size);
  const over = new AbortController();
  const health = await openHealth({ settings, registry, known, signal });
  const following = Promise.all([known.run(over.signal), contact.run(over.signal), record.run(over.signal)]);
  try {
    await Promise.race([Promise.all([known.synced, record.synced]), aborted(signal)]);
    if (signal.aborted) return;
    const audit: Audit = (line) => log.info(line, "done for a person");
    const actions = new Actions({ client, known, clock, off: () => record.off, audit });
    const mayActFor = reviewActFor(client, namespace);
    const server = await servePortal({
      host: settings.listenAddress,
      ...{ port: ports.web, url, clock },
      authenticate: authenticate({
        ...{ seal, signIn, proxySecret: proxySecret?.toString(), adminGroups, review: reviewToken(client) },
        // Of no name: the right to all of them.
        mayActForAll: (reviewed) => mayActFor(reviewed, ""),
      }),
      signIn: signInRoutes(settings, seal, log),
      handlers: apiHandlers({
        known,
        contact,
        actions,
        record,
        starts,
        streams,
        link: linksOf(settings),
        clock,
        audit,
        domain,
      }),
      assets: new Assets(pages),
      observe: (outcome) => metrics.answered(outcome),
      log: (level, message) => log[level](message),
    });
    const unread = record.on(() => {
      streams.notices(record.message, (user) => record.messageTo(user));
      streams.changed("templates");
    });
    const metering = meter(
      {
        ...{ clock, usage: () => record.usage, write: (usage) => record.setUsage(usage) },
        holders: () => sliceHolders(clusterState(known)),
      },
      over.signal,
    );
    const unobserve = known.sessions.on({
      add: (session) => starts.observe(session),
      update: (session) => starts.observe(session),
    });
    const unfollow = follow(known, streams, clock);
    log.info({ sessions: known.sessions.store.size, port: server.port }, "shows desktops");
    await aborted(signal);
    server.drain();
    streams.close();
    await pause(clock, settings.drainSeconds * 1_000);
    unfollow();
    unobserve();
    unread();
    streams.close();
    await server.close();
    over.abort();
    await metering;
  } finally {
    over.abort();
    await Promise.all([following, ...health.map((it) => it.close())]);
    await config.close();
  }
}

function signInRoutes(settings: PortalSettings, seal: Seal, log: Logger): SignInRoutes | undefined {
  if (settings.signIn.kind !== "oidc") return undefined;
  // The cause may name what the issuer sent, codes among it: its message alone is told.
  return new SignInRoutes(new Oidc(settings.signIn, settings), seal, (message, cause) =>
    log.warn(cause instanceof Error ? `${message} (${cause.message})` : message),
  );
}

const cookieKey = { what: "the key that cookies are sealed with", variable: "VDI_PORTAL_KEY_FILE" };
const routeSecret = {
  what: "what the portal's route is known by",
  variable: "VDI_PORTAL_PROXY_SECRET_FILE",
};

function openHealth(parts: { settings: PortalSettings; registry: Registry; known: Knowledge; signal: AbortSignal }) {
  const { settings, registry, known, signal } = parts;
  const checks = {
    live: {},
    ready: {
      knowledge: () => (known.isSynced ? undefined : "sessions, templates, pods and nodes are still being read"),
      running: () => (signal.aborted ? "it is ending" : undefined),
    },
  };
  return Promise.all([
    serveHealth({ ...checks, host: settings.listenAddress, port: settings.ports.health }),
    serveHealth({ ...checks, host: settings.listenAddress, port: settings.ports.metrics, registry }),
  ]);
}
