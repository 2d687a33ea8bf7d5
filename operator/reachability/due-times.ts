/** Keys by the time at which they are due, the earliest first: a binary heap, so that one timer serves thousands. */
export class DueTimes {
  #heap: { key: string; dueMs: number }[] = [];
  /** What counts; entries of the heap that say otherwise are left over. */
  readonly #due = new Map<string, number>();

  get size(): number {
    return this.#due.size;
  }

  /** Takes the place of the key's earlier time. */
  put(key: string, dueMs: number): void {
    if (this.#due.get(key) === dueMs) return;
    this.#due.set(key, dueMs);
    if (this.#heap.length > 2 * this.#due.size + 64) this.#sweep();
    this.#heap.push({ key, dueMs });
    this.#rise(this.#heap.length - 1);
  }

  remove(key: string): void {
    this.#due.delete(key);
  }

  /** When the first key is due; undefined without any. */
  get nextMs(): number | undefined {
    this.#dropLeftOver();
    return this.#heap[0]?.dueMs;
  }

  /** Removes and gives the first key that is due by now. */
  take(nowMs: number): string | undefined {
    this.#dropLeftOver();
    const [first] = this.#heap;
    if (!first || first.dueMs > nowMs) return undefined;
    this.#due.delete(first.key);
    return first.key;
  }

  /** Drops what is left over anywhere in the heap; a sorted list is a heap. */
  #sweep(): void {
    const current = this.#heap.filter(({ key, dueMs }) => this.#due.get(key) === dueMs);
    this.#heap = current.sort((a, b) => a.dueMs - b.dueMs);
  }

  #dropLeftOver(): void {
    for (let [first] = this.#heap; first && this.#due.get(first.key) !== first.dueMs; [first] = this.#heap) {
      const last = this.#heap.pop();
      if (last && this.#heap.length > 0) this.#heap[0] = last;
      this.#sink();
    }
  }

  #rise(index: number): void {
    for (let parent = (index - 1) >> 1; index > 0 && this.#swapIfLater(parent, index); parent = (index - 1) >> 1)
      index = parent;
  }

  #sink(): void {
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = this.#dueAt(right) < this.#dueAt(left) ? right : left;
      if (!this.#swapIfLater(index, child)) return;
      index = child;
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    const [above, below] = [this.#heap[parent], this.#heap[child]];
    if (!above || !below || above.dueMs <= below.dueMs) return false;
    this.#heap[parent] = below;
    this.#heap[child] = above;
    return true;
  }

  #dueAt(index: number): number {
    return this.#heap[index]?.dueMs ?? Infinity;
  }
}
