import { parseDocument } from "yaml";
import { kinds, objectName, objectNamespace } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { Fault, ResourceRule, StackRule } from "../rule.ts";
import { entries, field, list, text, unknownValue } from "../value.ts";

export const timeSlicingConfig: ResourceRule = {
  name: "time-slicing-is-valid",
  description:
    "The device plugin's ConfigMap shares each GPU at least twice, refuses requests for several shares, and never changes in place",
  why: "The plugin drops what it does not understand and goes on without sharing; it does not notice an edit, and a pod that asks for two shares gets one GPU all the same.",
  fix: "Set replicas to 2 or more and failRequestsGreaterThanOne: true; make the ConfigMap immutable, with a hash of its data at the end of its name.",
  level: "mandatory",
  *check(resource) {
    const configs = sharingConfigs(resource);
    if (configs.every(({ timeSlicing }) => timeSlicing === undefined)) return;
    if (!/-[0-9a-f]{8,}$/.test(objectName(resource) ?? "")) yield "its name has no hash of its data";
    if (resource.props["immutable"] !== true) yield "it is not immutable";
    for (const { key, timeSlicing } of configs) {
      if (timeSlicing === undefined) continue;
      if (field(timeSlicing, "failRequestsGreaterThanOne") !== true)
        yield `${key} lacks failRequestsGreaterThanOne: true`;
      const shared = list(field(timeSlicing, "resources"));
      if (shared.length === 0) yield `${key} shares no resource`;
      for (const item of shared) {
        const replicas = field(item, "replicas");
        if (!(typeof replicas === "number" && replicas >= 2))
          yield `${key} gives ${text(field(item, "name")) ?? "?"} ${typeof replicas === "number" ? replicas : "no"} replicas`;
      }
    }
  },
};

export const timeSlicingReference: StackRule = {
  name: "time-slicing-is-referred-to",
  description:
    "The GPU operator's Release refers to the time-slicing ConfigMap of its namespace, with a default, and leaves MIG alone",
  why: "Without the reference or the default every GPU counts once, and nothing says so; mig.strategy single, the chart's default, wins over the ConfigMap.",
  fix: "Set devicePlugin.config to { create: false, name, default }, default to a key of the ConfigMap's data, and mig.strategy to none.",
  level: "mandatory",
  *checkStack(resources) {
    const operators = resources.filter(isGpuOperator);
    for (const operator of operators) yield* referenceFaults(operator, resources);
    const used = operators.map((operator) => config(operator, "name"));
    for (const resource of resources)
      if (sharingConfigs(resource).length > 0 && operators.length > 0 && !used.includes(objectName(resource)))
        yield { resource, fault: "no GPU operator refers to it" };
  },
};

function* referenceFaults(operator: PolicyResource, resources: readonly PolicyResource[]): Iterable<Fault> {
  const fault = (what: string): Fault => ({ resource: operator, fault: what });
  const name = config(operator, "name");
  const defaultKey = config(operator, "default");
  if (name === unknownValue || defaultKey === unknownValue) return;
  if (field(operator.props["values"], "mig", "strategy") !== "none") yield fault("mig.strategy is not none");
  if (config(operator, "create") === true) yield fault("devicePlugin.config.create lets the chart make a ConfigMap");
  if (typeof name !== "string") {
    yield fault("devicePlugin.config.name is not set");
    return;
  }
  const target = resources.find((resource) => resource.type === kinds.configMap && objectName(resource) === name);
  if (target === undefined) {
    yield fault(`ConfigMap ${name} is not in the stack`);
    return;
  }
  if (objectNamespace(target) !== operator.props["namespace"])
    yield {
      resource: target,
      fault: `it is not in the GPU operator's namespace ${String(operator.props["namespace"])}`,
    };
  const keys = entries(target.props["data"]).map(([key]) => key);
  if (typeof defaultKey !== "string" || !keys.includes(defaultKey)) {
    const given = typeof defaultKey === "string" ? defaultKey : "not set";
    yield fault(`devicePlugin.config.default is ${given}, the ConfigMap has ${keys.join(", ")}`);
  }
}

function config({ props }: PolicyResource, key: string): unknown {
  return field(props["values"], "devicePlugin", "config", key);
}

function isGpuOperator({ type, props }: PolicyResource): boolean {
  return (
    type === kinds.release &&
    text(props["chart"])
      ?.split("/")
      .at(-1)
      ?.replace(/-v?\d.*$/, "") === "gpu-operator"
  );
}

/** Configs of the device plugin in a ConfigMap; `timeSlicing` is undefined for one that shares nothing. */
function sharingConfigs({ type, props }: PolicyResource): { key: string; timeSlicing: unknown }[] {
  if (type !== kinds.configMap) return [];
  return entries(props["data"]).flatMap(([key, source]) => {
    const document = parseDocument(typeof source === "string" && /^ *sharing:/m.test(source) ? source : "");
    const sharing = document.errors.length > 0 ? undefined : field(document.toJS(), "sharing");
    return sharing === undefined ? [] : [{ key, timeSlicing: field(sharing, "timeSlicing") }];
  });
}
