import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Modules load in half the time; where the cache cannot be written there is none. It lies in the project rather than among
// temporary files, where others could put code into it.
enableCompileCache(join(import.meta.dirname, "node_modules", ".cache", "node-compile-cache"));

// Pulumi takes the stack of every promise and maps it through source maps. Node runs our sources as they are: there is
// nothing to map, and it costs a fifth of the program's time.
Reflect.deleteProperty(Error, "prepareStackTrace");
// Enough to find where an error comes from.
Error.stackTraceLimit = 4;

// Not a static import: that would be loaded before the cache is there.
const { program } = await import("./stacks/program.ts");

export default program();
