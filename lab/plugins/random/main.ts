import { servePlugin } from "../rpc/serve.ts";
import { randomProvider } from "./provider.ts";

await servePlugin(randomProvider);
