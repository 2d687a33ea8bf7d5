import { setTimeout as sleep } from "node:timers/promises";

import { launchFingerprint, startProcess, stopRecorded } from "./component-process.ts";
import type { Component, ComponentName } from "./components.ts";
import type { LaunchContext } from "./launches.ts";
import { logFile } from "./layout.ts";
import type { LabLayout } from "./layout.ts";
import { lastLines } from "./log-files.ts";
import { whyNotReady } from "./readiness.ts";
import { isRunning, readRunRecord } from "./run-record.ts";

/** What became of one component. */
export interface BroughtUp {
  name: ComponentName;
  /** `restarted`: it ran, but with other arguments or files than now wanted, or beside a server that is new. */
  action: "kept" | "started" | "restarted";
  /** From the start of its process, or of the first look at it, until it was ready. */
  readyAfterMs: number;
}

export interface BringUpHooks {
  /** Runs before a process of the component is started; not when it is kept. */
  beforeStart?: (name: ComponentName) => Promise<void>;
  /** Runs once it is ready, and before anything that depends on it starts. */
  afterReady?: (name: ComponentName) => Promise<void>;
}

const readyTimeoutMs = 90_000;
const shownLogLines = 15;

/**
 * Starts the components that do not run, each as soon as what it depends on is ready. The first failure ends the wait
 * for all others; what was started stays recorded, and the next call goes on from there.
 */
export async function bringUpAll(
  wanted: readonly Component[],
  context: LaunchContext,
  hooks: BringUpHooks = {},
): Promise<BroughtUp[]> {
  const failure = new AbortController();
  const pending = new Map<ComponentName, Promise<BroughtUp>>();
  for (const component of wanted) {
    const needed = component.dependsOn.flatMap((name) => pending.get(name) ?? []);
    const result = Promise.all(needed).then((dependencies) => {
      // Clients back off for up to a minute from a server that was gone; a restart is quicker than their patience.
      const hasNewServer = dependencies.some(({ action }) => action !== "kept");
      return bringUp(component, context, hooks, failure.signal, hasNewServer);
    });
    result.catch(() => failure.abort());
    pending.set(component.name, result);
  }
  return Promise.all(pending.values());
}

async function bringUp(
  component: Component,
  context: LaunchContext,
  hooks: BringUpHooks,
  aborted: AbortSignal,
  hasNewServer: boolean,
): Promise<BroughtUp> {
  const { name } = component;
  const { layout } = context;
  const launch = component.launch(context);
  let record = readRunRecord(layout, name);
  let action: BroughtUp["action"] = "started";
  if (isRunning(record)) {
    const isAsWanted = record.fingerprint === launchFingerprint(launch) && !hasNewServer;
    action = isAsWanted ? "kept" : "restarted";
    if (action === "restarted") await stopRecorded(layout, name, record, component.stopGraceMs);
  }
  let ended: Promise<string> | undefined;
  const begun = Date.now();
  if (action !== "kept") {
    await hooks.beforeStart?.(name);
    ({ record, ended } = await startProcess(layout, name, launch));
  }
  await untilReady();
  await hooks.afterReady?.(name);
  return { name, action, readyAfterMs: Date.now() - begun };

  async function untilReady(): Promise<void> {
    for (;;) {
      const reason = await whyNotReady(component.probe(context.ports, layout.pki), logFile(layout, name));
      if (!isRunning(record)) throw startFailure(layout, name, (await ended) ?? "ended while starting");
      if (reason === undefined) return;
      aborted.throwIfAborted();
      if (Date.now() - begun > readyTimeoutMs) {
        throw startFailure(layout, name, `runs, but is not ready after ${readyTimeoutMs / 1000} s (${reason})`);
      }
      await sleep(50);
    }
  }
}

function startFailure(layout: LabLayout, name: ComponentName, what: string): Error {
  const file = logFile(layout, name);
  const lines = lastLines(file, shownLogLines);
  const log =
    lines.length > 0 ? `Last lines of ${file}:\n${lines.map((line) => `  ${line}`).join("\n")}` : `${file} is empty.`;
  return new Error(`${name} ${what}. ${log}`);
}
