import { servePlugin } from "../rpc/serve.ts";
import { commandProvider } from "./provider.ts";

await servePlugin(commandProvider);
