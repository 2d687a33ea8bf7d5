import type { AnyObject } from "../../kube/object.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

interface Container {
  image?: string;
  command?: string[];
  args?: string[];
}

export interface TurnPodSpec {
  hostNetwork?: boolean;
  nodeSelector?: Record<string, string>;
  containers?: Container[];
}

export function podSpecOf({ spec }: AnyObject): TurnPodSpec {
  return (spec as { template?: { spec?: TurnPodSpec } } | undefined)?.template?.spec ?? {};
}

/** What is told on the command line; the rest is in files that are not read. */
export function turnOptions(server: AnyObject): Finding[] {
  const object = refOf(server);
  const all = (podSpecOf(server).containers ?? [])
    .flatMap(({ command = [], args = [] }) => [...command, ...args])
    .join(" ");
  const value = (name: string) => Number(new RegExp(`--${name}[= ](\\d{1,5})`).exec(all)?.[1] ?? NaN);
  const [min, max] = [value("min-port"), value("max-port")];
  const ports = max - min + 1;
  const found: Finding[] = [];
  // Each desktop takes two for the browser and two for the pod.
  if (ports < 16)
    found.push({
      code: "TurnRelayRangeSmall",
      object,
      problem: `${refText(object)} has ${Math.max(ports, 0)} relay ports (${min} to ${max}), and each browser takes two.`,
      evidence: [
        { object, field: "spec.template.spec.containers[].args", value: `--min-port=${min} --max-port=${max}` },
      ],
      fix: [
        {
          text: "Widen the range, in the firewall too; 49152 to 49407 serves over a hundred browsers.",
          risk: "restart",
        },
      ],
    });
  if (/(?:^|\s)(?:--no-auth|-z)(?:\s|$)/.test(all))
    found.push({
      code: "TurnOpenRelay",
      object,
      problem: `${refText(object)} runs with --no-auth: everybody may relay through it, also to addresses inside your network.`,
      evidence: [{ object, field: "spec.template.spec.containers[].args", value: "--no-auth" }],
      fix: [
        {
          text: "Take --no-auth out, and set use-auth-secret with a static-auth-secret from a Secret.",
          risk: "restart",
        },
      ],
    });
  return found;
}
