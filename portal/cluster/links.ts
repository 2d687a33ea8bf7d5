import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Refusal } from "../api/problem.ts";

const answerSchema = z.object({ url: z.url(), expiresAt: z.iso.datetime() });
const timeoutMs = 5_000;

/** Asks the gateway for a link to a session, as whoever may act for others. Who may open it was decided before. */
export function linksOf(options: { linksUrl: string; tokenFile: string }) {
  return async (session: string): Promise<z.infer<typeof answerSchema>> => {
    try {
      // The kubelet writes a new one well before the old one ends.
      const token = (await readFile(options.tokenFile, "utf8")).trim();
      const response = await fetch(options.linksUrl, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ session }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.status === 404) throw new Refusal(409, "The desktop cannot be opened: its session has ended.");
      if (!response.ok) throw new Error(`the gateway answered ${response.status}`);
      return answerSchema.parse(await response.json());
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(503, "No link can be made just now; try again in a moment.", { "Retry-After": "2" });
    }
  };
}
