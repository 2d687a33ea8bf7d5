import type { PolicyResource } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";

export const explicitProvider: ResourceRule = {
  name: "kubernetes-resources-name-their-provider",
  description: "Every Kubernetes resource goes to a provider that the program has made",
  why: "A default provider takes whatever cluster the shell points at.",
  fix: "Create it with { parent: this } inside a component, or pass { provider }; keep pulumi:disable-default-providers in the stack's config.",
  level: "mandatory",
  *check(resource) {
    if (!isKubernetes(resource)) return;
    // The engine calls the providers that it makes by itself default, or default_4_32_0.
    if (resource.provider === undefined || /^default(_|$)/.test(resource.provider.name))
      yield "it has no explicit provider";
  },
};

export const oneProvider: StackRule = {
  name: "one-kubernetes-provider",
  description: "All Kubernetes resources go to the same provider",
  why: "A stack is one cluster; each further provider also reads the whole API of its cluster at every preview.",
  fix: "Use the provider that the stack hands down.",
  level: "mandatory",
  *checkStack(resources) {
    const users = resources.filter((resource) => isKubernetes(resource) && resource.provider !== undefined);
    const first = users[0]?.provider;
    for (const resource of users)
      if (first !== undefined && resource.provider?.urn !== first.urn)
        yield {
          resource,
          fault: `it uses provider ${resource.provider?.name ?? "?"}, ${users[0]?.name ?? "?"} uses ${first.name}`,
        };
  },
};

function isKubernetes({ type }: PolicyResource): boolean {
  return type.startsWith("kubernetes:");
}
