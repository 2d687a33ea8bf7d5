// `npm run bundle`: writes dist/kasm-operator.mjs, which components/vdi-operator/vdi-operator.ts ships, and the licences of what is in it.
import { buildBundle } from "./build.ts";
import { writeBundle } from "./write.ts";

await writeBundle(() => buildBundle(), "kasm-operator.mjs", "THIRD_PARTY.txt");
