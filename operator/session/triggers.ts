import type { KubeObject } from "../../kube/object.ts";
import { keyOf } from "../../kube/store.ts";
import type { WorkQueue } from "../../kube/work-queue.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";
import type { Node, PersistentVolumeClaim } from "../kinds.ts";
import { labels } from "../resources/labels.ts";

// What is there at the start can wait for what people do meanwhile.
const background = { priority: -1 };

export interface TriggerOptions {
  caches: Caches;
  queue: WorkQueue;
  /** A session is gone. */
  forget: (session: VDISession) => void;
}

/** Which changes make which sessions be looked at again. */
export function watchForSessions({ caches, queue, forget }: TriggerOptions): void {
  const { sessions, templates, pods, services, routes, networkPolicies, claims, nodes } = caches;
  const add = (key: string) => queue.add(key, caches.isSynced ? {} : background);
  const addAll = (keys: Iterable<string>) => {
    for (const key of keys) add(key);
  };
  sessions.on({
    add: (session) => add(keyOf(session)),
    update: (session) => add(keyOf(session)),
    delete: (session) => {
      queue.forget(keyOf(session));
      forget(session);
    },
  });

  const addOwner = ({ metadata }: KubeObject) => {
    const owner = metadata?.ownerReferences?.find(({ controller, kind }) => controller && kind === "VDISession");
    if (owner) add(`${metadata?.namespace ?? ""}/${owner.name}`);
  };
  // Both: a session takes a pod from its pool, and a foreign writer may take an owner away.
  const addOwners = (object: KubeObject, before: KubeObject) => {
    addOwner(object);
    addOwner(before);
  };
  for (const children of [services, routes, networkPolicies])
    children.on({ add: addOwner, update: addOwners, delete: addOwner });
  pods.on({ add: addOwner, update: addOwners, delete: addOwner });

  const addUser = ({ metadata }: KubeObject) =>
    addAll(sessions.store.keysBy("user", metadata?.labels?.[labels.user] ?? ""));
  claims.on({
    add: addUser,
    update: (claim, before) => {
      if (homeState(claim) !== homeState(before)) addUser(claim);
    },
    delete: addUser,
  });

  const addTemplate = ({ metadata }: KubeObject) => addAll(sessions.store.keysBy("template", metadata?.name ?? ""));
  templates.on({
    add: addTemplate,
    update: (template, before) => {
      // Its status counts sessions: were that a reason, each session would make all others be looked at.
      if (template.metadata.generation !== before.metadata.generation) addTemplate(template);
    },
    delete: addTemplate,
  });

  const addOfNode = (node: Node) => {
    for (const pod of pods.store.by("node", node.metadata.name)) addOwner(pod);
    // Those that wait for a node say which were considered.
    for (const pod of pods.store.by("node", "")) addOwner(pod);
  };
  nodes.on({
    add: addOfNode,
    update: (node, before) => {
      if (JSON.stringify([node.spec, node.status]) !== JSON.stringify([before.spec, before.status])) addOfNode(node);
    },
    delete: addOfNode,
  });
}

/** What a session's status tells of its home: all who wait for it tell the same. */
function homeState({ metadata, status }: PersistentVolumeClaim): string {
  return JSON.stringify([metadata.uid, metadata.deletionTimestamp, status?.phase]);
}
