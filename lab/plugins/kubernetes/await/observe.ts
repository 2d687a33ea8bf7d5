import type { AnyObject, ClusterClient } from "../../../../kube/client.ts";
import type { Observation, Query, ReadinessRule } from "./readiness.ts";

const explainEveryMs = 2000;

/** Looks at the cluster for one rule: the object at each look, what only explains every two seconds. */
export class Observer {
  readonly #client: ClusterClient;
  readonly #rule: ReadinessRule;
  readonly #operation: Observation["operation"];
  readonly #startMs = Date.now();
  #explainedMs = 0;
  #explanations: AnyObject[] = [];

  constructor(client: ClusterClient, rule: ReadinessRule, operation: Observation["operation"]) {
    this.#client = client;
    this.#rule = rule;
    this.#operation = operation;
  }

  async observe(live: AnyObject): Promise<Observation> {
    const queries = this.#rule.related?.(live) ?? [];
    const needed = await Promise.all(queries.filter(({ explains }) => !explains).map((one) => this.#ask(one)));
    if (Date.now() - this.#explainedMs >= explainEveryMs) {
      this.#explainedMs = Date.now();
      const explains = queries.filter((one) => one.explains).map((one) => this.#ask(one).catch(() => []));
      this.#explanations = (await Promise.all(explains)).flat();
    }
    return {
      live,
      operation: this.#operation,
      waitedSeconds: (Date.now() - this.#startMs) / 1000,
      related: [...needed.flat(), ...this.#explanations],
    };
  }

  async #ask(query: Query): Promise<AnyObject[]> {
    if ("key" in query) {
      const found = await this.#client.get(query.key);
      return found ? [{ ...found, kind: query.key.kind }] : [];
    }
    const { apiVersion, kind, namespace, labelSelector } = query;
    return this.#client.list(apiVersion, kind, { ...(namespace && { namespace }), labelSelector });
  }
}
