import { closest } from "fastest-levenshtein";
import { labStackFile, readStackConfig } from "../platform/stack-config.ts";
import { withAdministrator } from "../phases/context.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { faults } from "../faults/faults.ts";
import type { Fault } from "../faults/fault.ts";

/** Provokes a known failure, and says how to find it. */
export async function breakLab(layout: LabLayout, name: string | undefined): Promise<void> {
  const fault = faultNamed(name);
  if (!fault) return;
  await onGround(layout, fault.breaks);
  console.log(
    `Broken: ${fault.description}.\nFind it:  ${diagnoseCommand(layout)}\nUndo it:  npm run lab mend ${name ?? ""}`,
  );
}

/** Undoes it. */
export async function mendLab(layout: LabLayout, name: string | undefined): Promise<void> {
  const fault = faultNamed(name);
  if (!fault) return;
  await onGround(layout, fault.mends);
  console.log(`Mended. See that all is well again:  ${diagnoseCommand(layout)}`);
}

/** How to call the diagnosis on this lab. */
export function diagnoseCommand({ kubeconfig, checkout }: LabLayout): string {
  return `npx kasm-vdi diagnose --kubeconfig ${kubeconfig.slice(checkout.length + 1)}`;
}

/** Undefined, after a list of all, where no name was given. */
function faultNamed(name: string | undefined): Fault | undefined {
  if (name === undefined) {
    console.log(listOfFaults());
    return undefined;
  }
  const found = Object.hasOwn(faults, name) ? faults[name] : undefined;
  if (found) return found;
  throw new Error(
    `There is no failure ${name}. Did you mean ${closest(name, Object.keys(faults))}?\n${listOfFaults()}`,
  );
}

function listOfFaults(): string {
  const lines = Object.entries(faults).map(([name, { description }]) => `  ${name.padEnd(18)} ${description}`);
  return ["Failures that can be provoked: npm run lab break NAME, npm run lab mend NAME", ...lines].join("\n");
}

async function onGround(layout: LabLayout, work: Fault["breaks"]): Promise<void> {
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  await withAdministrator(layout, (client) => work({ client, layout, namespaces }));
}
