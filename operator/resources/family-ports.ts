import type { VDITemplate } from "../api/objects.ts";

type TemplateSpec = VDITemplate["spec"];

/** The ports that an image listens on inside its container. */
export interface FamilyPorts {
  /** Variable by which the image takes the port of its stream. */
  readonly variable: string;
  /** Ports that the image needs for itself, by the variable that moves each. */
  readonly others: Readonly<Record<string, number>>;
}

// Of each family's entry point. A custom image says by its own means where it listens.
const families: Partial<Record<TemplateSpec["runtime"]["type"], FamilyPorts>> = {
  // nginx stands before the streaming server and its metrics.
  "selkies-v1": { variable: "NGINX_PORT", others: { SELKIES_PORT: 8081, SELKIES_METRICS_HTTP_PORT: 9081 } },
  "selkies-v2": { variable: "SELKIES_PORT", others: {} },
  linuxserver: { variable: "CUSTOM_PORT", others: { CUSTOM_HTTPS_PORT: 3001, CUSTOM_WS_PORT: 8082 } },
  kasmvnc: { variable: "NO_VNC_PORT", others: { VNC_PORT: 5901 } },
};

export function familyPorts({ runtime }: TemplateSpec): FamilyPorts | undefined {
  return families[runtime.type];
}
