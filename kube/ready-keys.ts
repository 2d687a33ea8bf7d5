import { Fifo } from "./fifo.ts";

/** The keys of one priority, by group. */
interface Level {
  readonly priority: number;
  /** Groups that have keys, each once. */
  readonly turns: Fifo<string>;
  /** In order of arrival. Keys that rose to a higher level are still here and are passed over. */
  readonly keys: Map<string, Fifo<string>>;
}

/**
 * Keys in the order in which they are due: the highest priority first; within one priority a key of each group in turn, so
 * that nobody waits for all that another has to do; within a group first come, first served.
 */
export class ReadyKeys {
  /** From high to low. There are few priorities and many keys. */
  #levels: Level[] = [];
  readonly #waiting = new Map<string, { priority: number; sinceMs: number }>();
  readonly #groupOf: (key: string) => string;

  constructor(groupOf: (key: string) => string = () => "") {
    this.#groupOf = groupOf;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** A key that is here already moves up, behind those of the higher priority, and keeps its time of arrival. */
  put(key: string, priority: number, nowMs: number): void {
    const before = this.#waiting.get(key);
    if (before !== undefined && before.priority >= priority) return;
    this.#waiting.set(key, { priority, sinceMs: before?.sinceMs ?? nowMs });
    const { turns, keys } = this.#level(priority);
    const group = this.#groupOf(key);
    const ofGroup = keys.get(group) ?? new Fifo<string>();
    if (!keys.has(group)) {
      keys.set(group, ofGroup);
      turns.push(group);
    }
    ofGroup.push(key);
  }

  shift(): { key: string; sinceMs: number } | undefined {
    for (const level of this.#levels)
      for (let key = next(level); key !== undefined; key = next(level)) {
        const found = this.#waiting.get(key);
        if (found?.priority !== level.priority) continue;
        this.#waiting.delete(key);
        return { key, sinceMs: found.sinceMs };
      }
    return undefined;
  }

  clear(): void {
    this.#levels = [];
    this.#waiting.clear();
  }

  #level(priority: number): Level {
    const found = this.#levels.find((level) => level.priority === priority);
    if (found) return found;
    const level: Level = { priority, turns: new Fifo(), keys: new Map() };
    this.#levels = [...this.#levels, level].sort((a, b) => b.priority - a.priority);
    return level;
  }
}

/** The first key of the group whose turn it is, which comes again after all others. */
function next({ turns, keys }: Level): string | undefined {
  const group = turns.shift();
  if (group === undefined) return undefined;
  const ofGroup = keys.get(group);
  const key = ofGroup?.shift();
  if (ofGroup?.isEmpty === false) turns.push(group);
  else keys.delete(group);
  return key;
}
