import type { AnyObject } from "./object.ts";

/** One line of a watch. The object of `ERROR` is a Status, that of `BOOKMARK` has a resourceVersion alone. */
export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: AnyObject & { code?: number; message?: string };
}

/** The events of a watch's body. Whoever stops to read them ends the request. */
export async function* watchEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const chunk of body) {
    const [first = "", ...others] = decoder.decode(chunk, { stream: true }).split("\n");
    begun.push(first);
    for (const next of others) {
      // Pieces are joined once: adding to a long line at each chunk would copy it again and again.
      const line = begun.join("");
      begun = [next];
      if (line !== "") yield JSON.parse(line) as WatchEvent;
    }
  }
}
