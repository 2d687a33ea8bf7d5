import { z } from "zod";
import type { ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { Informer } from "../../kube/informer.ts";
import type { AnyObject } from "../../kube/object.ts";
import { Refusal, refusalOf } from "../api/problem.ts";
import type { Usage } from "../view/usage.ts";
import { managerName } from "./actions.ts";

/** The ConfigMap that holds what the portal has to remember; the stack makes it, empty. */
export const recordName = "kasm-portal-record";

const offSchema = z.record(z.string(), z.object({ reason: z.string() }));
const messagesSchema = z.array(z.object({ user: z.string(), text: z.string() }));
const usageSchema = z.object({
  countedUntil: z.string().optional(),
  months: z.record(z.string(), z.record(z.string(), z.number())),
});

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

  constructor(options: RecordOptions) {
    this.#options = options;
    const { client, namespace, clock, log } = options;
    const collection = { apiVersion: "v1", kind: "ConfigMap", namespace, fieldSelector: `metadata.name=${recordName}` };
    this.#informer = new Informer(client, collection, { clock, log });
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
    return parsed(this.#text("messages"), messagesSchema) ?? [];
  }

  /** Empty for none. */
  messageTo(user: string): string {
    return this.messages.find((it) => it.user === user)?.text ?? "";
  }

  get off(): SwitchedOff {
    return parsed(this.#text("off"), offSchema) ?? {};
  }

  get usage(): Usage {
    return parsed(this.#text("usage"), usageSchema) ?? { months: {} };
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
    await this.#write({ usage: JSON.stringify(usage) }, true);
  }

  #text(key: string): string | undefined {
    return textOf(this.#informer.store.get(`${this.#options.namespace}/${recordName}`), key);
  }

  /** @param isOfKnown refused where it has changed since it was read */
  async #write(data: Readonly<Record<string, string>>, isOfKnown = false): Promise<void> {
    const { client, namespace } = this.#options;
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

/** Undefined for what is not there, and for what somebody has written by hand that cannot be read. */
function parsed<Schema extends z.ZodType>(text: string | undefined, schema: Schema): z.output<Schema> | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
