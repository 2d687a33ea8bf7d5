import { apiMessage, statusCode } from "../../kube/client.ts";
import type { ClusterClient } from "../../kube/client.ts";
import { waitForObject } from "../../kube/wait-for.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { isRunning, readRunRecord } from "../cluster/run-record.ts";
import { readPorts } from "../cluster/state.ts";
import { runsDesktops } from "../desktop/layout.ts";
import { withAdministrator } from "../phases/context.ts";
import { labStackFile, readStackConfig } from "../platform/stack-config.ts";
import { createSession } from "../session/create.ts";
import type { SessionRequest } from "../session/create.ts";
import { onPort, sessionLink } from "../session/link.ts";
import { listSessions, named, sessionKey } from "../session/objects.ts";
import type { Session } from "../session/objects.ts";
import { sessionLines } from "../session/lines.ts";
import { sessionTable } from "../session/table.ts";
import { waitUntilReady } from "../session/wait.ts";
import { watchSessions } from "../session/watch.ts";

const readyTimeoutMs = 60_000;
// The operator's deadline for what a finalizer waits for is below it.
const goneTimeoutMs = 60_000;

/** Makes a session; with `wait` until its desktop is ready. */
export async function create(layout: LabLayout, request: SessionRequest, wait: boolean): Promise<void> {
  await onSessions(layout, async (client, namespace) => {
    const { metadata, spec } = await createSession(client, namespace, request);
    const { name } = metadata;
    console.log(`Created session ${name} of ${spec.user} from template ${spec.template}.`);
    if (!wait) return;
    const onProgress = (line: string) => console.log(line);
    const ready = await waitUntilReady(client, { namespace, name, timeoutMs: readyTimeoutMs, onProgress });
    console.log(sessionLines(ready));
  });
}

export async function list(layout: LabLayout): Promise<void> {
  await onSessions(layout, async (client, namespace) => {
    const sessions = await listSessions(client, namespace);
    const hint = "There are no sessions. `npm run lab session create -- --user you@example.com` makes one.";
    console.log(sessions.length > 0 ? sessionTable(sessions, new Date()) : hint);
  });
}

/** Tells of changes until Ctrl-C. */
export async function watch(layout: LabLayout): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  await onSessions(layout, (client, namespace) =>
    watchSessions(client, namespace, (line) => console.log(line), stop.signal),
  );
}

/** Deletes a session and waits until it is gone. */
export async function remove(layout: LabLayout, name: string): Promise<void> {
  await onSessions(layout, async (client, namespace) => {
    const session = await find(client, namespace, name);
    await client.delete(sessionKey(namespace, name));
    const isGone = (now: Session | undefined) => now?.metadata.uid !== session.metadata.uid;
    await waitForObject<Session>(client, sessionKey(namespace, name), isGone, { timeoutMs: goneTimeoutMs });
    const home = session.status?.homeClaimName;
    const claim =
      home &&
      (await client.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { namespace, name: home } }));
    console.log(
      `Deleted session ${name}.${claim ? ` The home of ${session.spec.user} stays: PersistentVolumeClaim ${home}.` : ""}`,
    );
  });
}

/** Suspends or resumes a session. */
export async function setState(layout: LabLayout, name: string, desiredState: "Running" | "Suspended"): Promise<void> {
  await onSessions(layout, async (client, namespace) => {
    const session = await find(client, namespace, name);
    if ((session.spec.desiredState ?? "Running") === desiredState) {
      console.log(`Session ${name} is to be ${desiredState} already.`);
      return;
    }
    await client.mergePatch({ ...sessionKey(namespace, name), spec: { desiredState } }, "kasm-vdi-lab");
    const stops =
      session.spec.persistence?.enabled === false ? "its desktop stops" : "its desktop stops, the home stays";
    const next = desiredState === "Suspended" ? stops : "its desktop starts";
    console.log(`Session ${name} is to be ${desiredState}: ${next}. \`npm run lab session watch\` shows it.`);
  });
}

/** Prints a link that opens the desktop, as the gateway gives it to a portal. */
export async function link(layout: LabLayout, name: string): Promise<void> {
  await onSessions(layout, async (client, namespace) => {
    await find(client, namespace, name);
    const { traefik = 443, "gateway-access": accessPort = 0 } = readPorts(layout);
    const { url, expiresAt } = await sessionLink(client, { namespace, session: name, accessPort });
    const says = `Whoever has this link is let in, until ${expiresAt}.`;
    if (runsDesktops(layout)) console.log(`${onPort(url, traefik)}\n\n${says}`);
    else console.log(`${url}\n\n${says} Here nothing answers: desktops are simulated.`);
  });
}

async function find(client: ClusterClient, namespace: string, name: string): Promise<Session> {
  return named("session", name, await listSessions(client, namespace));
}

/** Works on the namespace of sessions as the cluster's administrator; what the API server refuses is told as it says it. */
async function onSessions(
  layout: LabLayout,
  work: (client: ClusterClient, namespace: string) => Promise<void>,
): Promise<void> {
  if (!isRunning(readRunRecord(layout, "kube-apiserver")))
    throw new Error("The lab does not run: `npm run lab` starts it.");
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  try {
    await withAdministrator(layout, (client) => work(client, namespaces.vdi));
  } catch (error) {
    if (statusCode(error) === undefined) throw error;
    throw new Error(`The API server refuses: ${apiMessage(error)}`, { cause: error });
  }
}
