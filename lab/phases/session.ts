import { readStackConfig, labStackFile } from "../platform/stack-config.ts";
import { createSession } from "../session/create.ts";
import { sessionKey } from "../session/objects.ts";
import type { Session } from "../session/objects.ts";
import { waitUntilReady } from "../session/wait.ts";
import { withAdministrator } from "./context.ts";
import type { PhaseWork } from "./context.ts";

const name = "demo";
const user = "demo@example.com";
const timeoutMs = 60_000;

/** Makes the session `demo` if it is not there, and waits until its desktop is ready. */
export const session: PhaseWork = async (context, report) => {
  const { layout } = context;
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  return withAdministrator(layout, async (client) => {
    const namespace = namespaces.vdi;
    const begun = Date.now();
    const present = (await client.get(sessionKey(namespace, name))) as Session | undefined;
    if (present?.spec.desiredState === "Suspended") {
      context.session = present;
      return `${name} is suspended, as it was told`;
    }
    if (!present) await createSession(client, namespace, { name, user });
    const ready = await waitUntilReady(client, { namespace, name, timeoutMs, onProgress: report });
    context.session = ready;
    const from = `from template ${ready.spec.template}`;
    return present ? `${name} ${from} was Running` : `${name} ${from} is Running, ready after ${Date.now() - begun} ms`;
  });
};
