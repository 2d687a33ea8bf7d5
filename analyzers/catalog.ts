import type { Area } from "./areas.ts";
import { admission } from "./catalog/admission.ts";
import { api } from "./catalog/api.ts";
import { containers } from "./catalog/containers.ts";
import { dataPlane } from "./catalog/data-plane.ts";
import { dns } from "./catalog/dns.ts";
import { gpu } from "./catalog/gpu.ts";
import { images } from "./catalog/images.ts";
import { kasm } from "./catalog/kasm.ts";
import { nodes } from "./catalog/nodes.ts";
import { operator } from "./catalog/operator.ts";
import { releases } from "./catalog/releases.ts";
import { runs } from "./catalog/runs.ts";
import { scheduling } from "./catalog/scheduling.ts";
import { sessions } from "./catalog/sessions.ts";
import { storage } from "./catalog/storage.ts";
import { templates } from "./catalog/templates.ts";
import { workloads } from "./catalog/workloads.ts";
import type { Level } from "./finding.ts";

/** What a code means, whatever object it is found at: `kasm-vdi explain CODE` and its page in docs/diagnosis. */
export interface CodeEntry {
  readonly area: Area;
  readonly level: Level;
  /** In a few words: `Image is not in its registry`. */
  readonly title: string;
  /** What people see. */
  readonly symptom: string;
  /** Why it is so. */
  readonly cause: string;
  /** What to do about it, in general. */
  readonly fix: string;
  /** Commands that show it by hand. */
  readonly byHand: readonly string[];
  /** It may pass by itself. */
  readonly mayPass?: boolean;
}

/** All codes. A code is never given another meaning. */
export const catalog = {
  ...api,
  ...admission,
  ...operator,
  ...templates,
  ...sessions,
  ...releases,
  ...runs,
  ...nodes,
  ...gpu,
  ...storage,
  ...scheduling,
  ...images,
  ...containers,
  ...workloads,
  ...dns,
  ...kasm,
  ...dataPlane,
} satisfies Record<string, CodeEntry>;

export type Code = keyof typeof catalog;

/** The entry of a code, with the fields that only some have. */
export function entryOf(code: Code): CodeEntry {
  return catalog[code];
}

/** How grave a finding is. */
export function levelOf({ code }: { readonly code: Code }): Level {
  return catalog[code].level;
}
