import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { crdFields } from "./crd-fields.ts";
import { operatorDeployments } from "./deployments.ts";
import { remadeByStack } from "../stack-fix.ts";

interface Definition extends AnyObject {
  spec?: { names?: { kind?: string }; versions?: Version[] };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

interface Version {
  name: string;
  served?: boolean;
  schema?: { openAPIV3Schema?: Schema };
}

interface Schema {
  properties?: Record<string, Schema>;
}

const version = "v1alpha1";

const kinds: Readonly<Record<string, string>> = {
  "vdisessions.vdi.kasm.io": "VDISession",
  "vditemplates.vdi.kasm.io": "VDITemplate",
  "vdipools.vdi.kasm.io": "VDIPool",
};

/** Definitions of the product's kinds. A cluster with none of them, and without an operator, does not have the product. */
export const crds: Analyzer = {
  area: "operator",
  title: "Kinds of the product are served",
  needs: ["CustomResourceDefinition"],
  analyze(cluster) {
    const names = Object.keys(crdFields);
    const found = names.filter((name) => definition(cluster, name) !== undefined);
    const isMeant = found.length > 0 || (operatorDeployments(cluster).length > 0 && areAllUnknown(cluster));
    if (!isMeant) return { checked: undefined, findings: [] };
    return { checked: counted(names.length, "definition"), findings: names.flatMap((it) => findingsAt(cluster, it)) };
  },
};

function definition(cluster: Cluster, name: string): Definition | undefined {
  return cluster.get("CustomResourceDefinition", name);
}

function areAllUnknown(cluster: Cluster): boolean {
  return Object.values(kinds).every((kind) => cluster.snapshot.missingKinds?.includes(kind));
}

function findingsAt(cluster: Cluster, name: string): Finding[] {
  const object: ObjectRef = { kind: "CustomResourceDefinition", name };
  const kind = kinds[name] ?? "";
  const found = definition(cluster, name);
  const sessions = follow(cluster, `it needs the kind ${kind}`);
  if (!found)
    return [
      {
        code: "CrdMissing",
        object,
        problem: `The API server has no kind ${kind}: CustomResourceDefinition ${name} does not exist.`,
        evidence: [{ object, field: "metadata.name", value: "not found" }],
        fix: [remadeByStack()],
        explains: sessions,
      },
    ];
  const conditions = found.status?.conditions ?? [];
  const isTrue = (type: string) => conditions.some((it) => it.type === type && it.status === "True");
  const refused = conditions.find(
    (it) => (it.type === "NamesAccepted" || it.type === "Established") && it.status === "False",
  );
  if (conditions.length > 0 && !isTrue("Established"))
    return [
      {
        code: "CrdNotEstablished",
        object,
        problem: `The API server does not serve kind ${kind}: ${quoted(refused?.message ?? "its definition is not established")}.`,
        evidence: [
          {
            object,
            field: `status.conditions[${refused?.type ?? "Established"}]`,
            value: quoted(refused?.message ?? "not True"),
          },
        ],
        fix: [
          {
            text: "Remove the definition that takes its names, or install the one of this version with pulumi up.",
            command: `kubectl get crd ${name} -o jsonpath='{.status.conditions}'`,
            risk: "manual",
          },
        ],
        explains: sessions,
      },
    ];
  return outdated(object, kind, found, sessions);
}

function outdated(object: ObjectRef, kind: string, found: Definition, explains: Finding["explains"] = []): Finding[] {
  const schema = found.spec?.versions?.find(({ name, served }) => name === version && served !== false);
  const lacking = schema ? missingFields(object.name, schema.schema?.openAPIV3Schema) : [`version ${version}`];
  if (lacking.length === 0) return [];
  return [
    {
      code: "CrdOutdated",
      object,
      problem: `The definition of ${kind} in the cluster is of an older version: it lacks ${listed(lacking)}.`,
      evidence: [
        { object, field: "spec.versions", value: (found.spec?.versions ?? []).map(({ name }) => name).join(", ") },
      ],
      fix: [
        {
          text: "Install the definitions of this version; objects keep what they have.",
          command: "pulumi up",
          risk: "manual",
        },
      ],
      explains,
    },
  ];
}

function missingFields(name: string, schema: Schema | undefined): string[] {
  // Of a definition that was cut there is nothing to be told.
  if (!schema?.properties) return [];
  return (["spec", "status"] as const).flatMap((part) => {
    const has = schema.properties?.[part]?.properties ?? {};
    return (crdFields[name]?.[part] ?? []).filter((field) => !(field in has)).map((field) => `${part}.${field}`);
  });
}

/** The operator cannot start without its kinds, and sessions wait for it. */
function follow(cluster: Cluster, because: string) {
  return operatorDeployments(cluster).map(({ kind, metadata: { namespace, name } }) => ({
    object: { kind, namespace, name },
    because,
  }));
}
