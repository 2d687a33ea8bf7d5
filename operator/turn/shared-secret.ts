import { readFile } from "node:fs/promises";

/** TURN credentials cannot be made; the message says why and what to do. */
export class TurnSecretError extends Error {
  override readonly name = "TurnSecretError";
}

/**
 * Reads what TURN credentials are made from. Anew each time: Kubernetes writes the file again when the Secret changes.
 *
 * @param file as VDI_TURN_SECRET_FILE names it
 * @throws TurnSecretError
 */
export async function readTurnSecret(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const { code = "no reason given" } = error as NodeJS.ErrnoException;
    throw new TurnSecretError(
      `the TURN server's secret, ${file}, cannot be read (${code}); mount the Secret turn-credentials there, or take ` +
        `VDI_TURN away`,
    );
  });
  const secret = text.trimEnd();
  if (secret === "")
    throw new TurnSecretError(`the TURN server's secret, ${file}, is empty; it needs the shared secret`);
  return secret;
}
