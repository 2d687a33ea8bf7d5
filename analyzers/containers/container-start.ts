import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import { missingReference } from "./references.ts";
import type { Verdict } from "../verdict.ts";
import type { ContainerCode } from "./containers.ts";

/** One container, as sentences about it need it. */
export interface Role {
  /** `Container desktop`, `Init container home` */
  readonly text: string;
  /** Where its image is set: `spec.image of VDITemplate desk`. */
  readonly where: string;
  /** Node that the pod is on. */
  readonly node: string | undefined;
  /** How to give it more time for its start, where that can be said: `raise spec.progressDeadline of ...`. */
  readonly moreTime?: string;
}

// The kubelet's words for a container that it cannot create or start (pkg/kubelet/kuberuntime/kuberuntime_container.go).
const startReasons = new Set([
  "CreateContainerError",
  "RunContainerError",
  "StartError",
  "ContainerCannotRun",
  "PreCreateHookError",
  "PreStartHookError",
  "PostStartHookError",
]);

/** Why a container is not created or not started; undefined for any other reason. */
export function startVerdict(reason: string, message: string, role: Role): Verdict<ContainerCode> | undefined {
  if (reason === "CreateContainerConfigError") return configVerdict(message, role);
  return startReasons.has(reason) ? startError(message, role) : undefined;
}

function configVerdict(message: string, role: Role): Verdict<ContainerCode> {
  const missing = missingReference(message);
  if (missing) return { ...missing, problem: `${role.text} cannot be created: ${missing.problem}.` };
  if (/runAsNonRoot/.test(untrusted(message)))
    return {
      code: "ImageRunsAsRoot",
      problem: `${role.text} cannot be created: its image runs as root, and the pod has runAsNonRoot.`,
      remedy: `Change ${role.where} to one that runs as another user, or use a less strict securityProfile.`,
    };
  return {
    code: "ContainerConfigError",
    problem: `${role.text} cannot be created: ${saidOr(message)}.`,
    remedy: "Restore what its environment refers to; the kubelet tries again by itself.",
  };
}

type Tell = (role: Role, said: string) => Omit<Verdict<ContainerCode>, "code">;

function startError(message: string, role: Role): Verdict<ContainerCode> {
  const said = untrusted(message);
  for (const [code, words, tell] of forms) if (words.test(said)) return { code, ...tell(role, saidOr(message)) };
  return {
    code: "ContainerStartFailed",
    problem: `${role.text} cannot be started: ${saidOr(message)}.`,
    remedy: `Check ${role.where}, and the container runtime of ${nodeOf(role)}.`,
  };
}

/** Texts of runc, containerd and the NVIDIA container toolkit, the most telling first. */
const forms: readonly [ContainerCode, RegExp, Tell][] = [
  [
    "GpuDriverMismatch",
    /driver\/library version mismatch/i,
    (role) => ({
      problem: `${role.text} cannot be started: the NVIDIA kernel module of ${nodeOf(role)} is of another version than the driver's libraries.`,
      remedy: `Restart ${nodeOf(role)}, or unload and load the NVIDIA modules there: the driver was updated under a loaded module.`,
      risk: "restart",
    }),
  ],
  [
    "GpuNotUsable",
    /nvidia-container-cli|nvidia-container-runtime|libnvidia|nvidia\.com\/gpu/i,
    (role, said) => ({
      problem: `${role.text} cannot be started since the NVIDIA container runtime does not give it its GPU: ${said}.`,
      remedy: `Run nvidia-smi on ${nodeOf(role)}, and look at the driver and toolkit pods there.`,
    }),
  ],
  [
    "ExecFormatError",
    /exec format error/i,
    (role) => ({
      problem: `${role.text} cannot be started: its program is built for another kind of processor (exec format error).`,
      remedy: `Change ${role.where} to one for the architecture of ${nodeOf(role)}; a script lacks its first line (#!/bin/sh).`,
    }),
  ],
  [
    "CommandNotFound",
    /executable file not found|exec: .*no such file or directory|stat .*no such file or directory|not a directory/i,
    (role, said) => ({
      problem: `${role.text} cannot be started: its image does not have the command ${commandIn(said)}.`,
      remedy: `Correct the command, or change ${role.where} to one that has it${needsShell(role, said)}.`,
    }),
  ],
  [
    "CommandNotExecutable",
    /exec: .*permission denied/i,
    (role, said) => ({
      problem: `${role.text} cannot be started: the command ${commandIn(said)} may not be executed.`,
      remedy: `Make it executable (chmod +x) in the image, see ${role.where}.`,
    }),
  ],
];

/** `exec: "/usr/bin/startxfce": stat ...` */
function commandIn(said: string): string {
  const at = said.indexOf('exec: "');
  const end = at < 0 ? -1 : said.indexOf('"', at + 7);
  return end < 0 ? "that it is to run" : said.slice(at + 7, end);
}

// resources/pod.ts of the operator checks a home volume with `sh` in the desktop's own image.
function needsShell({ text }: Role, said: string): string {
  return text === "Init container home" && commandIn(said) === "sh"
    ? "; an image without sh cannot have a home volume: set persistence.enabled to false"
    : "";
}

function saidOr(message: string): string {
  return message === "" ? "the kubelet does not say why" : quoted(message);
}

function nodeOf({ node }: Role): string {
  return node ?? "the node";
}
