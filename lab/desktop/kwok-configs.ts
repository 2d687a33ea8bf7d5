import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import type { LabLayout } from "../cluster/layout.ts";
import { keepPrivateFile, makePrivateFolder } from "../cluster/private-files.ts";
import { desktopPodQuery } from "./node/pod-spec.ts";

interface Stage {
  kind?: string;
  spec?: { resourceRef?: { kind?: string }; selector?: { matchExpressions?: object[] } };
}

/** KWOK's configuration without a hand on the pods that are run by processes: the same stages, each with one condition more. */
export function stagesWithoutDesktops(text: string): string {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Stage);
  for (const { kind, spec } of documents)
    if (kind === "Stage" && spec?.resourceRef?.kind === "Pod")
      spec.selector?.matchExpressions?.push({ key: desktopPodQuery, operator: "In", values: ["false"] });
  return documents.map((document) => stringify(document)).join("---\n");
}

/** Writes such configuration below `.lab`, and returns its files in the order of the given ones. */
export function writeKwokConfigs({ desktops }: LabLayout, files: readonly string[]): string[] {
  const folder = join(desktops, "kwok");
  makePrivateFolder(folder);
  return files.map((file) => {
    const copy = join(folder, basename(file));
    keepPrivateFile(copy, stagesWithoutDesktops(readFileSync(file, "utf8")));
    return copy;
  });
}
