import { bringUpAll } from "./bring-up.ts";
import type { BringUpHooks, BroughtUp } from "./bring-up.ts";
import { stopProcess, stopRecorded } from "./component-process.ts";
import { componentNames, components } from "./components.ts";
import type { Component, ComponentName } from "./components.ts";
import type { LaunchContext } from "./launches.ts";
import { applyGrants } from "./grants.ts";
import { writeKubeconfigs } from "./kubeconfig.ts";
import type { LabLayout } from "./layout.ts";
import { preparePki } from "./pki.ts";
import { choosePorts } from "./ports.ts";
import type { MovedPort } from "./ports.ts";
import { makePrivateFolder } from "./private-files.ts";
import { isRunning, readRunRecord, recordedComponents, removeRunRecord } from "./run-record.ts";
import { readPorts, writePorts } from "./state.ts";
import { markedProcesses, strayProcesses } from "./strays.ts";
import type { MarkedProcess } from "./strays.ts";

export interface ControlPlaneOptions {
  layout: LabLayout;
  /** Paths of etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok, by these names. */
  tools: Readonly<Record<string, string>>;
  /** KWOK's configuration files. Without any, kwok is not started. */
  kwokConfigs?: readonly string[];
  /** Runs before a component's process starts, not when it is kept. For kwok the API server is ready by then. */
  beforeStart?: BringUpHooks["beforeStart"];
}

export interface ControlPlane {
  /** Kubeconfig of the cluster's administrator. */
  kubeconfig: string;
  server: string;
  components: BroughtUp[];
  /** Ports that belonged to someone else by now; the kubeconfigs follow. */
  movedPorts: MovedPort[];
  /** What further components of the same lab are started with. */
  context: LaunchContext;
}

/**
 * Starts what does not run of the control plane and leaves alone what runs as wanted; ready when it returns.
 * The caller holds the lab's lock (lab-lock.ts).
 * @throws Error naming the component that failed, with its exit code and its last log lines
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { layout } = options;
  makePrivateFolder(layout.root);
  await endStrays(strayProcesses(layout));
  const inUse = components.filter(({ name }) => isRunning(readRunRecord(layout, name)));
  const { ports, moved } = await choosePorts(readPorts(layout), new Set(inUse.flatMap((component) => component.ports)));
  writePorts(layout, ports);
  await preparePki(layout.pki);
  writeKubeconfigs(layout, ports["kube-apiserver"]);
  const context: LaunchContext = {
    layout,
    ports,
    tools: options.tools,
    kwokConfigs: options.kwokConfigs ?? [],
  };
  const wanted = components.filter(({ name }) => !isLater(name) && (name !== "kwok" || context.kwokConfigs.length > 0));
  const broughtUp = await bringUpAll(wanted, context, {
    beforeStart: options.beforeStart,
    afterReady: async (name) => {
      if (name === "kube-apiserver") await applyGrants(layout.kubeconfig);
    },
  });
  return {
    kubeconfig: layout.kubeconfig,
    server: `https://127.0.0.1:${ports["kube-apiserver"]}`,
    components: broughtUp,
    movedPorts: moved,
    context,
  };
}

/** What is started once the control plane is there and something lies in it. */
const later = [
  "simulators",
  "forwarder",
  "desktops",
  "operator",
  "gateway",
] as const satisfies readonly ComponentName[];

export type LaterComponent = (typeof later)[number];

/** Starts one of the programs that work on the cluster; nothing happens when it runs as wanted. */
export async function startBeside(name: LaterComponent, context: LaunchContext): Promise<BroughtUp> {
  const [started] = await bringUpAll(
    components.filter((component) => component.name === name),
    context,
  );
  if (!started) throw new Error(`there is no component ${name}`);
  return started;
}

/** Stops one of them alone; nothing happens when it does not run. */
export async function stopBeside(layout: LabLayout, name: LaterComponent): Promise<void> {
  const component = components.find((candidate) => candidate.name === name);
  if (component) await stopComponent(layout, component);
}

function isLater(name: ComponentName): boolean {
  return later.some((candidate) => candidate === name);
}

/** Stops every process of this lab, those first that depend on others, also those whose record is lost. */
export async function stopControlPlane(layout: LabLayout): Promise<ComponentName[]> {
  // First those whose record is lost: they may depend on the others.
  await endStrays(strayProcesses(layout));
  const running = components.filter(({ name }) => isRunning(readRunRecord(layout, name)));
  const stopped = new Map<ComponentName, Promise<void>>();
  for (const component of [...running].reverse()) {
    const dependants = running.filter(({ dependsOn }) => dependsOn.includes(component.name));
    stopped.set(
      component.name,
      Promise.all(dependants.flatMap(({ name }) => stopped.get(name) ?? [])).then(() =>
        stopComponent(layout, component),
      ),
    );
  }
  await Promise.all(stopped.values());
  await endStrays(markedProcesses(layout));
  for (const name of recordedComponents(layout)) removeRunRecord(layout, name);
  return componentNames.filter((name) => stopped.has(name));
}

async function stopComponent(layout: LabLayout, { name, stopGraceMs }: Component): Promise<void> {
  const record = readRunRecord(layout, name);
  if (record) await stopRecorded(layout, name, record, stopGraceMs);
}

const strayGraceMs = 2_000;

async function endStrays(strays: readonly MarkedProcess[]): Promise<void> {
  await Promise.all(strays.map((stray) => stopProcess(stray, strayGraceMs)));
}
