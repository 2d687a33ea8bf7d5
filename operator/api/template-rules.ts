import type { CelRule } from "./fields.ts";

/**
 * What of a VDITemplate the API server refuses beyond the form of single fields: what one field says against another, so
 * that no desktop would ever work. The same again, for templates that are stored already, and what depends on family and
 * platform, is in resources/template-faults.ts.
 */
export const templateRules: CelRule[] = [
  {
    rule: `self.securityProfile != 'restricted' || (has(self.runtime.user) ? self.runtime.user != 0 : self.runtime.type != 'linuxserver')`,
    message:
      "images that start as root (runtime.type linuxserver, or runtime.user 0) cannot run under securityProfile: restricted; set securityProfile: baseline",
  },
  {
    rule: `self.stream != 'WebRTC' || self.runtime.type in ['selkies-v1', 'selkies-v2']`,
    message: "stream: WebRTC needs runtime.type selkies-v1 or selkies-v2; set stream: WebSocket",
  },
  {
    rule: `self.access != 'Password' || self.runtime.type != 'custom' || (has(self.runtime.environment) && has(self.runtime.environment.password))`,
    message:
      "access: Password needs runtime.environment.password, by which a custom image takes its password; name it, or set access: ForwardAuth",
  },
  {
    rule: `!has(self.runtime.environment) || !has(self.runtime.environment.user) || !has(self.runtime.environment.password) || self.runtime.environment.user != self.runtime.environment.password`,
    message: "runtime.environment gives one variable for user and password; name two",
  },
  {
    rule: `!has(self.env) || !self.env.exists(it, it.name == 'NVIDIA_VISIBLE_DEVICES')`,
    message: "env NVIDIA_VISIBLE_DEVICES belongs to the operator, for by it a desktop could take every GPU; remove it",
  },
  {
    rule: `!has(self.resources.max) || !has(self.resources.max.gpu) || ${given("gpu", "0")} <= self.resources.max.gpu`,
    message: "resources.default.gpu is above resources.max.gpu; lower the one or raise the other",
  },
  {
    rule: `!has(self.resources.max) || !has(self.resources.max.cpu) || ${atMost(given("cpu", "1"), "self.resources.max.cpu")}`,
    message: "resources.default.cpu (1 when left out) is above resources.max.cpu; lower the one or raise the other",
  },
  {
    rule: `!has(self.resources.max) || !has(self.resources.max.memory) || ${atMost(given("memory", "'2Gi'"), "self.resources.max.memory")}`,
    message:
      "resources.default.memory (2Gi when left out) is above resources.max.memory; lower the one or raise the other",
  },
  {
    rule: atMost("self.shmSize", given("memory", "'2Gi'")),
    message:
      "shmSize counts against the desktop's memory, and is above resources.default.memory (2Gi when left out); lower the one or raise the other",
  },
];

/** Of resources.default, or what the operator takes where that says nothing (resources/pod.ts). */
function given(resource: "gpu" | "cpu" | "memory", usual: string): string {
  const field = `self.resources.default.${resource}`;
  return `(has(self.resources.default) && has(${field}) ? ${field} : ${usual})`;
}

/**
 * Whether a quantity is no more than another; true also when one of them is none, which a rule of its own tells.
 * CEL has `quantity()` since Kubernetes 1.29 only. A list of one gives a value a name, for which CRDs have no other way.
 */
function atMost(a: string, b: string): string {
  const factors =
    "{'': 1.0, 'm': 0.001, 'k': 1000.0, 'M': 1000000.0, 'G': 1000000000.0, 'T': 1000000000000.0, " +
    "'Ki': 1024.0, 'Mi': 1048576.0, 'Gi': 1073741824.0, 'Ti': 1099511627776.0}";
  const isNumber = "type(it) == int || it.matches('^[0-9]+([.][0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$')";
  const number = `type(it) == int ? double(it) : double(it.find('^[0-9.]+')) * ${factors}[it.find('[A-Za-z]*$')]`;
  return `[[${a}, ${b}]].all(pair, !pair.all(it, ${isNumber}) || [pair.map(it, ${number})].all(it, it[0] <= it[1]))`;
}
