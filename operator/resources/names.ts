import { createHash } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * Letters and digits that stand for a text, fit for names and labels: base32 of its SHA-256. 16 of them are 80 bits, so
 * that among 10,000 texts no two are alike, also when somebody chooses them to be.
 */
export function shortHash(text: string, length = 16): string {
  const digest = createHash("sha256").update(text).digest();
  let bits = 0;
  let value = 0;
  let result = "";
  for (const byte of digest) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && result.length < length) {
      bits -= 5;
      result += alphabet[(value >>> bits) & 31] ?? "";
    }
  }
  return result;
}

/** Readable beginning and certain end: `alice-at-example-com-<hash>`, a DNS label of at most 63 characters. */
export function readableName(text: string, hash: string): string {
  const slug = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 62 - hash.length);
  if (slug === "") return `x-${hash}`;
  return slug.endsWith("-") ? `${slug}${hash}` : `${slug}-${hash}`;
}

/** Stands for one session in labels and names; as unique as its uid, so that a session made anew shares nothing. */
export function sessionId(session: { metadata: { uid?: string; name: string } }): string {
  return shortHash(`session ${session.metadata.uid ?? session.metadata.name}`);
}

/** Of Service, IngressRoute, NetworkPolicy and Secret of a session, and of its pod where that has no home. */
export function desktopName(session: { metadata: { uid?: string; name: string } }): string {
  return readableName(session.metadata.name, sessionId(session));
}

/** Stands for one pool in labels. */
export function poolId(pool: { metadata: { uid?: string; name: string } }): string {
  return shortHash(`pool ${pool.metadata.uid ?? pool.metadata.name}`);
}

/** Stands for a user in labels. */
export function userHash(user: string): string {
  return shortHash(`user ${user}`);
}

/** Of the home volume: one per user and namespace, whatever the session. */
export function homeName(user: string): string {
  return readableName(`home-${user}`, userHash(user));
}

/**
 * Of a session's pod. One that mounts a home has the home's name: of one name the API server has one pod, so that no two
 * desktops are ever on one home, whoever makes them and whatever they know.
 */
export function podName(session: {
  metadata: { uid?: string; name: string };
  spec: { user: string; persistence: { enabled: boolean } };
}): string {
  return session.spec.persistence.enabled ? homeName(session.spec.user) : desktopName(session);
}

/** Of the desktop's address: nobody guesses 125 bits, and no two sessions share them. */
export function hostOf(session: { metadata: { uid?: string; name: string } }, domain: string): string {
  return `${shortHash(`host ${session.metadata.uid ?? session.metadata.name}`, 25)}.${domain}`;
}
