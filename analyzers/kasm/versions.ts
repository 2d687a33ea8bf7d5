import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { Workload } from "../workloads/workload.ts";
import { imagesIn, kasmWorkloads } from "./parts.ts";

/** Versions of Kasm's parts by their images' tags, per namespace. */
export const kasmVersions: Analyzer = {
  area: "kasm",
  title: "Kasm's parts have one version",
  needs: ["Deployment", "StatefulSet"],
  analyze(cluster) {
    const parts = kasmWorkloads(cluster).filter(({ kind }) => kind !== "Job");
    const byNamespace = Map.groupBy(parts, ({ metadata }) => metadata.namespace);
    const findings = [...byNamespace.values()].flatMap((them) => [...mixed(them), ...moving(them)]);
    return { checked: parts.length > 0 ? counted(parts.length, "workload") : undefined, findings };
  },
};

// A tag of a release, also with what comes behind it: `1.19.0-rolling`, `1.19.0-rolling-weekly`.
function release(tag: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?:-|$)/.exec(tag)?.[1];
}

function mixed(parts: readonly Workload[]): Finding[] {
  // An old database beside a new one is told by itself.
  const tagged = parts
    .filter(({ kind, spec }) => !(kind === "StatefulSet" && isDatabase(spec?.template?.spec)))
    .flatMap((it) => imagesIn(it.spec?.template?.spec).map(({ tag }) => ({ it, version: release(tag) })))
    .filter((one): one is { it: Workload; version: string } => one.version !== undefined);
  const byVersion = [...Map.groupBy(tagged, ({ version }) => version)].toSorted((a, b) => b[1].length - a[1].length);
  const [most, ...others] = byVersion;
  if (!most) return [];
  return others.flatMap(([version, them]) =>
    [...new Set(them.map(({ it }) => it))].map((it): Finding => {
      const object = refOf(it);
      return {
        code: "KasmVersionsMixed",
        object,
        problem: `${refText(object)} has images of Kasm ${version}, and most other parts of Kasm ${most[0]}.`,
        evidence: [{ object, field: "spec.template.spec images", value: tagsOf(it) }],
        fix: [
          {
            text: `Set useImageTags to ${most[0]} and no tag of a single component, and run pulumi up.`,
            risk: "restart",
          },
        ],
      };
    }),
  );
}

function moving(parts: readonly Workload[]): Finding[] {
  return parts.flatMap((it) => {
    const tags = imagesIn(it.spec?.template?.spec).map(({ tag }) => tag);
    const found = tags.find((tag) => tag === "develop" || tag === "latest");
    if (found === undefined) return [];
    const object = refOf(it);
    return {
      code: "KasmImageTagMoving" as const,
      object,
      problem: `${refText(object)} uses tag ${found}, which is another image from one day to the next.`,
      evidence: [{ object, field: "spec.template.spec images", value: tagsOf(it) }],
      fix: [
        { text: "Set useImageTags to a release (kasm-helm before 1.1190.4 uses develop).", risk: "restart" as const },
      ],
    };
  });
}

function tagsOf({ spec }: Workload): string {
  return listed([...new Set(imagesIn(spec?.template?.spec).map(({ part, tag }) => `kasmweb/${part}:${tag}`))]);
}

function isDatabase(spec: Parameters<typeof imagesIn>[0]): boolean {
  return imagesIn(spec).some(({ part }) => part === "postgres");
}
