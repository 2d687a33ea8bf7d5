import { PassThrough } from "node:stream";
import type { Readable, Writable } from "node:stream";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorText } from "./errors.ts";
import type { PortTarget } from "./targets.ts";
import { within } from "./within.ts";

/** client-node's PortForward. It gives the WebSocket, or a function that does. */
export interface Forwarder {
  portForward(
    namespace: string,
    pod: string,
    ports: number[],
    output: Writable,
    errors: Writable | null,
    input: Readable,
  ): Promise<unknown>;
}

/** What `kubectl port-forward` and a browser would show: whether something listens at a pod's port, past Traefik. */
export async function probePort(
  forwarder: Forwarder,
  { namespace, pod, port }: PortTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const base = {
    probe: "port-forward",
    target: `Pod ${namespace}/${pod} port ${port}`,
    about: `Pod ${namespace}/${pod}`,
  };
  const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let close: () => void = () => undefined;
  const answer = first(output, errors);
  try {
    const opened = await within(timeoutMs, forwarder.portForward(namespace, pod, [port], output, errors, input));
    const socket = (typeof opened === "function" ? (opened as () => unknown)() : opened) as { close(): void } | null;
    close = () => socket?.close();
  } catch (error) {
    // The API server itself says no: a right is missing, or it does not reach the kubelet. The pod has not been asked.
    return { ...base, ok: false, message: errorText(error), details: { port, isRefusedByApi: true } };
  }
  try {
    input.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const { said, failed } = await within(timeoutMs, answer);
    if (failed) return { ...base, ok: false, message: said, details: { port } };
    // Whoever speaks TLS answers something else, and listens all the same.
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(said)?.[1] ?? 0);
    return {
      ...base,
      ok: status < 500,
      message: status === 0 ? "answers, not in HTTP" : `answers HTTP ${status}`,
      details: { port, ...(status > 0 && { status }) },
    };
  } catch (error) {
    return { ...base, ok: false, message: errorText(error), details: { port } };
  } finally {
    close();
    for (const stream of [output, errors, input]) stream.destroy();
  }
}

function first(output: PassThrough, errors: PassThrough): Promise<{ said: string; failed: boolean }> {
  return new Promise((resolve) => {
    const tell = (failed: boolean) => (data: Buffer) =>
      resolve({ said: data.toString("utf8").slice(0, 300).trim(), failed });
    output.once("data", tell(false));
    errors.once("data", tell(true));
    output.once("end", () => resolve({ said: "", failed: false }));
  });
}
