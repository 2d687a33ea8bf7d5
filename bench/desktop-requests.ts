import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { RequestOptions } from "node:https";
import type { WayFigures, WayQuestion } from "./desktop-way.ts";
import { median, rounded } from "./statistics.ts";

// Runs in the network namespace of the desktops: reads a WayQuestion and prints WayFigures, as JSON.
const { podIp, host, cookie, requests } = JSON.parse(readFileSync(0, "utf8")) as WayQuestion;
const warmUp = 20;
const [agent, tlsAgent] = [Agent, TlsAgent].map((Kind) => new Kind({ keepAlive: true, maxSockets: 1 }));
const path = "/api/health";
const ways = {
  direct: { send: request, options: { agent, host: podIp, port: 8080, path } },
  routed: {
    send: tlsRequest,
    options: {
      ...{ agent: tlsAgent, host: "127.0.0.1", port: 443, path, servername: host, rejectUnauthorized: false },
      headers: { host, cookie },
    },
  },
};

const times: Record<keyof typeof ways, number[]> = { direct: [], routed: [] };
for (let sent = 0; sent < warmUp + requests; sent++)
  for (const way of ["direct", "routed"] as const) times[way].push(await timeOf(ways[way]));
const [directMs = NaN, routedMs = NaN] = [times.direct, times.routed].map((all) =>
  rounded(median(all.slice(warmUp)), 2),
);
const figures: WayFigures = { directMs, routedMs };
console.log(JSON.stringify(figures));
for (const it of [agent, tlsAgent]) it?.destroy();

function timeOf({ send, options }: { send: typeof tlsRequest; options: RequestOptions }): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const sent = send(options, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${options.host ?? ""} answered ${answer.statusCode ?? ""}`));
      answer.resume().once("end", () => resolve(performance.now() - begun));
    });
    sent.once("error", reject).end();
  });
}
