import * as pulumi from "@pulumi/pulumi";
import type { PolicyResource } from "../../policy/resource.ts";
import { vendoredCrds } from "../../components/vdi-operator/crds.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { platform } from "../../stacks/platform.ts";
import { registrationsOf } from "../program/registrations.ts";
import type { Registration } from "../program/registrations.ts";

/** Resources as the rules see them, from what a program registered. Those that are only read are not judged. */
export function policyResources(registrations: readonly Registration[]): PolicyResource[] {
  return registrations
    .filter(({ isRead }) => !isRead)
    .map(({ type, name, urn, inputs, parent, provider, protect, retainOnDelete, secrets }) => ({
      type,
      name,
      urn,
      props: inputs,
      parent: parent === "" ? undefined : parent,
      provider: providerOf(provider),
      protect,
      retainOnDelete,
      secrets,
    }));
}

const crds = vendoredCrds();

/** All that the platform registers for a config. */
export async function platformResources(config: StackConfig): Promise<PolicyResource[]> {
  const { resources } = await registrationsOf(
    () => platform(config, { crds }),
    ({ type, inputs }) => {
      const given = inputs as Record<string, unknown>;
      if (type === "random:index/randomPassword:RandomPassword")
        return { ...given, result: pulumi.secret("correct-horse-battery") };
      return type.startsWith("command:") ? { ...given, stdout: "{}" } : given;
    },
  );
  return policyResources(resources);
}

/** @param reference URN and id, as the engine writes them */
function providerOf(reference: string): PolicyResource["provider"] {
  if (reference === "") return undefined;
  const urn = reference.split("::").slice(0, -1).join("::");
  return { urn, name: urn.split("::").at(-1) ?? "" };
}
