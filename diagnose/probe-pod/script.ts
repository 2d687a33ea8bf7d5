import type { ProbeResult } from "../../analyzers/snapshot.ts";
import type { InsideTarget } from "./targets.ts";

/**
 * What the pod runs: a line for each question, into its termination message, which is read with the pod itself. It needs `sh`,
 * `nslookup`, `nc` and `timeout`, as busybox has them.
 */
export function probeScript(targets: readonly InsideTarget[]): string {
  const asks = targets.map(({ address, port }, index) => `path ${index} ${address} ${port}`);
  return [
    // What is said may hold `*`.
    "set -f",
    "exec 3>/dev/termination-log || exec 3>&1",
    "domain=$(sed -n 's/^search .*[ .]svc\\.\\([^ ]*\\).*/\\1/p' /etc/resolv.conf | head -n 1)",
    'if said=$(nslookup "kubernetes.default.svc.${domain:-cluster.local}." 2>&1)',
    'then echo "dns ok" >&3; else echo "dns failed $(echo $said | tail -c 200)" >&3; fi',
    // A connection that stays open without a word ends by the outer limit: it was made.
    "path() {",
    '  said=$(timeout 5 nc -w 3 "$2" "$3" </dev/null 2>&1)',
    "  case $? in",
    '    0 | 124 | 143) echo "$1 ok" >&3 ;;',
    '    126 | 127) echo "$1 unknown $(echo $said | head -c 100)" >&3 ;;',
    '    *) echo "$1 failed $(echo $said | tail -c 100)" >&3 ;;',
    "  esac",
    "}",
    ...asks,
  ].join("\n");
}

/** The answers in a termination message. What the pod could not ask is not among them. */
export function insideResults(message: string, namespace: string, targets: readonly InsideTarget[]): ProbeResult[] {
  return message.split("\n").flatMap((line): ProbeResult[] => {
    const [, what = "", how, said = ""] = /^(dns|\d{1,3}) (ok|failed) ?(.*)$/.exec(line.trim()) ?? [];
    if (how === undefined) return [];
    const ok = how === "ok";
    const why = said === "" ? "no answer within 3 s" : said;
    if (what === "dns")
      return [
        {
          ...{ probe: "inside-dns", target: `a name of the cluster, from namespace ${namespace}`, ok },
          message: ok ? "is resolved" : why,
          details: { namespace },
        },
      ];
    const target = targets[Number(what)];
    if (!target) return [];
    const { about, address, port } = target;
    return [
      {
        ...{ probe: "inside-path", target: `${address}:${port}, from namespace ${namespace}`, about, ok },
        message: ok ? "takes connections" : why,
        details: { namespace, port },
      },
    ];
  });
}
