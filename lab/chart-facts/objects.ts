/** What a chart makes of our values, as far as the program, the stand-ins or the sums of requests rely on it. */
export interface ObjectFacts {
  readonly kind: string;
  readonly name: string;
  /** Labels that stay the same from version to version. */
  readonly labels?: Labels;
  readonly hook?: string;
  readonly hookWeight?: string;
  readonly hookDeletePolicy?: string;
  /** What Helm leaves behind. */
  readonly isKept?: true;
  readonly type?: string;
  readonly selector?: Labels;
  readonly ports?: readonly PortFacts[];
  readonly replicas?: number;
  readonly pod?: PodFacts;
  /** `persistentVolumeClaimRetentionPolicy` of a StatefulSet. */
  readonly claimPolicy?: Labels;
  /** Requested storage by the claim's name; of a claim of its own by its name. */
  readonly claims?: Labels;
  /** Images by their path in the spec, of objects that hold images and are no pods. */
  readonly images?: Labels;
}

export interface PodFacts {
  readonly labels: Labels;
  readonly pullSecrets?: readonly string[];
  readonly init?: readonly ContainerFacts[];
  readonly containers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly requests?: Labels;
  readonly limits?: Labels;
  readonly ports?: readonly PortFacts[];
  readonly probes?: readonly string[];
}

export interface PortFacts {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

export type Labels = Readonly<Record<string, string>>;

/** A rendered object, or a part of one. */
type Loose = Record<string, unknown>;

const hookNotes = {
  hook: "helm.sh/hook",
  hookWeight: "helm.sh/hook-weight",
  hookDeletePolicy: "helm.sh/hook-delete-policy",
};

/** The facts of a rendered object. Texts inside, commands and configuration among them, are left out: they are the chart's own. */
export function objectFacts(object: Loose): ObjectFacts {
  const { kind, metadata, spec } = object as { kind: string; metadata: Loose; spec?: Loose };
  const annotations = (metadata["annotations"] ?? {}) as Labels;
  const notes = Object.entries(hookNotes).filter(([, key]) => annotations[key] !== undefined);
  return {
    kind,
    name: metadata["name"] as string,
    ...compact({ labels: lastingLabels(metadata["labels"]) }),
    ...Object.fromEntries(notes.map(([fact, key]) => [fact, annotations[key]])),
    ...(annotations["helm.sh/resource-policy"] === "keep" && { isKept: true }),
    ...(spec && specFacts(kind, metadata, spec)),
  };
}

function specFacts(kind: string, metadata: Loose, spec: Loose): Partial<ObjectFacts> {
  if (kind === "Service")
    return compact({
      type: spec["type"] ?? "ClusterIP",
      selector: spec["selector"],
      ports: ports(spec["ports"]),
    });
  if (kind === "PersistentVolumeClaim") return { claims: { [metadata["name"] as string]: storage(spec) } };
  if (kind === "ClusterPolicy") return { images: imagesBelow(spec) };
  const template = podTemplate(kind, spec);
  if (!template) return {};
  const { matchLabels } = (spec["selector"] ?? {}) as { matchLabels?: Labels };
  const claims = (spec["volumeClaimTemplates"] ?? []) as { metadata: { name: string }; spec: Loose }[];
  return compact({
    selector: matchLabels,
    replicas: spec["replicas"],
    claimPolicy: spec["persistentVolumeClaimRetentionPolicy"],
    claims: Object.fromEntries(claims.map((claim) => [claim.metadata.name, storage(claim.spec)])),
    pod: podFacts(template),
  });
}

function podTemplate(kind: string, spec: Loose): Loose | undefined {
  if (kind !== "CronJob") return spec["template"] as Loose | undefined;
  return ((spec["jobTemplate"] as Loose)["spec"] as Loose)["template"] as Loose;
}

function podFacts({ metadata = {}, spec }: { metadata?: Loose; spec?: Loose }): PodFacts {
  const secrets = (spec?.["imagePullSecrets"] ?? []) as { name: string }[];
  const containers = (key: string) => ((spec?.[key] ?? []) as Loose[]).map(containerFacts);
  return {
    labels: lastingLabels(metadata["labels"]),
    ...compact({ pullSecrets: secrets.map(({ name }) => name), init: containers("initContainers") }),
    containers: containers("containers"),
  };
}

function containerFacts({ name, image, resources, ports: given, ...rest }: Loose): ContainerFacts {
  const { requests, limits } = (resources ?? {}) as { requests?: Loose; limits?: Loose };
  const named = ((given ?? []) as Loose[]).map((port) => ({ ...port, port: port["containerPort"] }));
  return {
    name: name as string,
    image: image as string,
    ...compact({ requests: texts(requests), limits: texts(limits), ports: ports(named) }),
    ...compact({ probes: ["livenessProbe", "readinessProbe", "startupProbe"].filter((probe) => probe in rest) }),
  };
}

function ports(given: unknown): PortFacts[] {
  return ((given ?? []) as PortFacts[]).map(({ name, port, targetPort }) => ({
    ...(name !== undefined && { name }),
    port,
    // A Service without one leads to the same number.
    ...(targetPort !== undefined && targetPort !== port && { targetPort }),
  }));
}

function storage(spec: Loose): string {
  return (spec as { resources: { requests: { storage: string } } }).resources.requests.storage;
}

function texts(quantities: Loose | undefined): Labels {
  return Object.fromEntries(Object.entries(quantities ?? {}).map(([key, value]) => [key, String(value)]));
}

function lastingLabels(labels: unknown): Labels {
  const passing = /^helm\.sh\/chart$|\/version$|\/managed-by$/;
  return Object.fromEntries(Object.entries((labels ?? {}) as Labels).filter(([key]) => !passing.test(key)));
}

/** A ClusterPolicy names images in three parts; the operator puts them together. */
function imagesBelow(spec: Loose, path: readonly string[] = []): Labels {
  const { repository, image, version } = spec as Record<string, string | undefined>;
  const own =
    typeof image === "string"
      ? { [path.join(".")]: `${[repository, image].filter(Boolean).join("/")}:${version ?? ""}` }
      : {};
  const below = Object.entries(spec).filter(
    ([, value]) => typeof value === "object" && value !== null && !Array.isArray(value),
  );
  return Object.assign(own, ...below.map(([key, value]) => imagesBelow(value as Loose, [...path, key]))) as Labels;
}

/** Without what says nothing: undefined, empty lists and empty objects. */
function compact(facts: Loose): object {
  const says = (value: unknown) =>
    value !== undefined && value !== null && (typeof value !== "object" || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => says(value)));
}
