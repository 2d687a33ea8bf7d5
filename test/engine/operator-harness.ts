import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import { WaitTimeoutError, waitForObject } from "../../kube/wait-for.ts";
import { stopBeside } from "../../lab/cluster/control-plane.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { OperatorProcess } from "../../lab/operator/operator-process.ts";
import { prepareOperator, startOperator } from "../../lab/operator/start.ts";
import { controlPlane } from "../../lab/phases/control-plane.ts";
import { tools } from "../../lab/phases/tools.ts";
import { labStackFile, readStackConfig } from "../../lab/platform/stack-config.ts";
import type { VDIPool, VDISession, VDITemplate } from "../../operator/api/objects.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDIPoolSpec } from "../../operator/api/vdi-pool.ts";
import type { VDISessionSpec } from "../../operator/api/vdi-session.ts";
import type { VDITemplateSpec } from "../../operator/api/vdi-template.ts";
import { leaseName } from "../../operator/operator.ts";
import { homeName } from "../../operator/resources/names.ts";
import { checkout } from "./lab-stack.ts";

const layout = labLayout(checkout);

/** What an object is made from: fields with a default may be left out. */
type Given<Spec> = Partial<Spec> | Record<string, unknown>;

// Operators of one run differ in their names; those of the next take over their logs.
let operators = 0;
let names = 0;

/**
 * Operators of a test's own on the lab, which keep the lab's own one away, and what they work on. Everything that is made
 * here is gone after `close`.
 *
 * ```ts
 * const harness = new OperatorHarness();
 * before(() => harness.open());
 * after(() => harness.close());
 * ```
 */
export class OperatorHarness {
  /** The cluster's administrator. */
  readonly client = new ClusterClient(loadKubeConfig({ file: layout.kubeconfig }));
  /** Of sessions. */
  namespace = "";
  operatorNamespace = "";
  domain = "";
  #variables: Readonly<Record<string, string>> = {};
  readonly #operators: OperatorProcess[] = [];
  readonly #made: ObjectKey[] = [];

  /** Stops the lab's own operator. */
  async open(): Promise<void> {
    const config = await readStackConfig(labStackFile(checkout));
    this.namespace = config.namespaces.vdi;
    this.operatorNamespace = config.namespaces.operator;
    this.domain = config.domain;
    await stopBeside(layout, "operator");
    await this.#forgetLeader();
    this.#variables = await prepareOperator(layout, config, this.client);
  }

  /** Removes what was made, with an operator that runs for the sake of finalizers, and starts the lab's own again. */
  async close(): Promise<void> {
    try {
      const survivor = this.#operators.some((it) => it.isRunning());
      if (!survivor && this.#made.length > 0) await this.operator();
      await this.removeAll();
    } finally {
      await Promise.all(this.#operators.map((it) => it.stop()));
      await this.#forgetLeader();
      await this.client.config.close();
      await startOperator(layout);
    }
  }

  // A killed operator's Lease keeps all others waiting for 15 s.
  async #forgetLeader(): Promise<void> {
    const metadata = { namespace: this.operatorNamespace, name: leaseName };
    await this.client.delete({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata });
  }

  /**
   * Starts an operator and waits until it is ready.
   *
   * @param server where it finds the API server: `https://127.0.0.1:PORT` of a Forwarder, `http://127.0.0.1:PORT` of a
   *   ThrottlingProxy, which should have the rights of {@link operatorConfig}
   */
  async operator(options: { env?: Record<string, string>; server?: string; awaitReady?: boolean } = {}) {
    const { awaitReady = true, ...rest } = options;
    const identity = `test-operator-${++operators}`;
    const started = await OperatorProcess.start(layout, { identity, variables: this.#variables, ...rest });
    this.#operators.push(started);
    if (awaitReady) await started.ready();
    return started;
  }

  /** Kills the lab's API server and brings it back, with what depends on it; data stay. Returns when it answers again. */
  async restartApiServer(awayMs = 0): Promise<void> {
    const { pid } = readRunRecord(layout, "kube-apiserver")!;
    process.kill(pid, "SIGKILL");
    await sleep(awayMs);
    const context = { layout };
    await tools(context, () => undefined);
    await controlPlane(context, () => undefined);
  }

  /** The operator's own kubeconfig; whoever takes it closes it. */
  operatorConfig() {
    return loadKubeConfig({ file: join(layout.kubeconfigs, "operator") });
  }

  /** Where the API server listens. */
  get apiServerPort(): number {
    return Number(new URL(this.client.config.getCurrentCluster()?.server ?? "").port);
  }

  /** A name that no other test has. */
  name(prefix: string): string {
    return `${prefix}-${process.pid}-${++names}`;
  }

  /** Creates a session; without a user it is one of its own, with `webtop`, without a home. */
  async session(given: Given<VDISessionSpec> = {}, name = this.name("test")): Promise<VDISession> {
    const { namespace } = this;
    const spec = { user: `${name}@example.com`, template: "webtop", persistence: { enabled: false }, ...given };
    const object = { apiVersion, kind: "VDISession", metadata: { name, namespace }, spec };
    const session = (await this.#create(object)) as unknown as VDISession;
    const home = { name: homeName(session.spec.user), namespace };
    if (session.spec.persistence.enabled)
      this.#made.push({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: home });
    return session;
  }

  /** Creates a template; by default one of a simulated image with next to no demands, so that hundreds fit on the nodes. */
  async template(given: Given<VDITemplateSpec> = {}, name = this.name("test")): Promise<VDITemplate> {
    const spec = {
      image: "lab.invalid/desktop:1",
      runtime: { type: "selkies-v2" },
      resources: { default: { gpu: 0, cpu: "10m", memory: "16Mi" } },
      ...given,
    };
    return (await this.#create({
      apiVersion,
      kind: "VDITemplate",
      metadata: { name },
      spec,
    })) as unknown as VDITemplate;
  }

  async pool(given: Given<VDIPoolSpec> & { template: string }, name = this.name("test")): Promise<VDIPool> {
    const object = { apiVersion, kind: "VDIPool", metadata: { name, namespace: this.namespace }, spec: given };
    return (await this.#create(object)) as unknown as VDIPool;
  }

  /** Creates any object and removes it at the end. */
  async create(object: AnyObject): Promise<AnyObject> {
    return this.#create(object);
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

  /** Waits for a session's condition, by default `Ready`, to be `True` with the reason if one is given. */
  async waitForCondition(
    session: { metadata: { name: string } },
    condition: { type?: string; status?: string; reason?: string } = {},
    timeoutMs = 30_000,
  ): Promise<VDISession> {
    const { type = "Ready", status = "True", reason } = condition;
    const isSo = (it: VDISession | undefined) =>
      it?.status?.conditions?.some(
        (found) => found.type === type && found.status === status && (reason === undefined || found.reason === reason),
      ) ?? false;
    return (await this.waitFor<VDISession>(this.keyOf(session), isSo, timeoutMs))!;
  }

  async waitForGone(key: ObjectKey, timeoutMs = 60_000): Promise<void> {
    await this.waitFor(key, (it) => it === undefined, timeoutMs);
  }

  keyOf(session: { metadata: { name: string } }): ObjectKey {
    return { apiVersion, kind: "VDISession", metadata: { name: session.metadata.name, namespace: this.namespace } };
  }

  /** The session as it is now. */
  async read(session: { metadata: { name: string } }): Promise<VDISession | undefined> {
    return (await this.client.get(this.keyOf(session))) as VDISession | undefined;
  }

  /** What the operator made for a session, of one kind; Secrets by name only, as the operator has them. */
  children(kind: "Pod" | "Service" | "IngressRoute" | "NetworkPolicy", session: VDISession): Promise<AnyObject[]> {
    const versions = {
      Pod: "v1",
      Service: "v1",
      IngressRoute: "traefik.io/v1alpha1",
      NetworkPolicy: "networking.k8s.io/v1",
    };
    return this.client
      .list(versions[kind], kind, { namespace: this.namespace })
      .then((all) => all.filter((it) => it.metadata?.ownerReferences?.some(({ uid }) => uid === session.metadata.uid)));
  }

  /** Removes what was made here, and the homes of the sessions. @throws Error naming what is still there after a minute */
  async removeAll(): Promise<void> {
    const made = this.#made.splice(0);
    const waiting = [...made];
    const remove = async () => {
      for (let key = waiting.pop(); key; key = waiting.pop()) await this.client.delete(key);
    };
    await Promise.all(Array.from({ length: 20 }, remove));
    const deadline = Date.now() + 60_000;
    // One list tells of hundreds, which would be as many watches.
    for (let left = await this.#present(made); left.length > 0; left = await this.#present(made)) {
      const first = left.slice(0, 5).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      if (Date.now() > deadline) throw new Error(`${left.length} objects are not gone after 60 s: ${first.join(", ")}`);
      await sleep(200);
    }
  }

  async #present(keys: readonly ObjectKey[]): Promise<ObjectKey[]> {
    const kinds = Map.groupBy(keys, ({ apiVersion, kind, metadata }) =>
      [apiVersion, kind, metadata.namespace].join(" "),
    );
    const left = await Promise.all(
      [...kinds.values()].map(async (ofKind) => {
        const { apiVersion, kind, metadata } = ofKind[0]!;
        const found = await this.client.list(
          apiVersion,
          kind,
          metadata.namespace ? { namespace: metadata.namespace } : {},
        );
        const present = new Set(found.map((it) => it.metadata?.name));
        return ofKind.filter((key) => present.has(key.metadata.name));
      }),
    );
    return left.flat();
  }

  async #create(object: AnyObject): Promise<AnyObject> {
    const created = await this.client.create(object, { fieldManager: "engine-test" });
    const { apiVersion = "", kind = "", metadata } = object;
    this.#made.push({ apiVersion, kind, metadata: metadata as ObjectKey["metadata"] });
    return created;
  }
}
