import { rmSync, writeFileSync } from "node:fs";
import { execa } from "execa";

/** Addresses of desktops: of the pods' range, at its end, which no simulated node gets to. */
const prefix = "10.42.254";
const gateway = `${prefix}.1`;
const bridge = "pods";

/** The network between Traefik, the operator and desktops, in the lab's own network namespace. */
export class PodNetwork {
  /** Of the machine, as far as pods know it. */
  readonly hostAddress = gateway;
  readonly #taken = new Map<string, string>();

  /** Makes the bridge, once per namespace. Services are there under their addresses, as by a kube-proxy. */
  async open(services: readonly string[]): Promise<void> {
    await ip(["link", "set", "lo", "up"]);
    for (const address of services) await ip(["address", "add", `${address}/32`, "dev", "lo"]);
    await ip(["link", "add", bridge, "type", "bridge"]);
    await ip(["address", "add", `${gateway}/24`, "dev", bridge]);
    await ip(["link", "set", bridge, "up"]);
  }

  /** An address for a pod: the one that it had, if nobody else has it. */
  take(uid: string, before: string | undefined): string {
    const used = new Set(this.#taken.values());
    const isOurs = before?.startsWith(`${prefix}.`) === true && !used.has(before);
    const free = Array.from({ length: 253 }, (_, index) => `${prefix}.${index + 2}`).find((it) => !used.has(it));
    const address = isOurs ? before : free;
    if (address === undefined) throw new Error("no address is free: this lab runs 253 desktops at the most");
    this.#taken.set(uid, address);
    return address;
  }

  release(uid: string): void {
    this.#taken.delete(uid);
  }

  /**
   * Makes a pod's network namespace, mounted at `file`, which is there as long as the pod: while a container is started anew, its
   * address refuses connections at once, as with a kubelet's sandbox.
   */
  async lay(file: string, address: string): Promise<void> {
    const end = cableTo(address);
    writeFileSync(file, "");
    await execa("unshare", [`--net=${file}`, "ip", "link", "set", "lo", "up"]);
    const there = ["name", "eth0", "address", hardwareAddress(address), "netns", file];
    await ip(["link", "add", end, "type", "veth", "peer", ...there]);
    await ip(["link", "set", end, "master", bridge, "up"]);
    const inside = [`address add ${address}/24 dev eth0`, "link set eth0 up", `route add default via ${gateway}`];
    await execa("nsenter", [`--net=${file}`, "ip", "-batch", "-"], { input: inside.join("\n") });
  }
}

/** Removes what {@link PodNetwork.lay} has made; it need not be there. */
export async function removeNetwork(file: string, address: string): Promise<void> {
  // The kernel takes its time with a namespace, and with what is in it.
  await execa("ip", ["link", "delete", cableTo(address)], { reject: false });
  await execa("umount", [file], { reject: false });
  rmSync(file, { force: true });
}

function cableTo(address: string): string {
  return `pod${address.slice(prefix.length + 1)}`;
}

/** Always the same for an address: what neighbours remember of the pod that had it before stays right. */
export function hardwareAddress(address: string): string {
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return ["02", "42", ...bytes].join(":");
}

async function ip(args: readonly string[]): Promise<void> {
  await execa("ip", args);
}
