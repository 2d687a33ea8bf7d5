import { spawn } from "node:child_process";
import type { LabLayout } from "../cluster/layout.ts";
import { readRunRecord } from "../cluster/run-record.ts";
import { readPorts } from "../cluster/state.ts";
import { allReady, labStatus } from "../cluster/status.ts";
import { runsDesktops, switchDesktopsOn } from "../desktop/layout.ts";
import { unmetRequirements } from "../desktop/requirements.ts";
import { withAdministrator } from "../phases/context.ts";
import { labStackFile, readStackConfig } from "../platform/stack-config.ts";
import { createSession } from "../session/create.ts";
import { onPort, sessionLink } from "../session/link.ts";
import { sessionKey } from "../session/objects.ts";
import type { Session } from "../session/objects.ts";
import { waitUntilReady } from "../session/wait.ts";
import { up } from "./up.ts";

export interface DesktopOptions {
  readonly user: string;
  readonly template: string;
  /** Leads the machine's browser there. */
  readonly open?: true;
}

const name = "desktop";
const timeoutMs = 60_000;

/** Runs a desktop and prints the address that shows it. The lab is started, or goes on with desktops that are run. */
export async function desktop(layout: LabLayout, options: DesktopOptions): Promise<void> {
  const [problems, status] = await Promise.all([unmetRequirements(process.env), labStatus(layout)]);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const isUp = runsDesktops(layout) && allReady(status);
  // Since the last `down`, desktops were run: the platform is there, and a part of the lab has ended.
  const wasUp = runsDesktops(layout) && readRunRecord(layout, "desktops") !== undefined;
  switchDesktopsOn(layout);
  if (!isUp) await up(layout, { summary: false, installs: !wasUp });
  const { domain, namespaces } = await readStackConfig(labStackFile(layout.checkout));
  const { namespace, url, begun, readyAt } = await withAdministrator(layout, async (client) => {
    const namespace = namespaces.vdi;
    const begun = Date.now();
    const present = (await client.get(sessionKey(namespace, name))) as Session | undefined;
    if (!present) await createSession(client, namespace, { name, user: options.user, template: options.template });
    else if (present.spec.desiredState === "Suspended")
      await client.mergePatch({ ...sessionKey(namespace, name), spec: { desiredState: "Running" } }, "kasm-vdi-lab");
    await waitUntilReady(client, { namespace, name, timeoutMs, onProgress: (line) => console.error(line) });
    const readyAt = Date.now();
    const { traefik = 443, "gateway-access": accessPort = 0 } = readPorts(layout);
    const link = await sessionLink(client, { namespace, session: name, accessPort });
    return { namespace, url: onPort(link.url, traefik), begun, readyAt };
  });
  console.log(
    [
      `The desktop of session ${namespace}/${name} is there, after ${readyAt - begun} ms. Open it within a minute:`,
      "",
      `  ${url}`,
      "",
      "The browser asks once whether to trust its certificate, which the lab's stack signs itself. In the terminal there, try",
      "`echo hello > file`: the home is kept. `npm run lab desktop` gives a new link, `npm run lab session suspend desktop`",
      "stops it, and whoever opens the address then starts it. `npm run lab down` ends all.",
      ...(domain.endsWith(".localhost")
        ? []
        : [
            "",
            `${new URL(url).hostname} is a name that this machine has to lead to 127.0.0.1 (/etc/hosts). With kasm-vdi:domain below`,
            "`localhost` in Pulumi.lab.yaml, browsers know it by themselves.",
          ]),
    ].join("\n"),
  );
  if (options.open) spawn("xdg-open", [url], { detached: true, stdio: "ignore" }).unref();
}
