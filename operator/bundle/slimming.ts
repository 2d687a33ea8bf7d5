import { dirname } from "node:path";
import type { Plugin } from "esbuild";

// client-node brings every model of the API, ways to log in that need programs or browsers, proxies and web sockets, and
// undici caches, mocks and event sources: 2 MiB in all. A pod needs a quarter of it, and a ConfigMap holds 1 MiB.

/** What takes the place of an entry file that loads everything: its parts. Importing another name fails the build. */
const entries: Record<string, string> = {
  undici: `
    import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
    import request from "undici/lib/api/api-request.js";
    Dispatcher.prototype.request = request;
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

/** zod's messages in every language. */
const zodLocales = /zod[\\/]v4[\\/]locales[\\/]index\.js$/;

/** Packages that a pod never uses: other ways to log in, proxies, traces, log transports. Using one throws. */
const packagesLeftOut: Record<string, readonly string[]> = {
  "openid-client": ["customFetch", "discovery", "refreshTokenGrant"],
  "jsonpath-plus": ["JSONPath"],
  "socks-proxy-agent": ["SocksProxyAgent"],
  socks: ["SocksClient"],
  hpagent: ["HttpProxyAgent", "HttpsProxyAgent"],
  "@opentelemetry/api": ["context", "trace"],
  "thread-stream": [],
};

/** The same for files inside of packages, by the end of their path. */
const filesLeftOut: Record<string, readonly string[]> = {
  // It knows all models of the API; kube/plain-object-api.ts sends and reads plain JSON.
  "client-node/dist/serializer.js": ["ObjectSerializer"],
  "undici/lib/dispatcher/proxy-agent.js": [],
  // For processors without SIMD, which have not been made for 15 years; there is another one for all others.
  "undici/lib/llhttp/llhttp-wasm.js": [],
  "zod/v4/core/compile.js": ["compile", "withParser", "INVALID", "ZodCompileAsyncError", "ZodCompileUnsupportedError"],
  "zod/v4/classic/from-json-schema.js": ["fromJSONSchema"],
};

/**
 * Keeps what our programs never use out of their bundles.
 *
 * @param kept packages that this program does use, of those that others leave out
 */
export const slimming = (kept: readonly string[] = []): Plugin => ({
  name: "slimming",
  setup(build) {
    const leftOut = Object.keys(packagesLeftOut).filter((name) => !kept.includes(name));
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
    build.onLoad({ filter: zodLocales }, ({ path }) => ({
      contents: `export { default as en } from "./en.js";`,
      resolveDir: dirname(path),
    }));
    build.onResolve({ filter: anyOf(leftOut) }, ({ path }) => ({ path, namespace: "left-out" }));
    build.onLoad({ filter: /./, namespace: "left-out" }, ({ path }) => ({
      contents: leftOutModule(path, packagesLeftOut[path] ?? []),
    }));
    for (const [end, names] of Object.entries(filesLeftOut))
      build.onLoad({ filter: endsWith(end) }, () => ({ contents: leftOutModule(end, names) }));
  },
});

function anyOf(packages: readonly string[]): RegExp {
  return new RegExp(`^(${packages.join("|")})$`);
}

function endsWith(path: string): RegExp {
  return new RegExp(`${path.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]")}$`);
}

/** @param names exports of an ES module; without any it is a CommonJS module that exports one thing */
function leftOutModule(what: string, names: readonly string[]): string {
  const message = JSON.stringify(`${what} is not in the operator's bundle, see operator/bundle/slimming.ts`);
  const exported =
    names.length > 0 ? names.map((name) => `export const ${name} = absent;`) : ["module.exports = absent;"];
  // A Proxy: `new`, a call and a static method of what is left out all say the same. Whoever imports it asks for __esModule.
  return `
    const refuse = () => { throw new Error(${message}); };
    const absent = new Proxy(class {}, {
      get: (_, name) => name === "__esModule" ? undefined : refuse(),
      apply: refuse,
      construct: refuse,
    });
    ${exported.join("\n")}`;
}
