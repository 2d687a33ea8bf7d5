import { z } from "zod";
import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { Informer } from "../../kube/informer.ts";
import type { AnyObject } from "../../kube/object.ts";
import { Refusal, refusalOf } from "../api/problem.ts";
import { noUsage, usageSchema, usageText } from "../view/usage-record.ts";
import type { Usage } from "../view/usage-record.ts";
import { managerName } from "./actions.ts";

/** The ConfigMap that holds what the portal has to remember; the stack makes it, empty. */
export const recordName = "kasm-portal-record";

const offSchema = z.record(z.string(), z.object({ reason: z.string() }));
const messagesSchema = z.array(z.object({ user: z.string(), text: z.string() }));
/** What is kept as JSON, by its key; `message` is text. */
const schemas = { off: offSchema, messages: messagesSchema, usage: usageSchema };
type Part = keyof typeof schemas;

// What all of them, at their longest, leave a ConfigMap room beside.
const mostMessages = 50;

/** What an administrator tells one user. */
export type UserMessage = z.infer<typeof messagesSchema>[number];

/** Templates that an administrator has switched off, by name. */
export type SwitchedOff = Readonly<Record<string, { readonly reason: string }>>;

export interface RecordOptions {
  readonly client: Pick<ClusterClient, "listPage" | "watch" | "mergePatch">;
  /** The portal's own. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** What administrators have said, and what was used; the same for all replicas, and over their restarts. */
export class PortalRecord {
  readonly #informer: Informer;
  readonly #options: RecordOptions;
  /** What cannot be read, by its key, as the log has it. */
  readonly #told = new Map<Part, string>();

  constructor(options: RecordOptions) {
    this.#options = options;
    const { client, namespace, clock, log } = options;
    const collection = { apiVersion: "v1", kind: "ConfigMap", namespace, fieldSelector: `metadata.name=${recordName}` };
    this.#informer = new Informer(client, collection, { clock, log, isWhole: true });
  }

  get synced(): Promise<void> {
    return this.#informer.synced;
  }

  /** Follows it until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    return this.#informer.run(signal);
  }

  /** Tells of changes that people see: counts are none of them. Returns what ends that. */
  on(changed: () => void): () => void {
    return this.#informer.on({
      add: changed,
      update: (after, before) => {
        if (["message", "messages", "off"].some((key) => textOf(after, key) !== textOf(before, key))) changed();
      },
    });
  }

  /** To everybody; empty for none. */
  get message(): string {
    return this.#text("message") ?? "";
  }

  /** To one user each. */
  get messages(): readonly UserMessage[] {
    return this.#read("messages") ?? [];
  }

  /** Empty for none. */
  messageTo(user: string): string {
    return this.messages.find((it) => it.user === user)?.text ?? "";
  }

  get off(): SwitchedOff {
    return this.#read("off") ?? {};
  }

  get usage(): Usage {
    return this.#read("usage") ?? noUsage;
  }

  /** @param user undefined: everybody. @throws Refusal */
  async setMessage(text: string, user?: string): Promise<void> {
    if (user === undefined) return this.#write({ message: text });
    const others = this.messages.filter((it) => it.user !== user);
    if (text !== "" && others.length >= mostMessages)
      throw new Refusal(409, `There are messages to ${mostMessages} users already: take some back.`);
    const messages = text === "" ? others : [...others, { user, text }];
    await this.#write({ messages: JSON.stringify(messages) }, true);
  }

  /** Takes a message away that its user has read, and not what was written since. @throws Refusal */
  async closeMessage(user: string, text: string): Promise<void> {
    if (this.messageTo(user) === text) await this.setMessage("", user);
  }

  /** @param reason undefined switches it on. @throws Refusal */
  async switchTemplate(name: string, reason: string | undefined): Promise<void> {
    const others = Object.fromEntries(Object.entries(this.off).filter(([known]) => known !== name));
    await this.#write({ off: JSON.stringify(reason === undefined ? others : { ...others, [name]: { reason } }) }, true);
  }

  /** Writes a count, unless another replica has written since. @throws Refusal */
  async setUsage(usage: Usage): Promise<void> {
    await this.#write({ usage: usageText(usage) }, true);
  }

  #text(key: string): string | undefined {
    return textOf(this.#informer.store.get(`${this.#options.namespace}/${recordName}`), key);
  }

  /** Undefined for what is not there, and for what cannot be read, which the log tells once. */
  #read<Key extends Part>(key: Key): z.output<(typeof schemas)[Key]> | undefined {
    const text = this.#text(key) ?? "";
    const read = parsed(text, schemas[key]) as z.output<(typeof schemas)[Key]> | undefined;
    if (read === undefined && text !== "" && this.#told.get(key) !== text) {
      this.#told.set(key, text);
      this.#options.log(this.#unreadable(key));
    }
    return read;
  }

  #isUnreadable(key: Part): boolean {
    return (this.#text(key) ?? "") !== "" && this.#read(key) === undefined;
  }

  #unreadable(key: Part): string {
    const where = `ConfigMap ${this.#options.namespace}/${recordName}`;
    return `"${key}" of ${where} cannot be read, and is not written over: mend it, or take it out`;
  }

  /** @param isOfKnown refused where it has changed since it was read */
  async #write(data: Readonly<Record<string, string>>, isOfKnown = false): Promise<void> {
    const { client, namespace } = this.#options;
    for (const key of Object.keys(schemas) as Part[])
      // Somebody may still mend it, and it is worth more than what would be written in its place.
      if (key in data && this.#isUnreadable(key)) throw new Refusal(409, `${this.#unreadable(key)}.`);
    const known = this.#informer.store.get(`${namespace}/${recordName}`)?.metadata?.resourceVersion;
    const version = isOfKnown && known !== undefined ? { resourceVersion: known } : {};
    const object: AnyObject = {
      ...{ apiVersion: "v1", kind: "ConfigMap", data },
      metadata: { name: recordName, namespace, ...version },
    };
    const written = await client.mergePatch(object, managerName).catch((error: unknown) => {
      throw refusalOf(error);
    });
    this.#informer.observe(written);
  }
}

function textOf(object: AnyObject | undefined, key: string): string | undefined {
  return (object?.["data"] as Record<string, string> | undefined)?.[key];
}

/** Undefined for what is not as the schema has it. */
function parsed<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
