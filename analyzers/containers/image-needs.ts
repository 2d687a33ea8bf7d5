import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Role } from "./container-start.ts";
import type { ContainerCode } from "./containers.ts";
import type { Verdict } from "../verdict.ts";

/** What an image needs and the pod does not let it have, by the termination message of its container. */
export function imageRefusal(words: string, role: Role): Verdict<ContainerCode> | undefined {
  const said = untrusted(words);
  if (/driver\/library version mismatch/i.test(said))
    return {
      code: "GpuDriverMismatch",
      problem: `${role.text} cannot use its GPU: the NVIDIA kernel module of ${role.node ?? "the node"} is of another version than the driver's libraries.`,
      remedy: `Restart ${role.node ?? "the node"}, or unload and load the NVIDIA modules there: the driver was updated under a loaded module.`,
      risk: "restart",
    };
  if (/exec format error/i.test(said))
    return {
      code: "ExecFormatError",
      problem: `${role.text} runs a program that is built for another kind of processor (exec format error).`,
      remedy: `Change ${role.where} to one for the architecture of its node.`,
    };
  const s6 = lineWith(said, s6Words);
  if (s6 !== undefined)
    return {
      code: "ImageNeedsRoot",
      problem: `${role.text} has an image whose s6 starts as root, and the pod runs it as another user: "${quoted(s6)}".`,
      remedy: `Give ${role.where} a securityProfile that lets it start as root, such as baseline, or use an image that runs without.`,
    };
  const device = lineWith(said, deviceWords);
  if (device !== undefined)
    return {
      code: "DeviceDenied",
      problem: `${role.text} may not use a device of its node: "${quoted(device)}".`,
      remedy:
        "Pods see no devices of the node without a device plugin: turn off what needs it, such as gamepads (/dev/uinput, /dev/input), or ask for a GPU where it is /dev/dri.",
    };
  return undefined;
}

function lineWith(said: string, words: RegExp): string | undefined {
  return said.split("\n").findLast((line) => words.test(line));
}

// s6-overlay 3 (just-containers/s6-overlay: preinit) and s6-overlay 2 (s6-applyuidgid, with-contenv).
const s6Words =
  /\bs6-[\w-]+: .*(fatal|belongs to uid|permission denied|operation not permitted|read-only)|\/run belongs to uid/i;

const deviceWords =
  /\/dev\/(?:dri|input|uinput|uhid|snd|video|nvidia|kfd)\b.*(?:permission denied|operation not permitted)|(?:permission denied|operation not permitted).*\/dev\/(?:dri|input|uinput|uhid|snd|video|nvidia|kfd)\b/i;
