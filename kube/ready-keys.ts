interface Level {
  readonly priority: number;
  /** In order of arrival, from `head` on. Keys that rose to a higher level are still here and are passed over. */
  keys: string[];
  head: number;
}

/** Keys in the order in which they are due: the highest priority first, within one priority first come, first served. */
export class ReadyKeys {
  /** From high to low. There are few priorities and many keys. */
  #levels: Level[] = [];
  readonly #waiting = new Map<string, { priority: number; sinceMs: number }>();

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
    this.#level(priority).keys.push(key);
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
    const level: Level = { priority, keys: [], head: 0 };
    this.#levels = [...this.#levels, level].sort((a, b) => b.priority - a.priority);
    return level;
  }
}

// Array.shift moves all the others, and a Map that is emptied from its front steps over the gaps each time.
function next(level: Level): string | undefined {
  const key = level.keys[level.head++];
  if (key === undefined || level.head * 2 > level.keys.length + 64) {
    level.keys = level.keys.slice(level.head);
    level.head = 0;
  }
  return key;
}
