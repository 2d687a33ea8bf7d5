import { BlockList, isIP, isIPv4 } from "node:net";
import { cronProblem } from "./cron.ts";
import { problem } from "./config.rule.ts";
import type { Rule } from "./config.rule.ts";

/** Folders that a restart of the node empties, and K3s's own. */
const unfitFolders: readonly [string, string][] = [
  ...["/tmp", "/var/tmp", "/run", "/var/run", "/dev/shm"].map((folder): [string, string] => [
    folder,
    "is emptied when the node starts",
  ]),
  ...["/dev", "/proc", "/sys"].map((folder): [string, string] => [folder, "is no place on a disk"]),
  ["/var/lib/rancher/k3s/storage", "belongs to the provisioner of K3s, which deletes what it does not know"],
  ["/var/lib/rancher", "belongs to K3s"],
  ["/var/lib/kubelet", "belongs to the kubelet"],
];

/** Rules about what sites have tried and what cannot work there. */
export const siteRules: readonly Rule[] = [
  ...(["kasm", "gpu", "traefik"] as const).map((part): Rule => ({
    about: [part],
    check: ({ [part]: { chart } }) =>
      (["repo", "oci"] as const).flatMap((key) => {
        const address = chart?.[key];
        if (address === undefined || !/^[a-z]+:\/\/[^/]*@/.test(address)) return [];
        const way =
          key === "oci"
            ? "sign in with `helm registry login` where `pulumi up` runs"
            : "mirror the chart to a registry that `helm registry login` signs in to, or give it by path";
        // The address is not repeated: there is a password in it.
        return [
          problem([part, "chart", key], `has a user or password in it, which would be kept in the state; ${way}`),
        ];
      }),
  })),
  {
    about: ["kubeconfig"],
    check: ({ kubeconfig }) =>
      kubeconfig?.startsWith("~") === true
        ? [
            problem(
              ["kubeconfig"],
              `"${kubeconfig}": only a shell knows ~; write the whole path, or leave it out and set KUBECONFIG`,
            ),
          ]
        : [],
  },
  {
    about: ["publicIPs"],
    check: ({ publicIPs }) =>
      publicIPs.length > 0 && !publicIPs.some((it) => isIPv4(it))
        ? [
            problem(
              ["publicIPs"],
              "are of IPv6 alone; Kasm's nginx listens on IPv4, so the cluster needs IPv4 as well: give an IPv4 address too",
            ),
          ]
        : [],
  },
  {
    about: ["kasm"],
    check: ({ kasm: { backup } }) => {
      const wrong = backup && cronProblem(backup.schedule);
      return wrong === undefined
        ? []
        : [problem(["kasm", "backup", "schedule"], `"${backup?.schedule ?? ""}": ${wrong}`)];
    },
  },
  {
    about: ["storage"],
    check: ({ storage: { path = "" } }) => {
      const plain = path.replace(/\/+/g, "/");
      const [folder, why] = unfitFolders.find(([it]) => plain === it || plain.startsWith(`${it}/`)) ?? [];
      return folder === undefined
        ? []
        : [problem(["storage", "path"], `"${path}": ${folder} ${why ?? ""}; choose a folder on the node's disk`)];
    },
  },
  {
    about: ["turn", "publicIPs"],
    check: ({ turn, publicIPs }) => {
      if (!turn.enabled) return [];
      const own = [...(turn.publicIPs ?? publicIPs), ...Object.keys(turn.nat)];
      return turn.allowedPeers.flatMap((range, index) => {
        const inside = own.filter((address) => contains(range, address));
        return inside.length === 0
          ? []
          : [
              problem(
                ["turn", "allowedPeers", index],
                `"${range}" holds ${inside.join(", ")}, the nodes' own addresses: who has a TURN password could reach everything that listens there; name the range of the pods alone`,
              ),
            ];
      });
    },
  },
];

function contains(range: string, address: string): boolean {
  const [network = "", bits = "0"] = range.split("/");
  const family = (ip: string) => (isIP(ip) === 6 ? "ipv6" : "ipv4");
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(network));
  return family(network) === family(address) && list.check(address, family(address));
}
