import { Counter } from "prom-client";
import type { Registry } from "prom-client";
import type { ClusterClient } from "../kube/client.ts";
import type { Clock } from "../kube/clock.ts";
import { secretCredentials } from "./access/credentials.ts";
import { reviewActFor, reviewToken } from "./access/reviews.ts";
import { serveAccess } from "./access/server.ts";
import { readSigningKey } from "./access/signing-key.ts";
import { wakeSession } from "./access/wake.ts";
import type { Caches } from "./caches.ts";
import type { Logger } from "./log.ts";
import type { Settings } from "./settings.ts";

export interface FrontDoorParts {
  settings: Settings;
  log: Logger;
  client: ClusterClient;
  caches: Caches;
  clock: Clock;
  registry: Registry;
}

/**
 * Opens the port at which Traefik asks who may enter, with all that it needs of the cluster.
 *
 * @returns undefined without a signing key: then only templates with `access: Password` can be entered
 * @throws SigningKeyError
 */
export async function openDoor(parts: FrontDoorParts): Promise<{ close: () => Promise<void> } | undefined> {
  const { settings, log, client, caches, clock, registry } = parts;
  if (settings.accessKeyFile === undefined) {
    log.warn("VDI_ACCESS_KEY_FILE is not set: nobody can enter a desktop whose template has access: ForwardAuth");
    return undefined;
  }
  const outcomes = new Counter({
    name: "vdi_access_requests_total",
    help: "Requests at the door of desktops, by what became of them",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const { sessions, templates } = caches;
  return serveAccess({
    port: settings.ports.access,
    ...(settings.listenAddress !== undefined && { host: settings.listenAddress }),
    domain: settings.domain,
    key: await readSigningKey(settings.accessKeyFile),
    sessions: {
      byHost: (host) => sessions.store.by("host", host)[0],
      byName: (name) => sessions.store.get(`${settings.namespace}/${name}`),
      template: (name) => templates.store.get(name),
    },
    credentials: secretCredentials(client, settings.namespace),
    wake: wakeSession(client),
    review: reviewToken(client),
    mayActFor: reviewActFor(client, settings.namespace),
    userHeader: settings.accessUserHeader,
    observe: (outcome) => outcomes.inc({ outcome }),
    clock,
    log: (level, message, fields) => log[level](fields ?? {}, message),
  });
}
