import { problem, repeated } from "./config.rule.ts";
import type { Rule } from "./config.rule.ts";

/** Rules about the machines outside the cluster. */
export const agentRules: readonly Rule[] = [
  {
    about: ["agents"],
    check: ({ agents }) =>
      repeated(
        agents.map(({ name }) => name),
        (index, first) =>
          problem(["agents", index, "name"], `"${agents[first]?.name ?? ""}" is the name of agents[${first}] already`),
      ),
  },
  {
    about: ["agents"],
    check: ({ agents }) =>
      repeated(
        agents.map(({ host, port }) => `${host}:${port}`),
        (index, first) =>
          problem(["agents", index, "host"], `is the machine of agents[${first}] already; a machine is one agent`),
      ),
  },
  {
    about: ["agents"],
    check: ({ agents }) =>
      agents.flatMap(({ privateKey, password }, index) => {
        if (privateKey !== undefined && password !== undefined)
          return [problem(["agents", index], "has privateKey and password; give only one of them")];
        const way = `pulumi config set --secret --path 'kasm-vdi:agents[${index}].privateKey'`;
        return privateKey === undefined && password === undefined
          ? [problem(["agents", index], `has no way to log in; give privateKey or password (${way})`)]
          : [];
      }),
  },
];
