import { join } from "node:path";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { ClientOptions, SharedKubeConfig } from "../../kube/client.ts";
import { startControlPlane, stopControlPlane } from "../../lab/cluster/control-plane.ts";
import { processIdentity } from "../../lab/cluster/process-identity.ts";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { readPorts } from "../../lab/cluster/state.ts";
import { provideTools } from "../../lab/tools/provide.ts";
import { temporaryLab } from "../lab/cluster/temporary-lab.ts";

const programs = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** A control plane for tests that take it away from under its clients. */
export class OwnControlPlane {
  readonly #lab = temporaryLab();
  readonly #configs: SharedKubeConfig[] = [];

  async up(): Promise<void> {
    const provided = await provideTools(programs);
    const tools = Object.fromEntries(Object.values(provided).map(({ name, path }) => [name, path]));
    await startControlPlane({ layout: this.#lab.layout, tools });
  }

  get port(): number {
    return readPorts(this.#lab.layout)["kube-apiserver"] ?? NaN;
  }

  /** A client with connections of its own, by way of another address if one is given; over plain HTTP without rights. */
  client(options: ClientOptions & { server?: string } = {}): ClusterClient {
    const config = loadKubeConfig({ file: join(this.#lab.layout.kubeconfig) });
    const { server } = options;
    if (server !== undefined)
      config.clusters = config.clusters.map((cluster) => ({
        ...cluster,
        server,
        skipTLSVerify: server.startsWith("http:"),
      }));
    this.#configs.push(config);
    return new ClusterClient(config, options);
  }

  async killApiServer(): Promise<void> {
    const { pid } = readRunRecord(this.#lab.layout, "kube-apiserver")!;
    process.kill(pid, "SIGKILL");
    while (processIdentity(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async down(): Promise<void> {
    await Promise.allSettled(this.#configs.map((config) => config.close()));
    await stopControlPlane(this.#lab.layout);
    this.#lab.remove();
  }
}
