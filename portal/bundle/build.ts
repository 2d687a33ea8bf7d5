import { buildBundle } from "../../operator/bundle/build.ts";
import type { Bundle } from "../../operator/bundle/build.ts";
import { buildPages } from "./build-pages.ts";

/** The portal with its pages as one ES module for Node 24. @throws esbuild's BuildFailure */
export async function buildPortal(): Promise<Bundle> {
  const { pages, modules } = await buildPages();
  return buildBundle("portal/main.ts", {
    kept: ["openid-client"],
    included: modules,
    plugins: [
      {
        name: "built-pages",
        setup: (build) =>
          build.onLoad({ filter: /portal[\\/]server[\\/]built-pages\.ts$/ }, () => ({
            contents: `export const builtPages = ${JSON.stringify(pages)};`,
          })),
      },
    ],
  });
}
