import { readRevision } from "../../helm/revision.ts";
import type { Revision } from "../../helm/revision.ts";
import type { FoundObject } from "../../recover/found-object.ts";
import type { FoundOperation } from "../../recover/plan-operation.ts";
import type { FoundRelease } from "../../recover/plan-release.ts";
import type { PendingOperation, StateResource } from "../../recover/state.ts";
import { releaseSecret } from "../helm/release-secret.ts";
import type { RevisionText } from "../helm/release-secret.ts";

const component = "urn:pulumi:dev::kasm-vdi::kasm:workspaces:KasmWorkspaces::kasm";

/** A resource of the stack `dev` below its component. */
export function resource(type: string, name: string, inputs: Record<string, unknown> = {}): StateResource {
  const urn = `urn:pulumi:dev::kasm-vdi::kasm:workspaces:KasmWorkspaces$${type}::${name}`;
  return { urn, type, custom: true, parent: component, inputs };
}

export const secretResource = resource("kubernetes:core/v1:Secret", "kasm-secrets", {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "kasm-secrets", namespace: "desktops" },
});

/** Its object, as the run that was interrupted has made it. */
export const ours: FoundObject & { kind: "ours" } = {
  kind: "ours",
  live: {
    ...{ apiVersion: "v1", kind: "Secret", type: "Opaque", data: { password: "c3dvcmRmaXNo" } },
    metadata: { name: "kasm-secrets", namespace: "desktops", uid: "1" },
  },
  manager: "pulumi-kasm-vdi-dev",
};

export const commandResource = resource("command:local:Command", "kasm-certificate");

/** As the program asks for it. */
export const releaseResource = resource("kubernetes:helm.sh/v3:Release", "kasm-release", {
  ...{ name: "kasm", namespace: "desktops", chart: "oci://registry.example.com/kasm-helm", version: "1.1190.6" },
  ...{ timeout: 600, skipAwait: true, values: { publicAddr: "desktops.example.com" } },
});

export const wanted = { resource: releaseResource, chart: "kasm-helm" };

export function operation(
  type: PendingOperation["type"],
  of: StateResource,
  more: Partial<FoundOperation> = {},
): FoundOperation {
  return { operation: { type, resource: of }, isKnown: false, hasItsNeeds: true, ...more };
}

/** A revision with the values that the program asks for, ten minutes before {@link now}. */
export function revision(version: number, status: string, text: RevisionText = {}): Revision {
  const info = { status, last_deployed: "2026-11-28T20:50:00Z", ...text.info };
  return readRevision(releaseSecret({ config: { publicAddr: "desktops.example.com" }, ...text, version, info }));
}

export const now = new Date("2026-11-28T21:00:00Z");

export function release(history: Revision[], more: Partial<FoundRelease> = {}): FoundRelease {
  return {
    ...{ namespace: "desktops", name: "kasm", history },
    patience: { hookSeconds: 600, objectsSeconds: 0 },
    ...more,
  };
}
