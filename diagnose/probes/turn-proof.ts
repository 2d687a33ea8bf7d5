import { createHash, createHmac } from "node:crypto";
import { attributes } from "./stun-message.ts";
import type { Attribute, StunMessage } from "./stun-message.ts";

export interface TurnCredentials {
  readonly user: string;
  readonly password: string;
}

/** Credentials that end in ten minutes, as the operator makes them: coturn's use-auth-secret. */
export function ephemeralCredentials(secret: string, nowMs: number): TurnCredentials {
  const user = `${Math.floor(nowMs / 1_000) + 600}:kasm-vdi-diagnose`;
  return { user, password: createHmac("sha1", secret).update(user).digest("base64") };
}

/** By which a request shows that its sender knows the password. */
export interface Proof {
  readonly values: readonly Attribute[];
  readonly key: Buffer;
}

/** Realm and nonce are those of the server's last refusal. */
export function proofFor({ attributes: found }: StunMessage, { user, password }: TurnCredentials): Proof {
  const realm = found.get(attributes.realm) ?? Buffer.alloc(0);
  const nonce = found.get(attributes.nonce) ?? Buffer.alloc(0);
  return {
    values: [
      [attributes.username, Buffer.from(user)],
      [attributes.realm, realm],
      [attributes.nonce, nonce],
    ],
    key: createHash("md5")
      .update(`${user}:${realm.toString("utf8")}:${password}`)
      .digest(),
  };
}
