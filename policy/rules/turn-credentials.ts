import { podsOf } from "../pods.ts";
import { kinds, objectNamespace } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { StackRule } from "../rule.ts";
import { field, leaves, list, text, unknownValue } from "../value.ts";

export const turnCredentials: StackRule = {
  name: "turn-asks-for-credentials",
  description: "The TURN server wants credentials that expire, and relays neither to itself nor to metadata services",
  why: "Without use-auth-secret coturn relays for the whole internet; without denied peers it relays into the cluster and to the cloud's credentials.",
  fix: "Set use-auth-secret and denied-peer-ip for loopback and link-local addresses in turnserver.conf or in the arguments.",
  level: "mandatory",
  *checkStack(resources) {
    for (const resource of resources.filter(runsCoturn)) {
      const sources = settingsOf(resource, resources);
      // The file holds the shared secret, so a first preview does not know it.
      if (sources.includes(unknownValue)) continue;
      const settings = sources.filter((source) => typeof source === "string").join("\n");
      const has = (setting: RegExp) => setting.test(settings);
      if (!has(/^\s*(--)?use-auth-secret\b/m)) yield { resource, fault: "no use-auth-secret" };
      if (has(/^\s*(--)?no-auth\b/m)) yield { resource, fault: "no-auth" };
      if (!has(/denied-peer-ip=127\./)) yield { resource, fault: "loopback addresses are not denied as peers" };
      if (!has(/denied-peer-ip=169\.254\./)) yield { resource, fault: "link-local addresses are not denied as peers" };
    }
  },
};

function runsCoturn(resource: PolicyResource): boolean {
  return podsOf(resource).some(({ containers }) =>
    containers.some(({ spec }) => /(^|\/)coturn(:|@|$)/.test(text(field(spec, "image")) ?? "")),
  );
}

/** Arguments of the pod, and every file that a ConfigMap or Secret of its namespace may mount. */
function settingsOf(resource: PolicyResource, resources: readonly PolicyResource[]): unknown[] {
  const commands = podsOf(resource).flatMap(({ containers }) =>
    containers.flatMap(({ spec }) => [...list(field(spec, "command")), ...list(field(spec, "args"))]),
  );
  const files = resources.filter(
    (other) =>
      (other.type === kinds.configMap || other.type === kinds.secret) &&
      objectNamespace(other) === objectNamespace(resource),
  );
  return [
    ...commands,
    ...files.flatMap(({ props }) => leaves([props["data"], props["stringData"]]).map(({ value }) => value)),
  ];
}
