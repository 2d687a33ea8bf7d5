import type { Session } from "./objects.ts";

/** What a person is told of a session that is as it should be: where it is, and what that is worth on the lab. */
export function sessionLines({ metadata: { name }, spec, status }: Session): string {
  const where = [`template ${spec.template}`, status?.nodeName && `node ${status.nodeName}`].filter(Boolean).join(", ");
  const session = `Session ${name} of ${spec.user}`;
  if (spec.desiredState === "Suspended") return `${session} is suspended: \`npm run lab session resume ${name}\`.`;
  return [
    `${session} is Running (${where}):`,
    `  ${status?.url ?? "it has no address"}`,
    "  Its desktop is simulated and no Traefik runs here, so this address leads nowhere. On a real cluster Traefik answers",
    `  there, and lets in who comes by a link: \`npm run lab session link ${name}\`.`,
  ].join("\n");
}
