/**
 * Something that is read from the API server by several at once: each gets what was asked for after its call, and those who
 * come while one reading is under way share the next.
 */
export class FreshRead<T> {
  readonly #read: () => Promise<T>;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** @throws what reading throws */
  get(): Promise<T> {
    this.#next ??= this.#begin();
    return this.#next;
  }

  async #begin(): Promise<T> {
    const before = this.#last;
    const reading = before.then(() => {
      this.#next = undefined;
      return this.#read();
    });
    this.#last = reading.catch(() => undefined);
    return reading;
  }
}
