import { routes } from "./routes.ts";
import { streams } from "./streams.ts";
import { tls } from "./tls.ts";
import { traefik } from "./traefik.ts";
import { turn } from "./turn.ts";

/** What is between a browser and a desktop. */
export const dataPlane = { ...traefik, ...routes, ...tls, ...streams, ...turn };
