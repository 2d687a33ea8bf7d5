import type { AnyObject } from "../../kube/object.ts";
import { refOf, refText } from "../finding.ts";

interface ServicePort {
  name?: string;
  port: number;
}

/** That a Service has no such port, as the end of a sentence that begins with what leads to it; undefined when it has. */
export function portProblem(service: AnyObject | undefined, port: string | number | undefined): string | undefined {
  const { ports = [], type } = (service?.["spec"] ?? {}) as { ports?: ServicePort[]; type?: string };
  if (!service || type === "ExternalName") return undefined;
  // A Service with one port needs no word on which.
  if (port === undefined)
    return ports.length > 1
      ? `${refText(refOf(service))} without saying which of its ports (${portsText(ports)})`
      : undefined;
  const has = ports.some((it) => it.port === Number(port) || it.name === String(port));
  return has ? undefined : `port ${port} of ${refText(refOf(service))}, which has ${portsText(ports)}`;
}

function portsText(ports: readonly ServicePort[]): string {
  return ports.map(({ name, port }) => (name === undefined ? String(port) : `${port} (${name})`)).join(", ") || "none";
}
