import type { VDITemplate } from "../../operator/api/objects.ts";
import type { TemplateView } from "../api/schemas.ts";
import type { FreeSlices } from "./slices.ts";

/** What a person is told of a template that she may use. */
export function templateView(
  { metadata, spec, status }: VDITemplate,
  free: FreeSlices | undefined,
  usualStartSeconds?: number,
): TemplateView {
  const { default: standard = {}, max = {} } = spec.resources;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const { description, icon, home } = spec;
  return {
    name: metadata.name,
    title: spec.displayName ?? metadata.name,
    // The operator's own values where a template leaves them out (docs/api.md).
    size: { gpu: standard.gpu ?? 0, cpu: String(standard.cpu ?? 1), memory: String(standard.memory ?? "2Gi") },
    max: {
      ...(max.gpu !== undefined && { gpu: max.gpu }),
      ...(max.cpu !== undefined && { cpu: String(max.cpu) }),
      ...(max.memory !== undefined && { memory: String(max.memory) }),
    },
    home: {
      ...(home?.maxSize !== undefined && { maxSize: String(home.maxSize) }),
      ...(home?.storageClassNames && { storageClassNames: [...home.storageClassNames] }),
    },
    ...(description !== undefined && { description }),
    // Pages load nothing from elsewhere.
    ...(icon !== undefined && /^data:image\/(png|webp|jpeg|svg\+xml)[;,]/.test(icon) && { icon }),
    ...(ready?.status === "False" && { problem: ready.message }),
    ...(free && { free }),
    ...(usualStartSeconds !== undefined && { usualStartSeconds }),
  };
}
