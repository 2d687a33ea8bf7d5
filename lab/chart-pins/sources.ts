import { parse } from "yaml";
import { z } from "zod";

/** A version in the index of a Helm repository. */
export interface IndexedVersion {
  readonly version: string;
  readonly appVersion: string;
}

/** An advisory of a project, with the ranges of versions that it is about. */
export interface Advisory {
  readonly id: string;
  readonly url: string;
  readonly summary: string;
  readonly severity: string;
  readonly ranges: readonly string[];
}

const indexSchema = z.object({
  entries: z.record(z.string(), z.array(z.object({ version: z.string(), appVersion: z.coerce.string().default("") }))),
});
const advisoriesSchema = z.array(
  z.object({
    ghsa_id: z.string(),
    html_url: z.string(),
    summary: z.string(),
    severity: z.string().nullable(),
    vulnerabilities: z.array(z.object({ vulnerable_version_range: z.string().nullable() })).nullable(),
  }),
);

/** All versions of a chart that a Helm repository offers. */
export async function indexedVersions(repo: string, chart: string): Promise<IndexedVersion[]> {
  const text = await ask(`${repo.replace(/\/$/, "")}/index.yaml`);
  return indexSchema.parse(parse(text)).entries[chart] ?? [];
}

/**
 * The published advisories of a repository on GitHub.
 *
 * @param api address of its API
 * @param token lets it be asked more often
 */
export async function advisories(api: string, repository: string, token?: string): Promise<Advisory[]> {
  const found: Advisory[] = [];
  let next: string | undefined = `${api}/repos/${repository}/security-advisories?state=published&per_page=100`;
  while (next !== undefined) {
    const headers = {
      accept: "application/vnd.github+json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const answer: Response = await get(next, headers);
    found.push(...advisoriesSchema.parse(await answer.json()).map(toAdvisory));
    next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  return found;
}

function toAdvisory(found: z.output<typeof advisoriesSchema>[number]): Advisory {
  return {
    ...{ id: found.ghsa_id, url: found.html_url, summary: found.summary, severity: found.severity ?? "unknown" },
    ranges: (found.vulnerabilities ?? []).flatMap((it) => it.vulnerable_version_range ?? []),
  };
}

async function ask(url: string): Promise<string> {
  return (await get(url)).text();
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status} ${answer.statusText}`);
  return answer;
}
