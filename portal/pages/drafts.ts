/** What somebody has typed into a form and not sent, by field. */
export type Draft = Readonly<Record<string, string>>;

type TextStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Keeps drafts of one person in the tab: a sign-in that ends meanwhile must not cost them. */
export class Drafts {
  readonly #store: TextStore;
  readonly #user: string;

  /** @param store usually `sessionStorage`, which ends with its tab */
  constructor(store: TextStore, user: string) {
    this.#store = store;
    this.#user = user;
  }

  keep(form: string, fields: FormData): void {
    const entries = [...fields].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
    this.#store.setItem(this.#key(form), JSON.stringify(Object.fromEntries(entries)));
  }

  read(form: string): Draft | undefined {
    const kept = this.#store.getItem(this.#key(form));
    return kept === null ? undefined : (JSON.parse(kept) as Draft);
  }

  forget(form: string): void {
    this.#store.removeItem(this.#key(form));
  }

  #key(form: string): string {
    return `draft ${this.#user} ${form}`;
  }
}
