// The lab's identity provider, started by lab/cluster/node-launches.ts with its address in the environment.
import { identityServer } from "./provider.ts";

const { LAB_ISSUER: issuer = "", LAB_PORTAL_URL: portalUrl = "" } = process.env;
const { hostname, port } = new URL(issuer);
const server = identityServer({ issuer, portalUrl });
server.listen(Number(port), hostname, () => console.log(`ready at ${issuer}`));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit());
