import { untrusted, untrustedBytes } from "./untrusted-text.ts";

/** Gives for equal texts one and the same string, as long as they keep coming: of those that do not, it keeps nothing. */
export class SharedStrings {
  #recent = new Map<string, string>();
  #before = new Map<string, string>();
  readonly #most: number;

  /** @param most of how many texts it remembers at least the last */
  constructor(most = 4_096) {
    this.#most = most;
  }

  share(text: string): string {
    const found = this.#recent.get(text);
    if (found !== undefined) return found;
    const shared = this.#before.get(text) ?? text;
    if (this.#recent.size >= this.#most) {
      this.#before = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(shared, shared);
    return shared;
  }
}

/**
 * The same content in less memory, for what is kept for long: an object that had properties deleted is a hash table of
 * several times its size, one fresh from the parser is not; and texts that many objects have are there once. Of 10,000
 * desktops this is more than half. Texts that are longer than anybody may write are cut.
 *
 * @param value plain JSON; what is undefined in it is left out
 */
export function compact<T extends object>(value: T, strings: SharedStrings): T {
  const copy = JSON.parse(JSON.stringify(value)) as T;
  shareIn(copy as Record<string, unknown>, strings);
  return copy;
}

// The parser itself shares texts that are shorter.
const shortest = 11;

function shareIn(container: Record<string, unknown>, strings: SharedStrings): void {
  for (const key of Object.keys(container)) {
    const value = container[key];
    if (typeof value === "string") {
      if (value.length * 3 > untrustedBytes) container[key] = untrusted(value);
      else if (value.length >= shortest) container[key] = strings.share(value);
    } else if (typeof value === "object" && value !== null) shareIn(value as Record<string, unknown>, strings);
  }
}
