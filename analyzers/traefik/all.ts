import type { Analyzer } from "../analyzer.ts";
import { gatewayAnswers } from "./answers.ts";
import { traefikCrds } from "./crds.ts";
import { routeHosts } from "./hosts.ts";
import { ingresses } from "./ingresses.ts";
import { loadBalancers } from "./load-balancers.ts";
import { ingressRoutes } from "./routes.ts";
import { sessionHosts } from "./session-hosts.ts";
import { tlsStores } from "./tls-stores.ts";
import { traefikWorkload } from "./workload.ts";

export const traefikAnalyzers: readonly Analyzer[] = [
  ...[traefikCrds, traefikWorkload, loadBalancers],
  ...[ingressRoutes, routeHosts, sessionHosts, ingresses, tlsStores, gatewayAnswers],
];
