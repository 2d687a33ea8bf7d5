import type { Container } from "../../kube/kinds.ts";
import { untrusted } from "../../kube/untrusted-text.ts";

/** What a container's script waits for, as far as its own words tell. */
export interface Awaited {
  /** `schema`: the database answers, and has the tables of this version. `name`: a DNS name resolves. */
  readonly kind: "http" | "port" | "database" | "schema" | "name";
  readonly host: string;
  readonly port?: number;
  /** As it stands in the script: `http://kasm-api-default:8080/api/__healthcheck`. */
  readonly text: string;
}

/**
 * What a container waits for, by its command, its arguments and its environment: names and places of init containers differ
 * between charts. Undefined where they do not tell.
 */
export function awaitedBy(container: Container): Awaited | undefined {
  const script = withVariables(
    untrusted([...(container.command ?? []), ...(container.args ?? [])].join(" ")),
    container,
  );
  return ofUrl(script) ?? ofDatabase(script, container) ?? ofPort(script) ?? ofName(script);
}

const loopback = new Set(["localhost", "127.0.0.1", "::1", ""]);

function ofUrl(script: string): Awaited | undefined {
  const [text] = /\bhttps?:\/\/[^\s"'`;|<>()]+/.exec(script) ?? [];
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { hostname, port, protocol } = new URL(text);
  if (loopback.has(hostname)) return undefined;
  return { kind: "http", host: hostname, port: Number(port) || (protocol === "https:" ? 443 : 80), text };
}

const postgresPort = 5432;

/** Kasm's charts ask Postgres with pg_isready, and for the schema by a query of `zones` and by alembic's head. */
function ofDatabase(script: string, container: Container): Awaited | undefined {
  const isSchema = /\bzones\b|alembic|schema/i.test(script);
  if (!isSchema && !/pg_isready|psql|postgres/i.test(script)) return undefined;
  const words = wordsOf(script);
  const host = option(words, "-h", "--host") ?? variable(container, databaseHosts);
  if (host === undefined || loopback.has(host)) return undefined;
  const port = Number(option(words, "-p", "--port") ?? variable(container, databasePorts)) || postgresPort;
  const kind = isSchema ? "schema" : "database";
  return { kind, host, port, text: isSchema ? `the schema of database ${host}:${port}` : `database ${host}:${port}` };
}

const databaseHosts = ["PGHOST", "POSTGRES_HOST", "POSTGRES_HOSTNAME", "DATABASE_HOST", "DB_HOST"];
const databasePorts = ["PGPORT", "POSTGRES_PORT", "DATABASE_PORT", "DB_PORT"];

function ofPort(script: string): Awaited | undefined {
  const [, device = "", devicePort = ""] = /\/dev\/tcp\/([\w.-]+)\/(\d{1,5})\b/.exec(script) ?? [];
  const words = wordsOf(script);
  const at = words.indexOf("nc");
  const [ncHost = "", ncPort = ""] = at < 0 ? [] : words.slice(at + 1).filter((it) => !it.startsWith("-"));
  const [host, port] = device === "" ? [ncHost, ncPort] : [device, devicePort];
  if (loopback.has(host) || !/^\d{1,5}$/.test(port)) return undefined;
  return { kind: "port", host, port: Number(port), text: `${host}:${port}` };
}

function ofName(script: string): Awaited | undefined {
  const words = wordsOf(script);
  const at = words.findIndex((it) => it === "nslookup" || it === "getent");
  const host = at < 0 ? undefined : words.slice(at + 1).find((it) => it !== "hosts" && !it.startsWith("-"));
  return host === undefined || loopback.has(host) ? undefined : { kind: "name", host, text: `the name ${host}` };
}

function wordsOf(script: string): string[] {
  return script.split(/[\s;|&()"'`!{}]/).filter(Boolean);
}

/** `-h kasm-db`, `-hkasm-db`, `--host=kasm-db`, `--host kasm-db` */
function option(words: readonly string[], short: string, long: string): string | undefined {
  for (const [at, word] of words.entries()) {
    if (word === short || word === long) return words[at + 1];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
    if (word.startsWith(short) && !word.startsWith("--") && word.length > short.length) return word.slice(short.length);
  }
  return undefined;
}

function variable({ env = [] }: Container, names: readonly string[]): string | undefined {
  return names.map((name) => env.find((it) => it.name === name)?.value).find((it) => it !== undefined && it !== hidden);
}

/** What a snapshot has in place of most values. */
const hidden = "***";

/** `$NAME`, `${NAME}`, `${NAME:-default}`, and `$(NAME)` as Kubernetes itself has it. */
function withVariables(script: string, container: Container): string {
  return script.replace(
    /\$\{(\w+)(?::?-([^}]*))?\}|\$\((\w+)\)|\$(\w+)/g,
    (whole, braced?: string, fallback?: string, round?: string, bare?: string) =>
      variable(container, [braced ?? round ?? bare ?? ""]) ?? fallback ?? whole,
  );
}
