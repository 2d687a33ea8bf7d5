import type { AnyObject, ClusterClient, ObjectKey } from "../../kube/client.ts";
import { WaitTimeoutError, waitForObject } from "../../kube/wait-for.ts";
import type { VDIPool, VDISession, VDITemplate } from "../../operator/api/objects.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDIPoolSpec } from "../../operator/api/vdi-pool.ts";
import type { VDISessionSpec } from "../../operator/api/vdi-session.ts";
import type { VDITemplateSpec } from "../../operator/api/vdi-template.ts";
import { desktopName, homeName } from "../../operator/resources/names.ts";
import { MadeObjects } from "./made-objects.ts";

/** What an object is made from: fields with a default may be left out. */
export type Given<Spec> = Partial<Spec> | Record<string, unknown>;

/** A session, for who knows its name. */
export type Named = Pick<VDISession, "metadata"> | { metadata: { name: string } };

const childVersions = {
  Pod: "v1",
  Secret: "v1",
  Service: "v1",
  IngressRoute: "traefik.io/v1alpha1",
  NetworkPolicy: "networking.k8s.io/v1",
};

export type ChildKind = keyof typeof childVersions;

/** What a session that runs has one of each, besides its home. */
export const childKinds = Object.keys(childVersions) as ChildKind[];

let names = 0;

/** Sessions of one namespace, their templates and pools, and what an operator makes of them. */
export class Desktops {
  /** The cluster's administrator. */
  readonly client: ClusterClient;
  /** Of sessions. */
  namespace = "";
  /** What a session has unless it is said otherwise, besides a user of its own. */
  protected usually: Given<VDISessionSpec> = {};
  protected readonly made: MadeObjects;

  constructor(client: ClusterClient) {
    this.client = client;
    this.made = new MadeObjects(client);
  }

  /** A name that no other test has. */
  name(prefix: string): string {
    return `${prefix}-${process.pid}-${++names}`;
  }

  async session(given: Given<VDISessionSpec> = {}, name = this.name("test")): Promise<VDISession> {
    const { namespace } = this;
    const spec = { user: `${name.slice(0, 200)}@example.com`, ...this.usually, ...given };
    const object = { apiVersion, kind: "VDISession", metadata: { name, namespace }, spec };
    const session = (await this.create(object)) as unknown as VDISession;
    if (session.spec.persistence.enabled) this.made.add(this.childKey("PersistentVolumeClaim", session));
    return session;
  }

  /** By default a template of a simulated image with next to no demands, so that hundreds fit on the nodes. */
  async template(given: Given<VDITemplateSpec> = {}, name = this.name("test")): Promise<VDITemplate> {
    const spec = {
      image: "lab.invalid/desktop:1",
      runtime: { type: "selkies-v2" },
      resources: { default: { gpu: 0, cpu: "10m", memory: "16Mi" } },
      shmSize: "16Mi",
      ...given,
    };
    return (await this.create({
      apiVersion,
      kind: "VDITemplate",
      metadata: { name },
      spec,
    })) as unknown as VDITemplate;
  }

  async pool(given: Given<VDIPoolSpec> & { template: string }, name = this.name("test")): Promise<VDIPool> {
    const object = { apiVersion, kind: "VDIPool", metadata: { name, namespace: this.namespace }, spec: given };
    return (await this.create(object)) as unknown as VDIPool;
  }

  /** Creates any object; it is removed with all others. */
  create(object: AnyObject): Promise<AnyObject> {
    return this.made.create(object);
  }

  /** Removes what was made here, and the homes of the sessions. @throws Error naming what is still there after a minute */
  removeAll(): Promise<void> {
    return this.made.removeAll();
  }

  keyOf({ metadata: { name } }: Named): ObjectKey {
    return { apiVersion, kind: "VDISession", metadata: { name, namespace: this.namespace } };
  }

  /** The session as it is now. */
  async read(session: Named): Promise<VDISession | undefined> {
    return (await this.client.get(this.keyOf(session))) as VDISession | undefined;
  }

  /** Changes a session as its user would. */
  async patch(session: Named, spec: Given<VDISessionSpec>): Promise<void> {
    await this.client.mergePatch({ ...this.keyOf(session), spec }, "engine-test");
  }

  /**
   * Waits, by a watch, until the object is as awaited.
   *
   * @param isSo asked about undefined when it is not there
   * @throws WaitTimeoutError whose message has the object's status
   */
  async waitFor<T extends AnyObject | VDISession | VDITemplate | VDIPool = AnyObject>(
    key: ObjectKey,
    isSo: (object: T | undefined) => boolean,
    timeoutMs = 30_000,
  ): Promise<T | undefined> {
    try {
      return await waitForObject<T>(this.client, key, isSo, { timeoutMs });
    } catch (error) {
      if (error instanceof WaitTimeoutError)
        error.message += `: ${JSON.stringify((error.last as AnyObject | undefined)?.["status"] ?? error.last ?? "not there", undefined, 1)}`;
      throw error;
    }
  }

  /** Waits for something that is true of a session which is there. @throws as {@link waitFor} */
  async waitForSession(session: Named, isSo: (it: VDISession) => boolean, timeoutMs?: number): Promise<VDISession> {
    const isThereAndSo = (it: VDISession | undefined) => it !== undefined && isSo(it);
    return (await this.waitFor<VDISession>(this.keyOf(session), isThereAndSo, timeoutMs))!;
  }

  /** Waits for a session's condition, by default `Ready`, to be `True` with the reason if one is given. */
  async waitForCondition(
    session: Named,
    condition: { type?: string; status?: string; reason?: string } = {},
    timeoutMs = 30_000,
  ): Promise<VDISession> {
    const { type = "Ready", status = "True", reason } = condition;
    const isSo = (it: VDISession) =>
      it.status?.conditions?.some(
        (found) => found.type === type && found.status === status && (reason === undefined || found.reason === reason),
      ) ?? false;
    return this.waitForSession(session, isSo, timeoutMs);
  }

  /** Waits for a phase that speaks of the spec as it is now. */
  async waitForPhase(session: Named, phase: string, timeoutMs = 30_000): Promise<VDISession> {
    const generation = (await this.read(session))?.metadata.generation ?? 0;
    const isSo = ({ status }: VDISession) => status?.phase === phase && (status.observedGeneration ?? 0) >= generation;
    return this.waitForSession(session, isSo, timeoutMs);
  }

  async waitForGone(key: ObjectKey, timeoutMs = 60_000): Promise<void> {
    await this.waitFor(key, (it) => it === undefined, timeoutMs);
  }

  /** Waits until a session and its children are no more, and with `home` that neither. */
  async waitForEnd(session: VDISession, { home = false } = {}): Promise<void> {
    await this.waitForGone(this.keyOf(session));
    for (const kind of childKinds) await this.waitForGone(this.childKey(kind, session));
    if (home) await this.waitForGone(this.childKey("PersistentVolumeClaim", session));
  }

  childKey(kind: ChildKind | "PersistentVolumeClaim", session: VDISession): ObjectKey {
    const isHome = kind === "PersistentVolumeClaim";
    const name = isHome ? homeName(session.spec.user) : desktopName(session);
    const { namespace } = this;
    return { apiVersion: isHome ? "v1" : childVersions[kind], kind, metadata: { name, namespace } };
  }

  /** The child of a session that started cold, or its home, as it is now. */
  child(kind: ChildKind | "PersistentVolumeClaim", session: VDISession): Promise<AnyObject | undefined> {
    return this.client.get(this.childKey(kind, session));
  }

  /** All that the operator made for a session, of one kind. */
  async children(kind: ChildKind, { metadata: { uid } }: VDISession): Promise<AnyObject[]> {
    const all = await this.client.list(childVersions[kind], kind, { namespace: this.namespace });
    return all.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
  }

  /** All that the operator made for a session, as `Kind name`, sorted. */
  async childNames(session: VDISession): Promise<string[]> {
    const found = await Promise.all(
      childKinds.map(async (kind) =>
        (await this.children(kind, session)).map(({ metadata }) => `${kind} ${metadata?.name ?? ""}`),
      ),
    );
    return found.flat().sort();
  }

  async password(session: VDISession): Promise<string | undefined> {
    const data = (await this.child("Secret", session))?.["data"] as { password?: string } | undefined;
    return data?.password && Buffer.from(data.password, "base64").toString();
  }
}
