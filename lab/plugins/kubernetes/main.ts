import { servePlugin } from "../rpc/serve.ts";
import { kubernetesProvider } from "./provider.ts";

await servePlugin(kubernetesProvider());
