import { dirname } from "node:path";
import type { Plugin } from "esbuild";

// client-node brings every model of the API, ways to log in that need programs or browsers, proxies and web sockets, and
// undici caches, mocks and event sources: 2 MiB in all. A pod needs a quarter of it, and a ConfigMap holds 1 MiB.

/** What takes the place of an entry file that loads everything: its parts. Importing another name fails the build. */
const entries: Record<string, string> = {
  undici: `
    export { default as Agent } from "undici/lib/dispatcher/agent.js";
    export { default as Client } from "undici/lib/dispatcher/client.js";
    export { default as Pool } from "undici/lib/dispatcher/pool.js";
    export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js";
    export { default as errors } from "undici/lib/core/errors.js";
    export { fetch } from "undici/lib/web/fetch/index.js";`,
  "@kubernetes/client-node": `
    export { KubeConfig } from "@kubernetes/client-node/dist/config.js";
    export { KubernetesObjectApi } from "@kubernetes/client-node/dist/object.js";
    export { ApiException } from "@kubernetes/client-node/dist/gen/apis/exception.js";
    export { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";`,
};

/** The same within client-node, whose files import each other's everything. */
const clientNodeIndex = /client-node[\\/]dist[\\/](api|gen[\\/]index)\.js$/;
const clientNodeParts = `
  export { ApiException } from "@kubernetes/client-node/dist/gen/apis/exception.js";
  export { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
  export { createConfiguration } from "@kubernetes/client-node/dist/gen/configuration.js";
  export { ServerConfiguration } from "@kubernetes/client-node/dist/gen/servers.js";`;

/** undici's parser for processors without SIMD, which have not been made for 15 years; it has another one for all others. */
const parserWithoutSimd = /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/;

/** zod's messages in every language. */
const zodLocales = /zod[\\/]v4[\\/]locales[\\/]index\.js$/;

/** It knows all models of the API; kube/plain-object-api.ts sends and reads plain JSON. */
const clientNodeSerializer = /client-node[\\/]dist[\\/]serializer\.js$/;

/** What a pod never uses: other ways to log in, and proxies on the way to the API server. Using one throws. */
const leftOut: Record<string, readonly string[]> = {
  "openid-client": ["customFetch", "discovery", "refreshTokenGrant"],
  "jsonpath-plus": ["JSONPath"],
  "socks-proxy-agent": ["SocksProxyAgent"],
  socks: ["SocksClient"],
  hpagent: ["HttpProxyAgent", "HttpsProxyAgent"],
};

/** Keeps what the operator never uses out of its bundle. */
export const slimming: Plugin = {
  name: "slimming",
  setup(build) {
    build.onResolve({ filter: anyOf(Object.keys(entries)) }, ({ path, resolveDir }) => ({
      path,
      namespace: "entry",
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /./, namespace: "entry" }, ({ path, pluginData }) => ({
      contents: entries[path] ?? "",
      resolveDir: pluginData as string,
    }));
    build.onLoad({ filter: clientNodeIndex }, () => ({ contents: clientNodeParts }));
    build.onLoad({ filter: parserWithoutSimd }, () => ({
      contents: `throw new Error("the operator needs a processor with SIMD instructions (SSE4.1 or NEON)");`,
      loader: "js",
    }));
    build.onLoad({ filter: zodLocales }, ({ path }) => ({
      contents: `export { default as en } from "./en.js";`,
      resolveDir: dirname(path),
    }));
    build.onLoad({ filter: clientNodeSerializer }, () => ({
      contents: leftOutModule("the serializer of @kubernetes/client-node", ["ObjectSerializer"]),
    }));
    build.onResolve({ filter: anyOf(Object.keys(leftOut)) }, ({ path }) => ({ path, namespace: "left-out" }));
    build.onLoad({ filter: /./, namespace: "left-out" }, ({ path }) => ({
      contents: leftOutModule(path, leftOut[path] ?? []),
    }));
  },
};

function anyOf(packages: readonly string[]): RegExp {
  return new RegExp(`^(${packages.join("|")})$`);
}

// A Proxy: `new`, a call and a static method of what is left out all say the same.
function leftOutModule(what: string, names: readonly string[]): string {
  const message = JSON.stringify(`${what} is not in the operator's bundle, see operator/bundle/slimming.ts`);
  return `
    const refuse = () => { throw new Error(${message}); };
    const absent = new Proxy(class {}, { get: refuse, apply: refuse, construct: refuse });
    ${names.map((name) => `export const ${name} = absent;`).join("\n")}`;
}
