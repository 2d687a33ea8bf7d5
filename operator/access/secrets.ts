import { readFile } from "node:fs/promises";

const leastBytes = 32;

/** A secret of the gateway's cannot be used; the message says why and what to do. */
export class GatewaySecretError extends Error {
  override readonly name = "GatewaySecretError";
}

/** The key that links and cookies are signed with. @see readSecret */
export function readSigningKey(file: string): Promise<Buffer> {
  return readSecret(file, "the signing key of links and cookies", "VDI_ACCESS_KEY_FILE");
}

/** What the path must end in at which the user header is believed. @see readSecret */
export async function readHeaderPath(file: string): Promise<string> {
  return (await readSecret(file, "the secret path of forwardAuth", "VDI_ACCESS_PATH_FILE")).toString();
}

/**
 * @param file as `variable` names it
 * @returns its bytes as they are: at least 32
 * @throws GatewaySecretError
 */
async function readSecret(file: string, what: string, variable: string): Promise<Buffer> {
  const remedy = `give the Secret behind ${variable} at least ${leastBytes} random bytes`;
  const secret = await readFile(file).catch((error: unknown) => {
    const { code = "no reason given" } = error as NodeJS.ErrnoException;
    throw new GatewaySecretError(`${what}, ${file}, cannot be read (${code}); ${remedy}`);
  });
  if (secret.length < leastBytes)
    throw new GatewaySecretError(`${what}, ${file}, has ${secret.length} bytes; ${remedy}`);
  return secret;
}
