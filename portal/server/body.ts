import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { Refusal } from "../api/problem.ts";

const mostBytes = 16_384;

/**
 * The JSON of a request, as a schema has it.
 *
 * @throws Refusal
 */
export async function readJson<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!/^application\/json(;|$)/i.test(request.headers["content-type"] ?? ""))
    throw new Refusal(415, "Send application/json.");
  const parsed = schema.safeParse(parseJson(await readText(request)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new Refusal(400, `Not understood: ${problems.join("; ")}`);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed with the loop: whoever sends too much gets an answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Refusal(413, "That is too long.", { Connection: "close" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Not understood: this is no JSON.");
  }
}
