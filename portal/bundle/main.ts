// Part of `npm run bundle`: writes dist/kasm-portal.mjs, which components/portal ships, and the licences of what is in it.
import { writeBundle } from "../../operator/bundle/write.ts";
import { buildPortal } from "./build.ts";

await writeBundle(buildPortal, "kasm-portal.mjs", "THIRD_PARTY.portal.txt");
