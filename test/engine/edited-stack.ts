import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { parse } from "yaml";
import { defaultDesktop } from "../../components/vdi-operator/templates.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { LabStack, checkout } from "./lab-stack.ts";
import type { StackValues } from "./lab-stack.ts";

/** Resources by the op that a preview shows for them. */
type Changes = Readonly<Record<string, string>>;

/** Every name with the same op. */
export function all(op: string, ...names: readonly string[]): Changes {
  return Object.fromEntries(names.map((name) => [name, op]));
}

/** The stack `lab` with a config of this repository, and what its cluster shows. */
export class EditedStack extends LabStack {
  readonly client = new ClusterClient(loadKubeConfig());
  readonly #charts = mkdtempSync(join(tmpdir(), "charts-"));

  /** Takes over the config of another stack, but for what makes it one of the lab: charts from folders, no cluster's name. */
  become(name: "dev" | "prod"): void {
    const file = readFileSync(join(checkout, `Pulumi.${name}.yaml`), "utf8");
    const { config: wanted } = parse(file) as { config: StackValues };
    this.edit((config) => {
      const { "kasm-vdi:apiServerPort": apiServerPort } = config;
      for (const key of Object.keys(config)) Reflect.deleteProperty(config, key);
      Object.assign(config, wanted, { "kasm-vdi:clusterName": "lab", "kasm-vdi:apiServerPort": apiServerPort });
      group(config, "kasm")["chart"] = { path: "./lab/charts/kasm-helm" };
      group(config, "gpu")["chart"] = { path: "./lab/charts/gpu-operator" };
    });
  }

  /** Holds a preview against `expected`, applies it, and looks that nothing is left to do. */
  async shows(expected: Changes): Promise<void> {
    expect(await this.changes()).to.deep.equal(expected);
    await this.up();
    await this.hasNothingToDo();
  }

  /** A copy of Kasm's chart as its next patch. */
  nextKasmChart(): { path: string; version: string } {
    const path = join(this.#charts, "kasm-helm");
    const version = "1.1190.7";
    cpSync(join(checkout, "lab", "charts", "kasm-helm"), path, { recursive: true });
    const file = join(path, "Chart.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^version: .*$/m, `version: ${version}`));
    return { path, version };
  }

  /** Chart and version that Helm has recorded for Kasm. */
  async kasmChart(): Promise<string | undefined> {
    const { stdout } = await execa("helm", ["list", "--namespace", "kasm", "--filter", "^kasm$", "--output", "json"]);
    return (JSON.parse(stdout) as { chart: string }[])[0]?.chart;
  }

  /** Slices of the nodes that have some, in ascending order. */
  async slices(): Promise<number[]> {
    const nodes = await this.client.list("v1", "Node");
    const counts = nodes.map(({ status }) => {
      return Number((status as { allocatable: Record<string, string> }).allocatable["nvidia.com/gpu"] ?? 0);
    });
    return counts.filter((count) => count > 0).sort((a, b) => a - b);
  }

  async capacity(): Promise<{ sessions: number }> {
    const { stdout } = await this.pulumi("stack", "output", "capacity", "--json");
    return JSON.parse(stdout) as { sessions: number };
  }

  /** Runs pods that ask for what desktops of the default template do, all at once, and takes them away again. */
  async runsDesktops(count: number): Promise<void> {
    const { cpuMillis, memoryMiB } = defaultDesktop(1);
    const limits = { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi`, "nvidia.com/gpu": "1" };
    const container = { name: "desktop", image: "lab.invalid/desktop:1", resources: { limits } };
    const keys = Array.from({ length: count }, (_, index) => ({
      ...{ apiVersion: "v1", kind: "Pod" },
      metadata: { namespace: "default", name: `desktop-${index}` },
    }));
    await Promise.all(keys.map((key) => this.client.create({ ...key, spec: { containers: [container] } })));
    try {
      await this.podsSettle();
    } finally {
      await Promise.all(keys.map((key) => this.client.delete(key, "Background", { gracePeriodSeconds: 0 })));
    }
  }

  /** Waits until every pod is ready or has done its work, a minute and a half at most. */
  async podsSettle(): Promise<void> {
    const deadline = Date.now() + 90_000;
    const unready = async () => (await this.client.list("v1", "Pod")).filter((pod) => !isReadyOrDone(pod));
    let seen = await unready();
    while (seen.length > 0 && Date.now() < deadline) {
      await sleep(1000);
      seen = await unready();
    }
    expect(seen.map(({ metadata, status }) => [metadata?.name, status])).to.deep.equal([]);
  }

  async passwords(): Promise<unknown> {
    const metadata = { name: "kasm-secrets", namespace: "kasm" };
    return (await this.client.get({ apiVersion: "v1", kind: "Secret", metadata }))?.["data"];
  }

  /** Name and class of the volume of each of Kasm's claims that has one. */
  async kasmVolumes(): Promise<Record<string, { name: string; className: string }>> {
    const claims = await this.client.list("v1", "PersistentVolumeClaim", { namespace: "kasm" });
    const bound = claims.flatMap(({ metadata, spec }) => {
      const { volumeName: name, storageClassName: className = "" } = spec as Record<string, string | undefined>;
      return name === undefined ? [] : [[metadata?.name ?? "", { name, className }] as const];
    });
    return Object.fromEntries(bound);
  }

  async remove(): Promise<void> {
    rmSync(this.#charts, { recursive: true });
    await this.client.config.close();
  }
}

/** A group of the config, to be changed in place. */
export function group(config: StackValues, name: string): StackValues {
  return (config[`kasm-vdi:${name}`] ??= {}) as StackValues;
}

/** A node pool of the config, to be changed in place. */
export function pool(config: StackValues, name: string): StackValues {
  const found = (config["kasm-vdi:nodePools"] as StackValues[]).find((one) => one["name"] === name);
  if (!found) throw new Error(`there is no pool ${name}`);
  return found;
}

/** Whether a pod is ready, or has done its work. */
export function isReadyOrDone({ status }: AnyObject): boolean {
  const { phase, conditions = [] } = status as { phase: string; conditions?: { type: string; status: string }[] };
  return phase === "Succeeded" || conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
}
