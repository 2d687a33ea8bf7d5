import { readFile } from "node:fs/promises";

const leastBytes = 32;

/** The key that links and cookies are signed with cannot be used; the message says why and what to do. */
export class SigningKeyError extends Error {
  override readonly name = "SigningKeyError";
}

/**
 * @param file path of the key's file, as VDI_ACCESS_KEY_FILE names it
 * @returns its bytes as they are: at least 32
 * @throws SigningKeyError
 */
export async function readSigningKey(file: string): Promise<Buffer> {
  const remedy = `give the Secret behind VDI_ACCESS_KEY_FILE at least ${leastBytes} random bytes`;
  const key = await readFile(file).catch((error: unknown) => {
    const { code = "no reason given" } = error as NodeJS.ErrnoException;
    throw new SigningKeyError(`the signing key of links and cookies, ${file}, cannot be read (${code}); ${remedy}`);
  });
  if (key.length < leastBytes)
    throw new SigningKeyError(`the signing key of links and cookies, ${file}, has ${key.length} bytes; ${remedy}`);
  return key;
}
