import { counted } from "../../kube/sentences.ts";
import { quantityValue } from "../../kube/quantity.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";

interface LimitRange extends AnyObject {
  metadata: ObjectMeta & { name: string; namespace: string };
  spec?: { limits?: { type?: string; max?: Record<string, string>; min?: Record<string, string> }[] };
}

interface Template extends AnyObject {
  metadata: ObjectMeta & { name: string };
  spec?: { resources?: { default?: Record<string, string | number> } };
}

interface User extends AnyObject {
  spec?: { template?: string; resources?: Record<string, string | number> };
  status?: { phase?: string; readyReplicas?: number };
}

/** LimitRanges of the sessions' namespaces that a template's own resources break: the API server refuses each of its pods. */
export const limitRanges: Analyzer = {
  area: "api",
  title: "LimitRanges allow what templates ask for",
  needs: ["LimitRange"],
  analyze(cluster) {
    const users = [...all(cluster, "VDISession"), ...all(cluster, "VDIPool")];
    const ranges = (cluster.all("LimitRange") as readonly LimitRange[]).filter(({ metadata }) =>
      users.some((it) => it.metadata?.namespace === metadata.namespace),
    );
    const templates = cluster.all("VDITemplate") as readonly Template[];
    const findings = ranges.flatMap((range) => templates.flatMap((it) => conflicts(range, it, users)));
    return { checked: ranges.length > 0 ? counted(ranges.length, "LimitRange") : undefined, findings };
  },
};

function all(cluster: Cluster, kind: string): User[] {
  return cluster.all(kind).map((it) => ({ ...it, kind }));
}

const limited = ["cpu", "memory"];

function conflicts(range: LimitRange, template: Template, users: readonly User[]): Finding[] {
  const { namespace } = range.metadata;
  const asking = users.filter(
    ({ metadata, spec }) => metadata?.namespace === namespace && spec?.template === template.metadata.name,
  );
  if (asking.length === 0) return [];
  const object = refOf({ ...range, kind: "LimitRange" });
  const wanted = template.spec?.resources?.default ?? {};
  const limits = (range.spec?.limits ?? []).filter(({ type }) => type === "Container" || type === "Pod");
  const broken = limits.flatMap(({ type = "", max = {}, min = {} }) =>
    limited.flatMap((resource) => {
      const asked = wanted[resource];
      // Who asks for other amounts than the template's is judged by the API server alone.
      if (asked === undefined || asking.every(({ spec }) => spec?.resources?.[resource] !== undefined)) return [];
      const [most, least] = [max[resource], min[resource]];
      const text = String(asked);
      if (most !== undefined && isMore(text, most)) return [{ resource, text, bound: "max", value: most, type }];
      return least !== undefined && isMore(least, text) ? [{ resource, text, bound: "min", value: least, type }] : [];
    }),
  );
  const [first] = broken;
  if (!first) return [];
  const { resource, text, bound, value, type } = first;
  const name = template.metadata.name;
  const relation = bound === "max" ? "allows at most" : "asks for at least";
  const because = `the desktop of VDITemplate ${name} breaks ${refText(object)}`;
  const following = asking.filter(({ spec }) => spec?.resources?.[resource] === undefined);
  const explains: Dependency[] = following.map((it) => ({ object: refOf(it), because }));
  return [
    {
      code: "LimitRangeBelowTemplate",
      object,
      problem: `VDITemplate ${name} asks for ${text} ${resource}, and ${refText(object)} ${relation} ${value} per ${type}: no session of the template gets a pod in namespace ${namespace}.`,
      evidence: [
        { object, field: `spec.limits[${type}].${bound}.${resource}`, value },
        { object: { kind: "VDITemplate", name }, field: `spec.resources.default.${resource}`, value: text },
      ],
      fix: [
        {
          text: `Set spec.resources.default.${resource} of VDITemplate ${name} to ${value}, or raise the ${bound} of ${refText(object)} to ${text}.`,
          command: `kubectl edit limitrange ${object.name} --namespace ${namespace}`,
          risk: "manual",
        },
      ],
      explains,
    },
  ];
}

function isMore(a: string, b: string): boolean {
  try {
    return quantityValue(a) > quantityValue(b);
  } catch {
    return false;
  }
}
