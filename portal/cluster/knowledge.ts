import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { Informer } from "../../kube/informer.ts";
import type { Node, Pod } from "../../kube/kinds.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession, VDITemplate } from "../../operator/api/objects.ts";
import { trimNode, trimOwn } from "../../operator/trim.ts";

export interface KnowledgeOptions {
  readonly client: Pick<ClusterClient, "listPage" | "watch">;
  /** Of sessions. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** What the portal shows, followed by watches: sessions and their pods, templates, nodes. */
export class Knowledge {
  readonly sessions: Informer<VDISession>;
  readonly templates: Informer<VDITemplate>;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly namespace: string;

  constructor({ client, namespace, clock, log }: KnowledgeOptions) {
    const options = { clock, log };
    this.namespace = namespace;
    this.sessions = new Informer<VDISession>(
      client,
      { apiVersion, kind: "VDISession", namespace },
      {
        ...options,
        trim: trimOwn,
        indexers: { user: ({ spec }) => [spec.user], template: ({ spec }) => [spec.template] },
      },
    );
    this.templates = new Informer<VDITemplate>(
      client,
      { apiVersion, kind: "VDITemplate" },
      { ...options, trim: trimOwn },
    );
    this.pods = new Informer<Pod>(client, { apiVersion: "v1", kind: "Pod", namespace }, { ...options, trim: trimPod });
    this.nodes = new Informer<Node>(client, { apiVersion: "v1", kind: "Node" }, { ...options, trim: trimNode });
  }

  session(name: string): VDISession | undefined {
    return this.sessions.store.get(`${this.namespace}/${name}`);
  }

  template(name: string): VDITemplate | undefined {
    return this.templates.store.get(name);
  }

  sessionsOf(user: string): VDISession[] {
    return this.sessions.store.by("user", user);
  }

  /** Resolves when all is read. */
  get synced(): Promise<unknown> {
    return Promise.all(this.#all.map((it) => it.synced));
  }

  get isSynced(): boolean {
    return this.#all.every((it) => it.isSynced);
  }

  /** Follows the cluster until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all.map((it) => it.run(signal)));
  }

  get #all() {
    return [this.sessions, this.templates, this.pods, this.nodes] as const;
  }
}

/** Without variables, mounts and probes, which are most of a pod and nothing that is shown. */
function trimPod(pod: Pod): Pod {
  const { spec = {} } = pod;
  const lean = (container: NonNullable<typeof spec.containers>[number]) => {
    const { name, image, resources } = container;
    return { name, ...(image !== undefined && { image }), ...(resources && { resources }) };
  };
  delete pod.metadata.annotations;
  if (spec.containers) spec.containers = spec.containers.map(lean);
  if (spec.initContainers) spec.initContainers = spec.initContainers.map(lean);
  return pod;
}
