import type { AnyObject } from "../../kube/client.ts";

/** Where K3s writes on each node how it was started there (k3s-io/k3s: pkg/nodeconfig). */
export const nodeArgsAnnotation = "k3s.io/node-args";

/** What a server was started with, as far as it is told apart from a stock one. */
export interface ServerFlags {
  readonly httpsListenPort: number;
  /** Packaged components that it runs without. */
  readonly disable: readonly string[];
}

export const stockServer: ServerFlags = { httpsListenPort: 6443, disable: [] };

/** The annotation of a server: its arguments as JSON, flags and values apart. */
export function serverArgs({ httpsListenPort, disable }: ServerFlags): string {
  const port = httpsListenPort === stockServer.httpsListenPort ? [] : ["--https-listen-port", String(httpsListenPort)];
  return JSON.stringify(["server", ...port, ...disable.flatMap((name) => ["--disable", name])]);
}

/** The annotation of an agent, which cannot start without a token; K3s writes none out. */
export function agentArgs(serverAddress: string, { httpsListenPort }: ServerFlags): string {
  const server = `https://${serverAddress}:${httpsListenPort}`;
  return JSON.stringify(["agent", "--server", server, "--token", "********"]);
}

/** What the server that carries the annotation was started without. */
export function disabledOn(server: AnyObject | undefined): string[] {
  const args = JSON.parse(server?.metadata?.annotations?.[nodeArgsAnnotation] ?? "[]") as string[];
  return args.filter((_, index) => args[index - 1] === "--disable");
}
