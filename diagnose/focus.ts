import { ownValue } from "../kube/own-value.ts";
import { closest } from "fastest-levenshtein";
import type { Cluster } from "../analyzers/cluster.ts";
import { objectsOf, refOf, refText } from "../analyzers/finding.ts";
import type { ObjectRef } from "../analyzers/finding.ts";
import { findingsIn } from "./graph/graph.ts";
import { summaryOf } from "./report.ts";
import type { Report } from "./report.ts";
import { UsageError } from "./usage-error.ts";

/** kubectl's short names of what people ask about. */
const kinds: Readonly<Record<string, string>> = {
  po: "Pod",
  deploy: "Deployment",
  sts: "StatefulSet",
  ds: "DaemonSet",
  svc: "Service",
  pvc: "PersistentVolumeClaim",
  pv: "PersistentVolume",
  no: "Node",
  ing: "Ingress",
  vdi: "VDISession",
  vdit: "VDITemplate",
  vdip: "VDIPool",
};

/**
 * The object that `kind/name` means, in the namespace or in the only one that has it.
 *
 * @throws UsageError that names the closest object there is
 */
export function objectOf(cluster: Cluster, text: string, namespace: string | undefined): ObjectRef {
  const [kindText = "", name] = text.split("/");
  if (name === undefined || name === "")
    throw new UsageError(`${text} names no object: write KIND/NAME, such as pod/${text}`);
  const kind = kindOf(cluster, kindText);
  const all = cluster.all(kind).map(refOf);
  const named = all.filter((it) => it.name === name && (namespace === undefined || it.namespace === namespace));
  const [only] = named;
  if (only && named.length === 1) return only;
  if (named.length > 1)
    throw new UsageError(
      `${text} is in several namespaces: ${named.map((it) => it.namespace).join(", ")}. Add --namespace.`,
    );
  const near =
    all.length > 0
      ? ` Did you mean ${closest(
          name,
          all.map((it) => it.name),
        )}?`
      : "";
  throw new UsageError(`There is no ${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}.${near}`);
}

function kindOf(cluster: Cluster, text: string): string {
  const short = text.toLowerCase().split(".")[0] ?? "";
  const known = Object.keys(cluster.snapshot.objects);
  const found =
    ownValue(kinds, short) ??
    known.find((kind) =>
      [
        `${kind.toLowerCase()}s`,
        `${kind.toLowerCase()}es`,
        kind.toLowerCase(),
        `${kind.toLowerCase().slice(0, -1)}ies`,
      ].includes(short),
    );
  if (found === undefined) throw new UsageError(`${text} is no kind that is looked at. Kinds: ${known.join(", ")}`);
  return found;
}

/** Only the chains in which an object has a part: what is wrong with it, and what that follows from. */
export function focusedOn(report: Report, object: ObjectRef): Report {
  const concerns = (it: ObjectRef) => refText(it) === refText(object);
  const roots = report.roots.filter((root) => findingsIn(root).flatMap(objectsOf).some(concerns));
  return { ...report, roots, summary: summaryOf(report.checks, roots, report.summary.suppressed) };
}
