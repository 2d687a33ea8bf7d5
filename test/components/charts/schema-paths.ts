import { z } from "zod";

/** Every key that a schema knows, as a path: `database.storage.pvcSize`. Lists and free-form objects are leaves. */
export function leafPaths(schema: z.core.$ZodType, path = ""): string[] {
  if (schema instanceof z.ZodOptional) return leafPaths(schema.unwrap(), path);
  if (!(schema instanceof z.ZodObject)) return [path];
  const shape = schema.shape as Record<string, z.core.$ZodType>;
  return Object.entries(shape).flatMap(([key, value]) => leafPaths(value, path === "" ? key : `${path}.${key}`));
}

/** `a.{b,c}.d` stands for `a.b.d` and `a.c.d`, as often as there are braces. */
export function expandBraces(pattern: string): string[] {
  const [, before = "", choices, after = ""] = /^(.*?)\{([^}]*)\}(.*)$/.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(",").flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}
