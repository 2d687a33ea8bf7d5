// Reads the nodes as the operator would in a pod. Arguments: where the ServiceAccount's files are mounted below.
import { ClusterClient, SharedKubeConfig } from "../../kube/client.ts";

const config = new SharedKubeConfig();
config.loadFromCluster(process.argv[2] ?? "");
const nodes = await new ClusterClient(config).list("v1", "Node");
console.log(`${nodes.length} nodes`);
await config.close();
