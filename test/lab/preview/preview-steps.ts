import type { PreviewStep, ResourceState } from "../../../lab/preview/steps.ts";

/** A step as the engine writes it. */
export function step(type: string, name: string, state: Partial<ResourceState> = {}, op = "create"): PreviewStep {
  return { op, urn: urn(type, name), newState: { type, ...state } };
}

export function urn(type: string, name: string): string {
  return `urn:pulumi:dev::kasm-vdi::${type}::${name}`;
}

export const stackStep = step("pulumi:pulumi:Stack", "kasm-vdi-dev");
export const stackUrn = stackStep.urn;
