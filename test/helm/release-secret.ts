import { gzipSync } from "node:zlib";
import type { AnyObject } from "../../kube/client.ts";

/** What a test says of a revision; the rest is that of Kasm's first, deployed. */
export interface RevisionText {
  readonly version?: number;
  readonly info?: object;
  readonly chart?: object;
  readonly config?: object | null;
  readonly manifest?: string;
  readonly hooks?: readonly object[];
}

/** A Secret as Helm writes it (helm/pkg/storage/driver/secrets.go). */
export function releaseSecret({ version = 1, info = {}, chart = {}, ...rest }: RevisionText = {}): AnyObject {
  const release = {
    name: "kasm",
    namespace: "desktops",
    version,
    info: {
      first_deployed: "2026-11-28T20:39:18.123456789Z",
      last_deployed: "2026-11-28T20:39:18.123456789Z",
      deleted: "",
      description: "Install complete",
      status: "deployed",
      notes: "Öffne https://desktops.example.com",
      ...info,
    },
    chart: { metadata: { name: "kasm-helm", version: "1.1190.6" }, templates: [], ...chart },
    ...rest,
  };
  const stored = gzipSync(JSON.stringify(release)).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: `sh.helm.release.v1.kasm.v${version}`,
      namespace: "desktops",
      resourceVersion: "42",
      labels: {
        owner: "helm",
        name: "kasm",
        status: release.info.status,
        version: `${version}`,
        modifiedAt: "1795898500",
      },
    },
    type: "helm.sh/release.v1",
    data: { release: Buffer.from(stored).toString("base64") },
  };
}
