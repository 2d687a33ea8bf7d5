import { readFile } from "node:fs/promises";

const leastBytes = 32;

/** A secret of a program's own cannot be used; the message says why and what to do, and never what is in it. */
export class SecretFileError extends Error {
  override readonly name = "SecretFileError";
}

export interface SecretFile {
  /** What it is, as the beginning of a sentence. */
  readonly what: string;
  /** The variable that names the file. */
  readonly variable: string;
}

/**
 * Reads random bytes that a Secret brings.
 *
 * @returns the file's bytes as they are: at least 32
 * @throws SecretFileError
 */
export async function readSecretFile(file: string, { what, variable }: SecretFile): Promise<Buffer> {
  const remedy = `give the Secret behind ${variable} at least ${leastBytes} random bytes`;
  const secret = await readFile(file).catch((error: unknown) => {
    const { code = "no reason given" } = error as NodeJS.ErrnoException;
    throw new SecretFileError(`${what}, ${file}, cannot be read (${code}); ${remedy}`);
  });
  if (secret.length < leastBytes) throw new SecretFileError(`${what}, ${file}, has ${secret.length} bytes; ${remedy}`);
  return secret;
}
