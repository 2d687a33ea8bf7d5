import { quantityValue } from "../../kube/quantity.ts";
import { cutAt } from "../../kube/untrusted-text.ts";
import type { VDITemplate } from "../api/objects.ts";
import type { Settings } from "../settings.ts";
import { familyPorts } from "./family-ports.ts";
import { desktopResources } from "./pod.ts";
import { reservedVariables, runtimeProfile } from "./runtime-profiles.ts";

export type TemplateSettings = Pick<Settings, "turn" | "extraMiddlewares">;

type TemplateSpec = VDITemplate["spec"];

/**
 * Why no desktop can be made from a template, or none that works: all of it in one sentence without its full stop, with the
 * fields and what to do. The CRD's rules (api/template-rules.ts) refuse most of it when it is written; this is for what is
 * stored from before them, and for what depends on family and platform.
 */
export function templateFault(template: VDITemplate, settings: TemplateSettings): string | undefined {
  const { spec } = template;
  const faults = [
    ...variableFaults(spec),
    accessFault(spec, settings),
    streamFault(spec, settings),
    userFault(spec),
    ...selectorFaults(spec),
    ...portFaults(spec),
    ...resourceFaults(template),
  ].filter((it) => it !== undefined);
  return faults.length === 0 ? undefined : faults.join("; ");
}

function variableFaults(spec: TemplateSpec): (string | undefined)[] {
  const reserved = reservedVariables(spec);
  const { user, password } = spec.runtime.environment ?? {};
  return [
    ...(spec.env ?? [])
      .filter(({ name }) => reserved.has(name))
      .map(({ name }) => `env ${name} belongs to the operator; remove it`),
    user !== undefined && user === password
      ? `runtime.environment gives ${user} for user and password; name two variables`
      : undefined,
    ...[user, password].map((name) =>
      name !== undefined && Object.hasOwn(runtimeProfile(spec).environment, name)
        ? `runtime.environment names ${name}, which the family ${spec.runtime.type} needs for something else; remove it`
        : undefined,
    ),
  ];
}

function accessFault({ access, runtime }: TemplateSpec, { extraMiddlewares }: TemplateSettings): string | undefined {
  if (access !== "Password") return undefined;
  // Nobody would take the site's cookie, which opens every desktop of its user, out of such a desktop's requests.
  if (extraMiddlewares.length > 0)
    return "access: Password would give the desktop the cookies of the site's sign-in; set access: ForwardAuth";
  if (runtime.type !== "custom" || runtime.environment?.password !== undefined) return undefined;
  return "access: Password needs runtime.environment.password, by which the image takes its password; name it, or set access: ForwardAuth";
}

function streamFault(spec: TemplateSpec, { turn }: TemplateSettings): string | undefined {
  if (spec.stream === "WebSocket") return undefined;
  if (runtimeProfile(spec).rtcConfigVariable === undefined)
    return `stream WebRTC needs a selkies runtime, and runtime.type is ${spec.runtime.type}; set stream: WebSocket`;
  if (turn === undefined)
    return "stream WebRTC needs a TURN server, and this platform has none; set kasm-vdi:turn.enabled, or stream: WebSocket";
  return undefined;
}

/** The level forbids root, and the privileges by which such an image's init steps down. */
function userFault(spec: TemplateSpec): string | undefined {
  if (spec.securityProfile !== "restricted" || runtimeProfile(spec).userId !== 0) return undefined;
  return `images of runtime ${spec.runtime.type} start as root, which securityProfile: restricted forbids; set securityProfile: baseline, or take an image of another family`;
}

/** The API server refuses a pod with such a selector. CRDs cannot say it: a rule on keys without a bound costs too much. */
function selectorFaults({ nodeSelector = {} }: TemplateSpec): string[] {
  const form = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
  return Object.keys(nodeSelector)
    .filter((key) => !form.test(key))
    .map((key) => `nodeSelector has the key ${cutAt(key, 40)}, which no label of a node can have; correct it`);
}

/** Where the stream is asked is where it has to listen, and nothing else of the image may. */
function portFaults(spec: TemplateSpec): (string | undefined)[] {
  const ports = familyPorts(spec);
  if (!ports) return [];
  const set = (name: string) => spec.env?.find((it) => it.name === name)?.value;
  const { port } = runtimeProfile(spec);
  const said = set(ports.variable);
  return [
    said !== undefined && Number(said) !== port
      ? `env ${ports.variable} is ${said}, and the stream is asked on port ${port}; set runtime.port to it, or remove the variable`
      : undefined,
    ...Object.entries(ports.others).map(([name, usual]) =>
      Number(set(name) ?? usual) === port
        ? `runtime.port ${port} is the port that the image has for ${name}; choose another one`
        : undefined,
    ),
  ];
}

function resourceFaults(template: VDITemplate): (string | undefined)[] {
  const { resources, shmSize } = template.spec;
  const amounts = Object.entries({
    "resources.default.cpu": resources.default?.cpu,
    "resources.default.memory": resources.default?.memory,
    "resources.max.cpu": resources.max?.cpu,
    "resources.max.memory": resources.max?.memory,
    shmSize,
    ephemeralStorage: template.spec.ephemeralStorage,
  });
  const wrong = amounts.filter(([, amount]) => amount !== undefined && !isPositive(String(amount)));
  // From before the API's rules, or beside them.
  if (wrong.length > 0)
    return wrong.map(([field, amount]) => `${field} is ${cutAt(String(amount), 40)}, which is no amount; correct it`);
  const given = desktopResources(template);
  const leftOut = (name: "gpu" | "cpu" | "memory") =>
    resources.default?.[name] === undefined ? ", when left out," : "";
  return [
    ...(["gpu", "cpu", "memory"] as const).map((name) => {
      const most = resources.max?.[name];
      return most !== undefined && quantityValue(String(given[name])) > quantityValue(String(most))
        ? `resources.default.${name}${leftOut(name)} is ${given[name]}, above resources.max.${name} ${most}; lower the one or raise the other`
        : undefined;
    }),
    quantityValue(String(shmSize)) > quantityValue(given.memory)
      ? `shmSize ${shmSize} counts against the desktop's memory, and resources.default.memory${leftOut("memory")} is ${given.memory}; lower the one or raise the other`
      : undefined,
  ];
}

export function isPositive(quantity: string): boolean {
  try {
    return quantityValue(quantity) > 0;
  } catch {
    return false;
  }
}
