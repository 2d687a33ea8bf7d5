import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const lookupMs = 5000;

/** Addresses of a domain and of a name below it; none where a name does not exist. */
export interface DomainAddresses {
  readonly base: readonly string[];
  readonly below: readonly string[];
}

/** Which of these tools are on PATH of this machine. */
export async function toolsOnPath(tools: readonly string[]): Promise<string[]> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const found = tools.map(async (tool) => {
    const places = folders.map((folder) => access(join(folder, tool), constants.X_OK));
    return Promise.any(places).then(
      () => [tool],
      () => [],
    );
  });
  return (await Promise.all(found)).flat();
}

/** What this machine gets for the domain, and for a name below it that nobody has made by hand; or why nobody answered. */
export async function resolveBelow(domain: string): Promise<{ seen: DomainAddresses } | { unseen: string }> {
  const limit = new AbortController();
  const late = sleep(lookupMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`no answer about ${domain} within ${lookupMs / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    const names = [domain, `preflight-${randomBytes(4).toString("hex")}.${domain}`];
    const [base = [], below = []] = await Promise.race([Promise.all(names.map(addressesOf)), late]);
    return { seen: { base, below } };
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  } finally {
    limit.abort();
  }
}

/** Through the machine's own resolver, /etc/hosts included; empty for a name that does not exist. */
async function addressesOf(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTFOUND") return [];
    throw error;
  }
}
