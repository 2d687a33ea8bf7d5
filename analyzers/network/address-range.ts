import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Whether an address lies in a range: `10.43.0.10` in `10.43.0.0/16`. False for what is neither. */
export function includesAddress(range: string, address: string): boolean {
  const [base = "", length] = range.split("/");
  const family = isIPv4(base) ? "ipv4" : isIPv6(base) ? "ipv6" : undefined;
  if (family === undefined || (family === "ipv4" ? !isIPv4(address) : !isIPv6(address))) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length ?? (family === "ipv4" ? 32 : 128)), family);
  return list.check(address, family);
}
