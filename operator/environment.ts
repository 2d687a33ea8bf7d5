type Environment = Readonly<Record<string, string | undefined>>;

/** Some settings are missing or wrong; the message has one line for each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads variables one by one and gathers what is wrong with them, so that all of it is told at once. */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** What is set, or undefined. */
  value(name: string): string | undefined {
    return this.#environment[name];
  }

  text(name: string, fallback?: string): string {
    const value = this.#environment[name] ?? fallback;
    if (value === undefined || value === "") this.problem(`${name} is missing`);
    return value ?? "";
  }

  list(name: string, fallback = ""): string[] {
    return (this.#environment[name] ?? fallback).split(",").filter((it) => it !== "");
  }

  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.#environment[name] ?? fallback;
    const found = allowed.find((it) => it === value);
    if (found === undefined) this.problem(`${name} is "${value}", allowed: ${allowed.join(", ")}`);
    return found ?? fallback;
  }

  /** @param most the largest value allowed; 0 is the smallest */
  integer(name: string, fallback: number, most: number): number {
    const value = this.#environment[name] ?? String(fallback);
    if (!/^\d{1,9}$/.test(value) || Number(value) > most) this.problem(`${name} is "${value}", allowed: 0 to ${most}`);
    return Number(value);
  }

  /** From 1 on; undefined where nothing is set. */
  count(name: string): number | undefined {
    const value = this.#environment[name];
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,5}$/.test(value)) this.problem(`${name} is "${value}", allowed: a whole number from 1 on`);
    return Number(value);
  }

  port(name: string, fallback: number): number {
    return this.integer(name, fallback, 65_535);
  }

  url(name: string, fallback: string): string | undefined {
    const value = this.#environment[name] ?? fallback;
    if (value !== "" && !URL.canParse(value)) this.problem(`${name} is "${value}", allowed: an address, or nothing`);
    return value === "" ? undefined : value;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /**
   * @param whose whose environment it is, for the message
   * @throws SettingsError that names every variable that is missing or wrong, and what is allowed
   */
  check(whose: string): void {
    if (this.#problems.length === 0) return;
    throw new SettingsError(
      `${whose} environment is not right:\n${this.#problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
}

/** What every program of ours is told alike. */
export interface ProgramSettings {
  /** Where sessions live; no other namespace is looked at. */
  readonly namespace: string;
  /** Base domain; every session gets a name below it. */
  readonly domain: string;
  /** Unique to this process. */
  readonly identity: string;
  readonly logLevel: LogLevel;
  /** Address that its servers listen on; every one of the machine when undefined. */
  readonly listenAddress: string | undefined;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export function programSettings(environment: EnvironmentReader): ProgramSettings {
  return {
    namespace: environment.text("VDI_NAMESPACE"),
    domain: environment.text("VDI_DOMAIN"),
    identity: environment.text("POD_NAME"),
    logLevel: environment.choice("VDI_LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    listenAddress: environment.value("VDI_LISTEN_ADDRESS"),
  };
}
