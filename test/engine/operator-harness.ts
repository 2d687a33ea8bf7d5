import { join } from "node:path";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { OperatorProcessOptions } from "../../lab/operator/operator-process.ts";
import { createOnceKnown } from "../../lab/session/create.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import { restartApiServer } from "./api-server-restart.ts";
import { Desktops } from "./desktops.ts";
import { FaultyApiServer } from "./faulty-api-server.ts";
import { labGround, layout } from "./operator-fixture.ts";
import type { OperatorFixture } from "./operator-fixture.ts";

// Operators of one run differ in their names; those of the next take over their logs.
let operators = 0;

/**
 * Operators of a test's own, and the desktops that they work on. Everything that is made here is gone after `close`.
 *
 * ```ts
 * const harness = new OperatorHarness(); // in place of the lab's own operator
 * const harness = new OperatorHarness(namespaceOfItsOwn("theme")); // beside it
 * before(() => harness.open());
 * after(() => harness.close());
 * ```
 */
export class OperatorHarness extends Desktops {
  operatorNamespace = "";
  domain = "";
  readonly #fixture: OperatorFixture;
  #variables: Readonly<Record<string, string>> = {};
  #gatewayVariables: Readonly<Record<string, string>> = {};
  readonly #operators: OperatorProcess[] = [];
  readonly #gateways: OperatorProcess[] = [];
  readonly #servers: FaultyApiServer[] = [];

  constructor(fixture = labGround()) {
    super(new ClusterClient(loadKubeConfig({ file: layout.kubeconfig })));
    this.#fixture = fixture;
  }

  async open(): Promise<void> {
    const opened = await this.#fixture.open(this.client);
    this.namespace = opened.namespace;
    this.operatorNamespace = opened.operatorNamespace;
    this.domain = opened.domain;
    this.usually = { ...opened.session };
    this.#variables = opened.variables;
    this.#gatewayVariables = opened.gatewayVariables;
    if (this.#fixture.isOwn) await this.template({}, opened.session.template);
    await this.#admitsSessions();
  }

  /** Removes what was made, in the lab's namespace with an operator that runs for the sake of finalizers. */
  async close(): Promise<void> {
    try {
      if (this.#fixture.isOwn) this.made.leaveToNamespace(this.namespace);
      else if (!this.made.isEmpty && !this.#operators.some((it) => it.isRunning())) await this.operator();
      await this.removeAll();
    } finally {
      await Promise.all([...this.#operators, ...this.#gateways].map((it) => it.kill()));
      for (const server of this.#servers) server.close();
      await this.#fixture.close(this.client);
      await this.client.config.close();
    }
  }

  /**
   * Starts an operator and waits until it is ready.
   *
   * @param pod its pod's name: with the same again it is a container that was restarted, which has the Lease still
   * @param server by way of which it finds the API server; or the address of one, `https://127.0.0.1:PORT` of a Forwarder
   */
  async operator(
    options: {
      pod?: string;
      env?: Record<string, string>;
      server?: FaultyApiServer | string;
      awaitReady?: boolean;
    } = {},
  ): Promise<OperatorProcess> {
    return this.#start({ identity: `test-operator-${++operators}`, variables: this.#variables }, options);
  }

  /** Starts a gateway, likewise. */
  async gateway(options: Parameters<OperatorHarness["operator"]>[0] = {}): Promise<OperatorProcess> {
    const identity = `test-gateway-${++operators}`;
    return this.#start({ program: "gateway", identity, variables: this.#gatewayVariables }, options);
  }

  async #start(
    program: Pick<OperatorProcessOptions, "program" | "identity" | "variables">,
    { awaitReady = true, pod, server, ...options }: NonNullable<Parameters<OperatorHarness["operator"]>[0]>,
  ): Promise<OperatorProcess> {
    // Many of them are started: what Node.js compiled for the first serves all.
    const env = {
      NODE_COMPILE_CACHE: join(layout.root, "node-compile-cache"),
      ...(pod !== undefined && { POD_NAME: pod }),
      ...options.env,
    };
    const address = server instanceof FaultyApiServer ? await server.listen() : server;
    const started = await OperatorProcess.start(layout, {
      ...{ ...program, env },
      ...(address !== undefined && { server: address }),
    });
    (program.program === "gateway" ? this.#gateways : this.#operators).push(started);
    if (awaitReady) await started.ready(60_000);
    return started;
  }

  /** Stands between operators and the API server, until the end. */
  server(): FaultyApiServer {
    const server = new FaultyApiServer(this.client.config);
    this.#servers.push(server);
    return server;
  }

  /** Returns when the lab's API server answers again, and admits sessions. */
  async restartApiServer(awayMs = 0): Promise<void> {
    await restartApiServer(awayMs);
    await this.#admitsSessions();
  }

  /** An API server that has just started refuses sessions until its admission knows their kinds. */
  async #admitsSessions(): Promise<void> {
    const session = {
      apiVersion,
      kind: "VDISession",
      metadata: { name: this.name("asked"), namespace: this.namespace },
    };
    const spec = { user: "asked@example.com", ...this.usually };
    await createOnceKnown(this.client, { ...session, spec }, { dryRun: true });
  }

  /** The operator's own kubeconfig; whoever takes it closes it. */
  operatorConfig() {
    return loadKubeConfig({ file: join(layout.kubeconfigs, "operator") });
  }

  /** Where the API server listens. */
  get apiServerPort(): number {
    return Number(new URL(this.client.config.getCurrentCluster()?.server ?? "").port);
  }
}
