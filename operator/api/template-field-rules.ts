import type { CelRule } from "./fields.ts";

// What the API server refuses of single fields of a VDITemplate: every pod with it would be refused later, or would fail.

const word = "[a-z0-9]+([._-]+[a-z0-9]+)*";

export const imageRules: CelRule[] = [
  {
    rule: "(self.contains('@sha256:') || self.matches('^.+:[A-Za-z0-9_][A-Za-z0-9_.-]*$')) && !self.endsWith(':latest')",
    message: "image needs a tag other than latest, or a digest, so that every session gets the same desktop",
  },
  {
    // Form: github.com/distribution/reference.
    rule: `self.matches('^([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/)?${word}(/${word})*(:[A-Za-z0-9_.-]+)?(@sha256:[0-9a-f]{64})?$')`,
    message: "image is no reference to an image: write for example ghcr.io/example/desktop:1.0, its path in lower case",
  },
];

/** A folder of its own: a volume that is mounted over what the image runs from hides it. */
export const homeRules: CelRule[] = [
  {
    rule: "self.matches('^(/[A-Za-z0-9._@-]+)+$') && !self.matches('/[.][.]?(/|$)')",
    message: "runtime.home is an absolute path of letters, digits and . _ - @: write for example /home/user",
  },
  {
    rule: "!self.matches('^/(bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys|usr|var/run)(/|$)')",
    message: "runtime.home would hide what the image or the system needs there; choose a folder such as /home/user",
  },
];

export const resourceNameRules: CelRule[] = [
  {
    rule: "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$')",
    message: "gpuResourceName is no name of an extended resource: write for example nvidia.com/gpu",
  },
  {
    rule: "!self.matches('^(requests[.].*|([a-z0-9.-]+[.])?kubernetes[.]io)/')",
    message:
      "gpuResourceName is in a domain of Kubernetes' own, which no device plugin has: write for example nvidia.com/gpu",
  },
];
