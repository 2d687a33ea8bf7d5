import { buildPages } from "../bundle/build-pages.ts";

/** The pages as they are in this checkout; in the bundle, which has no compiler, as they were built (portal/bundle/main.ts). */
export const { pages: builtPages } = await buildPages();
