import { chartRefusal, kasmVersion } from "../components/kasm-workspaces/chart.ts";
import { certificateRefusal } from "../components/kasm-workspaces/manifests.ts";
import { plus } from "../components/capacity/demand.ts";
import { kasmDemand } from "../components/kasm-workspaces/demand.ts";
import { sizeFits } from "../components/kasm-workspaces/sizing.ts";
import { gpuSlices, nodeCount } from "../components/capacity/node-pool.ts";
import { defaultDesktop } from "../components/vdi-operator/templates.ts";
import type { ConfigProblem } from "./config.problems.ts";
import { atMostOneOf, problem } from "./config.rule.ts";
import type { Rule } from "./config.rule.ts";

/** Charts whose value keys are known for one line of versions. */
const lines = [
  ["gpu", "gpu-operator", "v26.x"],
  ["traefik", "traefik", "41.x"],
] as const;

/** The chart of Traefik since which the default certificate can be kept to one namespace; those before refuse the key. */
const oldestTraefik = [41, 3] as const;

/** Rules within one part of the platform, and about its size. */
export const partRules: readonly Rule[] = [
  ...(["kasm", "gpu", "traefik"] as const).map((part): Rule => ({
    about: [part],
    check: ({ [part]: { chart } }) => {
      const { repo, repoName, oci, path } = chart ?? {};
      return atMostOneOf([part, "chart"], { repo, repoName, oci, path });
    },
  })),
  {
    about: ["kasm"],
    check: (_raw, { kasm: { chart } }) => {
      const refusal = chartRefusal(chart.version);
      return refusal === undefined ? [] : [problem(["kasm", "chart", "version"], refusal)];
    },
  },
  {
    about: ["kasm"],
    check: (_raw, { kasm: { chart, imageTag } }) => {
      const wanted = kasmVersion(chart.version);
      const version = /^\d+\.\d+\.\d+/.exec(imageTag ?? "")?.[0];
      if (version === undefined || version === wanted) return [];
      const why = `but the chart is made for Kasm ${wanted}; its database and these images would not fit`;
      return [problem(["kasm", "imageTag"], `"${imageTag ?? ""}", ${why}`)];
    },
  },
  ...lines.map(([part, chart, line]): Rule => ({
    about: [part],
    check: (_raw, config) => {
      const { version } = config[part].chart;
      const way = `this program knows the value keys of ${line}, and Helm takes no notice of others`;
      return version.startsWith(line.slice(0, -1))
        ? []
        : [problem([part, "chart", "version"], `${chart} ${version}: ${way}`)];
    },
  })),
  {
    about: ["traefik"],
    check: (_raw, { traefik: { mode, chart } }) => {
      const [major = 0, minor = 0] = chart.version.split(".").map(Number);
      if (mode !== "own" || major !== oldestTraefik[0] || minor >= oldestTraefik[1]) return [];
      const why = `has no defaultTLSResourcesNamespace, without which anybody's TLSStore may become the default; take ${oldestTraefik.join(".")}.0 or later`;
      return [problem(["traefik", "chart", "version"], `traefik ${chart.version} ${why}`)];
    },
  },
  {
    about: ["operator", "nodeCount"],
    check: ({ operator: { replicas = 1 }, nodeCount }) =>
      replicas > nodeCount
        ? [
            problem(
              ["operator", "replicas"],
              `${replicas}, but nodeCount is ${nodeCount}; copies on one node only get in each other's way`,
            ),
          ]
        : [],
  },
  {
    about: ["certificate", "domain"],
    check: (_raw, { certificate, domain }) => {
      const refusal = certificateRefusal(certificate, domain);
      return refusal === undefined ? [] : [problem(["certificate"], refusal)];
    },
  },
  { about: ["certificate"], check: ({ certificate }) => atMostOneOf(["certificate"], certificate) },
  {
    about: ["operator"],
    check: ({ operator: { image, bundle } }) => atMostOneOf(["operator"], { image, bundle }),
  },
  {
    about: ["operator"],
    check: ({ operator: { access } }) =>
      access.userHeader !== undefined && access.middlewares.length === 0
        ? [
            problem(
              ["operator", "access", "userHeader"],
              `${access.userHeader} would be believed whoever sends it; name the Middleware that sets it in operator.access.middlewares`,
            ),
          ]
        : [],
  },
  { about: ["portal"], check: ({ portal: { image, bundle } }) => atMostOneOf(["portal"], { image, bundle }) },
  {
    about: ["portal"],
    check: ({ portal: { enabled, oidc, userHeader, middlewares } }) => {
      if (oidc && userHeader !== undefined) return atMostOneOf(["portal"], { oidc, userHeader });
      if (enabled && !oidc && userHeader === undefined)
        return [problem(["portal"], "has neither oidc nor userHeader; nobody could sign in, so give one of them")];
      return userHeader !== undefined && middlewares.length === 0
        ? [
            problem(
              ["portal", "userHeader"],
              `${userHeader} would be believed whoever sends it; name the Middleware that sets it in portal.middlewares`,
            ),
          ]
        : [];
    },
  },
  {
    about: ["kasm", "nodeSize", "nodeCount", "nodePools"],
    check: ({ kasm }, { pools, nodeSize, kasm: { sizing } }) => {
      const size = kasm.deploymentSize;
      const nodes = nodeCount(pools);
      const desktop = defaultDesktop(gpuSlices(pools));
      if (size === undefined || sizeFits(sizing, nodes, nodeSize, desktop)) return [];
      const { cpuMillis, memoryMiB } = plus(kasmDemand(sizing), desktop);
      const needs = `${cpuMillis / 1000} cores and ${memoryMiB / 1024} GiB with one desktop`;
      const has = `${nodes} x ${nodeSize.cpuCores} cores and ${nodeSize.memoryGiB} GiB`;
      const way = "leave it out to get what fits, or correct nodeSize";
      return [problem(["kasm", "deploymentSize"], `"${size}" requests ${needs}, and does not fit on ${has}; ${way}`)];
    },
  },
  {
    about: ["storage"],
    check: ({ storage: { mode, ...rest } }) => (mode === "own" ? [] : onlyInMode("storage", "own", ownStorage, rest)),
  },
  {
    about: ["storage"],
    check: ({ storage: { mode, className } }) =>
      mode === "own" && className === "local-path"
        ? [problem(["storage", "className"], `"local-path" is K3s's own class; mode own needs another name`)]
        : [],
  },
  {
    about: ["traefik"],
    check: ({ traefik: { mode, chart } }) => (mode === "own" ? [] : onlyInMode("traefik", "own", ["chart"], { chart })),
  },
];

const ownStorage = ["path", "image", "helperImage"];

function onlyInMode(
  part: string,
  mode: string,
  keys: readonly string[],
  given: Readonly<Record<string, unknown>>,
): ConfigProblem[] {
  return keys
    .filter((key) => given[key] !== undefined)
    .map((key) => problem([part, key], `has no effect unless ${part}.mode is ${mode}; set the mode or leave it out`));
}
