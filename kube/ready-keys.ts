/** Keys in the order in which they are due: the highest priority first, within one priority first come, first served. */
export class ReadyKeys {
  /** Per priority the keys in order of arrival, with the time of that. There are few priorities and many keys. */
  readonly #levels = new Map<number, Map<string, number>>();
  readonly #priorities = new Map<string, number>();
  #descending: number[] = [];

  get size(): number {
    return this.#priorities.size;
  }

  has(key: string): boolean {
    return this.#priorities.has(key);
  }

  /** A key that is here already moves up, behind those of the higher priority, and keeps its time of arrival. */
  put(key: string, priority: number, nowMs: number): void {
    const before = this.#priorities.get(key);
    if (before !== undefined && before >= priority) return;
    const since = (before === undefined ? undefined : this.#remove(key, before)) ?? nowMs;
    this.#priorities.set(key, priority);
    const level = this.#levels.get(priority);
    if (level) level.set(key, since);
    else {
      this.#levels.set(priority, new Map([[key, since]]));
      this.#descending = [...this.#levels.keys()].sort((a, b) => b - a);
    }
  }

  shift(): { key: string; sinceMs: number } | undefined {
    for (const priority of this.#descending)
      for (const [key, sinceMs] of this.#levels.get(priority) ?? []) {
        this.#remove(key, priority);
        return { key, sinceMs };
      }
    return undefined;
  }

  clear(): void {
    this.#levels.clear();
    this.#priorities.clear();
    this.#descending = [];
  }

  #remove(key: string, priority: number): number | undefined {
    const level = this.#levels.get(priority);
    const since = level?.get(key);
    level?.delete(key);
    this.#priorities.delete(key);
    return since;
  }
}
