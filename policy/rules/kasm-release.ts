import { isIP } from "node:net";
import { kinds } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { field, isAbsent, text, unknownValue } from "../value.ts";
import { isMoving } from "./pinned-images.ts";

export const kasmDatabase: ResourceRule = {
  name: "kasm-keeps-its-database",
  description: "Kasm's Release never initialises and upgrades its database at once, and keeps the volume",
  why: "Charts up to 1.1190.7 delete the data when a new version initialises: its StatefulSet has another name.",
  fix: "Set database.storage.retentionPolicy.whenDeleted and .whenScaled to Retain, and only one of dbManagement.initialize and dbManagement.upgrade.enable.",
  level: "mandatory",
  *check(resource) {
    if (!isKasm(resource)) return;
    const value = (...path: string[]) => field(resource.props["values"], ...path);
    if (value("dbManagement", "initialize") === true && value("dbManagement", "upgrade", "enable") === true)
      yield "dbManagement.initialize and dbManagement.upgrade.enable are both true";
    // The chart initialises unless it is told not to.
    if (isAbsent(value("dbManagement", "initialize"))) yield "dbManagement.initialize is left to the chart";
    for (const when of ["whenDeleted", "whenScaled"]) {
      const policy = value("database", "storage", "retentionPolicy", when);
      if (policy !== "Retain" && policy !== unknownValue)
        yield `database.storage.retentionPolicy.${when} is not Retain`;
    }
  },
};

export const kasmPinned: ResourceRule = {
  name: "kasm-leaves-nothing-to-chance",
  description:
    "Kasm's Release fixes what the chart would look up or float: DNS resolver, image tags, type of its Service",
  why: "Images of a moving tag change under a running database; the resolver falls back to Docker's; a LoadBalancer waits for Traefik's port for ever.",
  fix: "Set nginxResolver to the address of kube-dns, useImageTags to a version, and proxyService.type to ClusterIP.",
  level: "mandatory",
  *check(resource) {
    if (!isKasm(resource)) return;
    const value = (...path: string[]) => field(resource.props["values"], ...path);
    const tag = value("useImageTags");
    if (tag !== unknownValue && (typeof tag !== "string" || isMoving(`kasm:${tag}`)))
      yield "useImageTags is no fixed tag";
    const resolver = value("nginxResolver");
    if (resolver !== unknownValue && isIP(text(resolver) ?? "") === 0) yield "nginxResolver is no IP address";
    const type = value("proxyService", "type");
    if (type !== "ClusterIP" && type !== unknownValue) yield "proxyService.type is not ClusterIP";
  },
};

/** By the chart's name, wherever it comes from: a repository, a registry or a folder. */
function isKasm({ type, props }: PolicyResource): boolean {
  return (
    type === kinds.release &&
    text(props["chart"])
      ?.split("/")
      .at(-1)
      ?.replace(/-\d.*$/, "") === "kasm-helm"
  );
}
