import { parseAllDocuments } from "yaml";
import type { AnyObject } from "../../../../kube/client.ts";

/** The objects of a rendered manifest; documents that are empty or name no kind are left out. */
export function manifestObjects(manifest: string): AnyObject[] {
  const documents = parseAllDocuments(manifest, { uniqueKeys: false, logLevel: "silent" });
  return [...documents]
    .map((document) => document.toJS({ maxAliasCount: -1 }) as AnyObject | null | undefined)
    .filter((object): object is AnyObject => typeof object?.kind === "string" && typeof object.apiVersion === "string");
}

/** Names of what a release made, by kind, in the form that the official provider gives them: `Deployment.apps/apps/v1`. */
export function resourceNames(manifest: string): Record<string, string[]> {
  const names: Record<string, Set<string>> = {};
  for (const { apiVersion = "", kind = "", metadata } of manifestObjects(manifest)) {
    const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
    const namespace = metadata?.namespace;
    (names[`${kind}${group}/${apiVersion}`] ??= new Set()).add(
      `${namespace ? `${namespace}/` : ""}${metadata?.name ?? ""}`,
    );
  }
  return Object.fromEntries(Object.entries(names).map(([key, set]) => [key, [...set].sort()]));
}
