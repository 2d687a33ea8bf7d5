import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AuthenticationV1TokenRequest, CoreV1Api, V1TokenRequestSpec } from "@kubernetes/client-node";
import { leaderRules, operatorName, sessionRules } from "../../components/vdi-operator.rbac.ts";
import type { Rule } from "../../components/vdi-operator.rbac.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import { choosePorts } from "../../lab/cluster/ports.ts";
import { waitForObject } from "../../kube/wait-for.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName, homeName } from "../../operator/resources/names.ts";
import { FaultyApiServer } from "./faulty-api-server.ts";

const operatorNamespace = "kasm-vdi-system";
const checkout = join(import.meta.dirname, "..", "..");

/** One process of the operator. */
export interface RunningOperator {
  readonly process: ChildProcess;
  readonly ports: { readonly health: number; readonly metrics: number; readonly access: number };
  /** All that it said so far. */
  log: () => string;
  /** Exit code or signal, once it has ended. */
  readonly ended: Promise<number | string>;
  ready: () => Promise<void>;
  kill: () => Promise<void>;
  stop: () => Promise<number | string>;
}

/**
 * A namespace of sessions of a test's own, with operators that work in it alone under the operator's ServiceAccount, each
 * behind a {@link FaultyApiServer}. Everything is gone after {@link close}.
 */
export class OperatorUnderFault {
  readonly namespace: string;
  readonly client: ClusterClient;
  readonly template: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "operator-"));
  readonly #running = new Set<RunningOperator>();
  readonly #servers = new Set<FaultyApiServer>();
  #token = "";

  constructor(theme: string, client = new ClusterClient(loadKubeConfig())) {
    this.namespace = `faults-${theme}-${process.pid}`;
    this.template = this.namespace;
    this.client = client;
  }

  async open(): Promise<void> {
    const { client, namespace } = this;
    const baseline = { "pod-security.kubernetes.io/enforce": "baseline" };
    await this.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: baseline } });
    await this.#grant([...sessionRules, ...leaderRules]);
    const spec = Object.assign(new V1TokenRequestSpec(), { audiences: [], expirationSeconds: 7200 });
    const { status } = await client.config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
      ...{ name: operatorName, namespace: operatorNamespace },
      body: Object.assign(new AuthenticationV1TokenRequest(), { spec }),
    });
    this.#token = status?.token ?? "";
    writeFileSync(join(this.#folder, "key"), randomBytes(48), { mode: 0o600 });
    await this.create(this.templateObject(this.template));
  }

  async close(): Promise<void> {
    const { client, namespace } = this;
    await Promise.all([...this.#running].map((it) => it.kill()));
    for (const server of this.#servers) server.close();
    const sessions = await client.list(apiVersion, "VDISession", { namespace });
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    // Nobody is left to take a finalizer off.
    for (const { metadata } of sessions)
      if (metadata?.finalizers?.length)
        await client
          .mergePatch({
            ...key("VDISession", metadata.name ?? "", namespace),
            metadata: { name: metadata.name ?? "", namespace, finalizers: [] },
          })
          .catch(() => undefined);
    const templates = await client.list(apiVersion, "VDITemplate");
    for (const { metadata } of templates)
      if (metadata?.name?.startsWith(namespace))
        await client.delete({ apiVersion, kind: "VDITemplate", metadata: { name: metadata.name } });
    await client.config.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** A faulty API server for one operator. */
  server(): FaultyApiServer {
    const server = new FaultyApiServer(this.client.config);
    this.#servers.add(server);
    return server;
  }

  /** Starts a process; `ready` waits until its caches are filled. */
  async operator(
    server: FaultyApiServer,
    { identity = "operator-0", env = {} }: { identity?: string; env?: Record<string, string> } = {},
  ): Promise<RunningOperator> {
    const kubeconfig = join(this.#folder, `${identity}.json`);
    const cluster = { name: "c", cluster: { server: await this.#address(server), "insecure-skip-tls-verify": true } };
    const context = { name: "c", context: { cluster: "c", user: "c" } };
    const user = { name: "c", user: { token: this.#token } };
    const config = { apiVersion: "v1", kind: "Config", clusters: [cluster], users: [user], contexts: [context] };
    writeFileSync(kubeconfig, JSON.stringify({ ...config, "current-context": "c" }), { mode: 0o600 });
    const { ports: free } = await choosePorts({}, new Set());
    const ports = {
      health: free["operator-health"],
      metrics: free["operator-metrics"],
      access: free["operator-access"],
    };
    const child = spawn(process.execPath, ["operator/main.ts"], {
      cwd: checkout,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
        ...{ KUBECONFIG: kubeconfig, POD_NAME: identity, POD_NAMESPACE: this.namespace },
        ...{ VDI_NAMESPACE: this.namespace, VDI_DOMAIN: "desktops.lab.example.com", VDI_STREAM_CHECK: "kubelet" },
        ...{ VDI_ACCESS_KEY_FILE: join(this.#folder, "key"), VDI_LISTEN_ADDRESS: "127.0.0.1" },
        VDI_HEALTH_PORT: String(ports.health),
        VDI_METRICS_PORT: String(ports.metrics),
        VDI_ACCESS_PORT: String(ports.access),
        ...env,
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
    const running: RunningOperator = {
      ...{ process: child, ports, ended, log: () => said },
      ready: () => this.#ready(running),
      kill: async () => {
        child.kill("SIGKILL");
        await ended;
        this.#running.delete(running);
      },
      stop: async () => {
        child.kill("SIGTERM");
        this.#running.delete(running);
        return ended;
      },
    };
    this.#running.add(running);
    return running;
  }

  /** A template that any simulated node has room for. */
  templateObject(name: string, spec: Record<string, unknown> = {}): AnyObject {
    const resources = { default: { gpu: 0, cpu: "10m", memory: "16Mi" } };
    const given = { image: "lab.invalid/desktop:1", runtime: { type: "selkies-v2" }, resources, ...spec };
    return { apiVersion, kind: "VDITemplate", metadata: { name }, spec: given };
  }

  /** Creates a session; by default of a user of its own, with a home. */
  async session(name: string, spec: Record<string, unknown> = {}, metadata: object = {}): Promise<VDISession> {
    const object = {
      ...{ apiVersion, kind: "VDISession", metadata: { name, namespace: this.namespace, ...metadata } },
      spec: { user: `${name.slice(0, 200)}@example.com`, template: this.template, ...spec },
    };
    return (await this.create(object)) as unknown as VDISession;
  }

  create(object: AnyObject): Promise<AnyObject> {
    return this.client.create(object, { fieldManager: "engine-test" });
  }

  /** Merge patch of a session as its user would do it. */
  async patch(session: VDISession, spec: Record<string, unknown>): Promise<VDISession> {
    const object = { ...this.keyOf(session), spec };
    return (await this.client.mergePatch(object, "engine-test")) as unknown as VDISession;
  }

  keyOf({ metadata }: VDISession): ObjectKey {
    return key("VDISession", metadata.name, this.namespace);
  }

  async read(session: VDISession): Promise<VDISession | undefined> {
    return (await this.client.get(this.keyOf(session))) as unknown as VDISession | undefined;
  }

  /** Waits for one object by a watch. @throws WaitTimeoutError with its last status */
  async until<T extends AnyObject | VDISession = VDISession>(
    object: ObjectKey,
    isSo: (object: T | undefined) => boolean,
    timeoutMs = 30_000,
  ): Promise<T> {
    try {
      return (await waitForObject<T>(this.client, object, isSo, { timeoutMs })) as T;
    } catch (error) {
      const last = (error as { last?: AnyObject }).last;
      if (error instanceof Error) error.message += `: ${JSON.stringify(last?.["status"] ?? last ?? "not there")}`;
      throw error;
    }
  }

  /** Waits for a phase that speaks of the spec as it is now. */
  async phase(session: VDISession, phase: string, timeoutMs = 30_000): Promise<VDISession> {
    const generation = (await this.read(session))?.metadata.generation ?? 0;
    const isSo = (it: VDISession | undefined) =>
      it?.status?.phase === phase && (it.status.observedGeneration ?? 0) >= generation;
    return this.until(this.keyOf(session), isSo, timeoutMs);
  }

  /** Waits until a session, its children and, if asked, the home are no more. */
  async gone(session: VDISession, { home = false } = {}, timeoutMs = 30_000): Promise<void> {
    await this.until(this.keyOf(session), (it) => it === undefined, timeoutMs);
    const keys = childKinds.map((kind) => key(kind, desktopName(session), this.namespace));
    if (home) keys.push(key("PersistentVolumeClaim", homeName(session.spec.user), this.namespace));
    for (const it of keys) await this.until<AnyObject>(it, (found) => found === undefined, timeoutMs);
  }

  /** What is in the namespace under a session's labels, as `Kind name`, sorted. */
  async children(session: VDISession): Promise<string[]> {
    const found = await Promise.all(
      childKinds.map(async (kind) => {
        const { apiVersion, metadata } = key(kind, "", this.namespace);
        const all = await this.client.list(apiVersion, kind, { namespace: metadata.namespace ?? "" });
        return all
          .filter((it) => it.metadata?.ownerReferences?.some(({ uid }) => uid === session.metadata.uid))
          .map((it) => `${kind} ${it.metadata?.name ?? ""}`);
      }),
    );
    return found.flat().sort();
  }

  /** One child of a session, as it is now. */
  child(kind: ChildKind | "PersistentVolumeClaim", session: VDISession): Promise<AnyObject | undefined> {
    return this.client.get(this.childKey(kind, session));
  }

  childKey(kind: ChildKind | "PersistentVolumeClaim", session: VDISession): ObjectKey {
    const name = kind === "PersistentVolumeClaim" ? homeName(session.spec.user) : desktopName(session);
    return key(kind, name, this.namespace);
  }

  async password(session: VDISession): Promise<string | undefined> {
    const data = (await this.child("Secret", session))?.["data"] as { password?: string } | undefined;
    return data?.password && Buffer.from(data.password, "base64").toString();
  }

  async #address(server: FaultyApiServer): Promise<string> {
    const known = this.#addresses.get(server) ?? server.listen();
    this.#addresses.set(server, known);
    return known;
  }
  readonly #addresses = new Map<FaultyApiServer, Promise<string>>();

  async #ready({ ports, process: child, log }: RunningOperator): Promise<void> {
    const end = Date.now() + 60_000;
    while (Date.now() < end && child.exitCode === null) {
      await sleep(25);
      const answer = await fetch(`http://127.0.0.1:${ports.health}/readyz`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
    }
    throw new Error(`the operator is not ready:\n${log()}`);
  }

  async #grant(rules: readonly Rule[]): Promise<void> {
    const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
    const metadata = { name: operatorName, namespace: this.namespace };
    const subject = { kind: "ServiceAccount", name: operatorName, namespace: operatorNamespace };
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: operatorName };
    await this.create({ ...rbac, kind: "Role", metadata, rules });
    await this.create({ ...rbac, kind: "RoleBinding", metadata, roleRef, subjects: [subject] });
  }
}

export type ChildKind = keyof typeof versions;

const versions = {
  Pod: "v1",
  Secret: "v1",
  Service: "v1",
  IngressRoute: "traefik.io/v1alpha1",
  NetworkPolicy: "networking.k8s.io/v1",
};
export const childKinds = Object.keys(versions) as ChildKind[];

function key(kind: string, name: string, namespace: string): ObjectKey {
  const version = { ...versions, PersistentVolumeClaim: "v1", VDISession: apiVersion }[kind] ?? "v1";
  return { apiVersion: version, kind, metadata: { name, namespace } };
}
