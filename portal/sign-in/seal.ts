import { hkdfSync } from "node:crypto";
import { EncryptJWT, errors, jwtDecrypt } from "jose";
import type { z } from "zod";

/** What a sealed text is for: none passes for another. */
export type SealPurpose = "session" | "flow" | "renewal";

/** Seals what the browser keeps for the portal: it can neither be read nor made by anybody else. */
export class Seal {
  readonly #key: Uint8Array;
  readonly #nowMs: () => number;

  /** @param secret at least 32 random bytes, the same in all replicas */
  constructor(secret: Uint8Array, nowMs: () => number = Date.now) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "kasm-vdi portal cookies 1", 32));
    this.#nowMs = nowMs;
  }

  /** @returns a JWE in its compact form, which counts for `lifeSeconds` */
  seal(purpose: SealPurpose, content: object, lifeSeconds: number): Promise<string> {
    const now = Math.floor(this.#nowMs() / 1_000);
    return new EncryptJWT({ content })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setAudience(purpose)
      .setIssuedAt(now)
      .setExpirationTime(now + lifeSeconds)
      .encrypt(this.#key);
  }

  /** What was sealed for this purpose; undefined for what is forged, broken, of another purpose or over. */
  async open<Schema extends z.ZodType>(
    purpose: SealPurpose,
    text: string,
    schema: Schema,
  ): Promise<{ content: z.output<Schema>; issuedMs: number; expiresMs: number } | undefined> {
    try {
      const { payload } = await jwtDecrypt(text, this.#key, {
        ...{ audience: purpose, currentDate: new Date(this.#nowMs()), requiredClaims: ["iat", "exp"] },
        ...{ keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] },
      });
      const content = schema.safeParse(payload["content"]);
      if (!content.success) return undefined;
      return { content: content.data, issuedMs: (payload.iat ?? 0) * 1_000, expiresMs: (payload.exp ?? 0) * 1_000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
