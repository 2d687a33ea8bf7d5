import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import type { Socket } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueSelfSigned } from "../../commands/self-signed-certificate/issue.ts";
import type { CertificatePair } from "../../commands/self-signed-certificate/issue.ts";
import { waitForObject } from "../../kube/wait-for.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import { secretCredentials } from "../../operator/credentials/stream-credentials.ts";
import type { Credentials } from "../../operator/credentials/stream-credentials.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import type { VDISessionSpec } from "../../operator/api/vdi-session.ts";
import type { Pod } from "../../operator/kinds.ts";
import { desktopName, hostOf, podName } from "../../operator/resources/names.ts";
import { customRuntime, Desktop, images } from "./desktop-image.ts";
import type { OperatorHarness } from "./operator-harness.ts";
import { PodNetwork } from "./pod-network.ts";
import { TraefikStandIn } from "./traefik-stand-in.ts";

type Family = keyof typeof images;

/**
 * Sessions on the lab whose desktops really answer, and an operator process that asks them and their addresses itself
 * (`VDI_STREAM_CHECK=direct`).
 */
export class AnsweringDesktops {
  readonly traefik = new TraefikStandIn();
  /** Of all desktops that answered. */
  readonly credentials: Credentials[] = [];
  readonly #harness: OperatorHarness;
  readonly #network = new PodNetwork();
  readonly #folder = mkdtempSync(join(tmpdir(), "desktops-"));
  #certificate: CertificatePair | undefined;
  #accessPort = 0;

  constructor(harness: OperatorHarness) {
    this.#harness = harness;
  }

  /** Opens the harness, too. */
  async open(): Promise<OperatorProcess> {
    await this.#harness.open();
    this.#certificate = await issueSelfSigned(["desktop"], new Date());
    const turnSecret = join(this.#folder, "turn");
    writeFileSync(turnSecret, "a secret of this test", { mode: 0o600 });
    const turn = { host: "turn.example.com", realm: "example.com", transports: ["udp"] };
    const operator = await this.#harness.operator({
      env: {
        ...this.#network.env,
        ...{ VDI_STREAM_CHECK: "direct", VDI_TRAEFIK_URL: await this.traefik.open(), VDI_LOG_LEVEL: "debug" },
        VDI_TURN: JSON.stringify({ ...turn, ports: { listen: 3478, tls: 5349 } }),
        VDI_TURN_SECRET_FILE: turnSecret,
      },
    });
    this.#accessPort = (await this.#harness.gateway()).ports.access;
    return operator;
  }

  /** Closes the harness, too: desktops answer as long as there are sessions. */
  async close(): Promise<void> {
    try {
      await this.#harness.removeAll();
    } finally {
      await this.#harness.close();
      await Promise.all([this.traefik.close(), this.#network.close()]);
      rmSync(this.#folder, { recursive: true });
    }
  }

  /** A session of a template of its own, whose address Traefik knows; nothing answers yet. */
  async session(type: Family, given: Partial<VDISessionSpec> = {}, template: object = {}): Promise<VDISession> {
    const runtime = type === "custom" ? customRuntime : { type };
    const level = type === "linuxserver" ? { securityProfile: "baseline" } : {};
    const { metadata } = await this.#harness.template({ runtime, ...level, ...template });
    const session = await this.#harness.session({ template: metadata.name, ...given });
    this.route(session);
    return session;
  }

  /** Its address leads to the gateway's word on who may enter. */
  route(session: VDISession, forwardedHost = this.host(session)): void {
    this.traefik.routes.set(this.host(session), { url: `http://127.0.0.1:${this.#accessPort}/auth`, forwardedHost });
  }

  host(session: VDISession): string {
    return hostOf(session, this.#harness.domain);
  }

  /** Begins to answer at the address of the session's pod, as its image would. */
  async start(session: VDISession, type: Family): Promise<{ desktop: Desktop; stop: () => Promise<void> }> {
    const pod = await this.pod(session);
    const read = secretCredentials(this.#harness.client, this.#harness.namespace);
    const credentials = (await read(desktopName(session)))!;
    this.credentials.push(credentials);
    const desktop = new Desktop(images[type], credentials);
    return { desktop, stop: await this.#serve(pod, type, desktop.answer) };
  }

  /** Something else answers there, over HTTP. */
  async answer(session: VDISession, type: Family, listener: RequestListener): Promise<void> {
    await this.#serve(await this.pod(session), type, listener);
  }

  /** Where this machine finds what answers for a session's pod. */
  async url(session: VDISession, type: Family): Promise<string> {
    const { status } = await this.pod(session);
    return `${images[type].scheme}://${this.#network.place(status?.podIP ?? "")}:${images[type].port}`;
  }

  /** Something else answers there, not even HTTP. */
  async accept(session: VDISession, type: Family, talk: (socket: Socket) => void): Promise<void> {
    const pod = await this.pod(session);
    await this.#network.listen(createTcpServer(talk), pod.status?.podIP ?? "", images[type].port);
  }

  /** The session's pod, as soon as it has an address; not the one of before that is still ending. */
  async pod(session: VDISession): Promise<Pod> {
    const metadata = { name: podName(session), namespace: this.#harness.namespace };
    const key = { apiVersion: "v1", kind: "Pod", metadata };
    const hasAddress = (pod: Pod | undefined) =>
      pod?.status?.podIP !== undefined && pod.metadata.deletionTimestamp === undefined;
    return (await waitForObject<Pod>(this.#harness.client, key, hasAddress, { timeoutMs: 60_000 }))!;
  }

  #serve(pod: Pod, type: Family, listener: RequestListener): Promise<() => Promise<void>> {
    const { port, scheme } = images[type];
    const { certificate = "", key = "" } = this.#certificate ?? {};
    const server =
      scheme === "https" ? createSecureServer({ cert: certificate, key }, listener) : createServer(listener);
    return this.#network.listen(server, pod.status?.podIP ?? "", port);
  }
}
