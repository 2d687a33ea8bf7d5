import { createHash } from "node:crypto";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { issueCertificate, makeAuthority } from "../../lab/cluster/certificate-authority.ts";

export const signIn = { user: "site", password: "correct-horse-battery-staple" } as const;

export interface SiteRegistry {
  /** `localhost:PORT`. */
  readonly host: string;
  /** Certificate of the site's own authority, PEM. */
  readonly authority: string;
  /** What was asked for with the right sign-in. */
  readonly served: string[];
  readonly close: () => Promise<void>;
}

/**
 * A site's server for charts on loopback, with a certificate of its own authority: the same archive as a Helm repository below
 * `/charts` and in an OCI registry as `charts/NAME`. It answers nobody without user and password.
 */
export async function siteRegistry(chart: { name: string; version: string; archive: Buffer }): Promise<SiteRegistry> {
  const authority = await makeAuthority("A site of its own");
  const plan = { name: "registry", signedBy: "server-ca", commonName: "localhost", use: ["server"] } as const;
  const { certificate, key } = await issueCertificate({ ...plan, dnsNames: ["localhost"] }, authority);
  const served: string[] = [];
  const files = new Map([...repositoryFiles(chart), ...registryFiles(chart)]);
  const expected = `Basic ${Buffer.from(`${signIn.user}:${signIn.password}`).toString("base64")}`;

  const server = createServer({ cert: certificate, key }, (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? "/";
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="site"' }).end();
      return;
    }
    const file = files.get(path);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    served.push(path);
    const headers = {
      "content-type": file.type,
      "content-length": file.body.length,
      "docker-content-digest": digest(file.body),
    };
    response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    authority: authority.certificate,
    served,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface File {
  readonly type: string;
  readonly body: Buffer;
}

function repositoryFiles({
  name,
  version,
  archive,
}: {
  name: string;
  version: string;
  archive: Buffer;
}): [string, File][] {
  const file = `${name}-${version}.tgz`;
  const entry = { apiVersion: "v2", name, version, urls: [file], digest: digest(archive).slice("sha256:".length) };
  const index = stringify({ apiVersion: "v1", entries: { [name]: [entry] } });
  return [
    ["/charts/index.yaml", { type: "text/yaml", body: Buffer.from(index) }],
    [`/charts/${file}`, { type: "application/gzip", body: archive }],
  ];
}

function registryFiles({
  name,
  version,
  archive,
}: {
  name: string;
  version: string;
  archive: Buffer;
}): [string, File][] {
  const config = Buffer.from(JSON.stringify({ apiVersion: "v2", name, version }));
  const types = {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.cncf.helm.config.v1+json",
    layer: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  };
  const described = (mediaType: string, body: Buffer) => ({ mediaType, digest: digest(body), size: body.length });
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: types.manifest, config: described(types.config, config) },
      layers: [described(types.layer, archive)],
    }),
  );
  const at = `/v2/charts/${name}`;
  return [
    ["/v2/", { type: "application/json", body: Buffer.from("{}") }],
    [`${at}/manifests/${version}`, { type: types.manifest, body: manifest }],
    [`${at}/manifests/${digest(manifest)}`, { type: types.manifest, body: manifest }],
    [`${at}/blobs/${digest(config)}`, { type: "application/octet-stream", body: config }],
    [`${at}/blobs/${digest(archive)}`, { type: "application/octet-stream", body: archive }],
  ];
}

function digest(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
