import { hostKeyProblem } from "../components/kasm-agents/values.ts";
import { kasmVersion } from "../components/kasm-workspaces/chart.ts";
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
  {
    about: ["agents"],
    check: ({ agents }) =>
      agents.flatMap(({ hostKey }, index) => {
        const mistake = hostKeyProblem(hostKey);
        return mistake === undefined ? [] : [problem(["agents", index, "hostKey"], mistake)];
      }),
  },
  {
    about: ["agents", "agentInstaller", "kasm"],
    check: ({ agents }, { agentInstaller, kasm }) => {
      const wanted = kasmVersion(kasm.chart.version);
      if (agents.length === 0 || agentInstaller.version === wanted) return [];
      const why = `but the chart brings Kasm ${wanted}; agents work only with a control plane of their own version`;
      return [problem(["agentInstaller", "version"], `"${agentInstaller.version}", ${why}`)];
    },
  },
  {
    about: ["agentInstaller"],
    check: ({ agentInstaller: { url, sha256 } }) =>
      url?.startsWith("http:") && sha256 === undefined
        ? [problem(["agentInstaller", "sha256"], "missing; a download over http: needs it")]
        : [],
  },
];
