import { join } from "node:path";
import { execa } from "execa";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { labEnvironment } from "../lab/commands/engine-environment.ts";
import { installSteps, removeSteps } from "./baseline.ts";
import type { StateResource, Step } from "./baseline.ts";
import { median, rounded, seconds } from "./statistics.ts";

export interface UpFigures {
  readonly bench: "up";
  readonly pairs: readonly { readonly upSeconds: number; readonly peerSeconds: number }[];
  readonly upSeconds: number;
  /** `kubectl apply` and `helm install --wait` of the same objects. */
  readonly peerSeconds: number;
  /** Median of the pairs' ratios. */
  readonly ratio: number;
  readonly objects: number;
}

/**
 * Installs the lab's stack and removes it again, in turn with the same objects by hand. The lab has to run; its platform is
 * there again afterwards.
 *
 * @param pairs how often
 */
export async function benchUp(layout: LabLayout, pairs: number, say: (line: string) => void): Promise<UpFigures> {
  const lab = new LabTools(layout);
  await lab.pulumi("up");
  const steps = installSteps(await lab.resources());
  const certificate = await lab.certificate();
  const waits = await lab.gpuWaits();
  const measured: { upSeconds: number; peerSeconds: number }[] = [];
  await lab.pulumi("destroy");
  for (let pair = 1; pair <= pairs; pair++) {
    const upSeconds = await seconds(() => lab.pulumi("up"));
    await lab.pulumi("destroy");
    const peerSeconds = await seconds(() => lab.install(steps, certificate, waits));
    await lab.remove(steps);
    measured.push({ upSeconds: rounded(upSeconds), peerSeconds: rounded(peerSeconds) });
    say(`pair ${pair} of ${pairs}: up ${rounded(upSeconds)} s, by hand ${rounded(peerSeconds)} s`);
  }
  await lab.pulumi("up");
  return {
    bench: "up",
    pairs: measured,
    upSeconds: median(measured.map((pair) => pair.upSeconds)),
    peerSeconds: median(measured.map((pair) => pair.peerSeconds)),
    ratio: rounded(median(measured.map((pair) => pair.upSeconds / pair.peerSeconds))),
    objects: steps.reduce((sum, step) => sum + (step.kind === "apply" ? step.objects : 1), 0),
  };
}

interface Certificate {
  readonly namespace: string;
  readonly manifest: string;
}

class LabTools {
  readonly #layout: LabLayout;
  constructor(layout: LabLayout) {
    this.#layout = layout;
  }

  pulumi(action: "up" | "destroy"): Promise<string> {
    return this.#run("pulumi", [action, "--yes", "--skip-preview", "--non-interactive", "--stack", "lab"]);
  }

  async resources(): Promise<StateResource[]> {
    const state = await this.#run("pulumi", ["stack", "export", "--show-secrets", "--stack", "lab"]);
    return (JSON.parse(state) as { deployment: { resources: StateResource[] } }).deployment.resources;
  }

  /** The TLS Secret that a command of the program made for Kasm. */
  async certificate(): Promise<Certificate> {
    const secrets = JSON.parse(
      await this.#kubectl([
        "get",
        "secrets",
        "--all-namespaces",
        "--field-selector",
        "type=kubernetes.io/tls",
        "-ojson",
      ]),
    ) as { items: { metadata: { name: string; namespace: string }; data: unknown; type: string }[] };
    const [secret] = secrets.items;
    if (!secret) throw new Error("the lab's stack has no self-signed certificate; the benchmark expects one");
    const { name, namespace } = secret.metadata;
    const metadata = { name, namespace };
    const manifest = { apiVersion: "v1", kind: "Secret", metadata, type: secret.type, data: secret.data };
    return { namespace, manifest: JSON.stringify(manifest) };
  }

  /** What the capacity gate waits for, as arguments of `kubectl wait`. */
  async gpuWaits(): Promise<string[][]> {
    const nodes = JSON.parse(await this.#kubectl(["get", "nodes", "-ojson"])) as {
      items: { metadata: { name: string }; status: { allocatable: Record<string, string> } }[];
    };
    return nodes.items.flatMap(({ metadata, status }) => {
      const slices = Number(status.allocatable["nvidia.com/gpu"] ?? 0);
      const path = "jsonpath={.status.allocatable.nvidia\\.com/gpu}";
      return slices > 0 ? [["wait", "node", metadata.name, `--for=${path}=${slices}`, "--timeout=300s"]] : [];
    });
  }

  async install(steps: readonly Step[], certificate: Certificate, waits: readonly string[][]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      if (index === 1) await this.#kubectl(["wait", "crd", "--all", "--for=condition=Established", "--timeout=60s"]);
      if (step.kind === "apply") await this.#kubectl(["apply", "--server-side", "--filename", "-"], step.manifests);
      else {
        const { name, namespace, args, values } = step;
        if (namespace === certificate.namespace)
          await this.#kubectl(["apply", "--filename", "-"], certificate.manifest);
        await this.#run("helm", ["install", name, ...args, "--namespace", namespace, "--values", "-"], values);
        if (name === "gpu-operator") await Promise.all(waits.map((wait) => this.#kubectl(wait)));
      }
    }
  }

  async remove(steps: readonly Step[]): Promise<void> {
    for (const step of removeSteps(steps))
      if (step.kind === "helm")
        await this.#run("helm", ["uninstall", step.name, "--namespace", step.namespace, "--wait"]);
      else await this.#kubectl(["delete", "--ignore-not-found", "--filename", "-"], step.manifests);
  }

  #kubectl(args: readonly string[], input = ""): Promise<string> {
    return this.#run("kubectl", args, input);
  }

  async #run(tool: string, args: readonly string[], input = ""): Promise<string> {
    const { checkout, bin } = this.#layout;
    const { stdout } = await execa(join(bin, tool), args, { cwd: checkout, env: labEnvironment(this.#layout), input });
    return stdout;
  }
}
