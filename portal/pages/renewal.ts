import { api } from "./api.ts";

const beforeEndMs = 600_000;

/**
 * Renews the sign-in before it ends, in one tab for all: the cookies are the same. Returns what ends that.
 *
 * @param renewed told of the new end
 */
export function renewInTime(expiresAt: string, renewed: (expiresAt: string) => void): () => void {
  const inMs = Math.max(1_000, Date.parse(expiresAt) - beforeEndMs - Date.now());
  const timer = window.setTimeout(() => {
    const renew = async () => {
      const { expiresAt: now } = await api.me();
      const end = now !== undefined && Date.parse(now) - Date.now() > beforeEndMs ? now : (await api.renew()).expiresAt;
      renewed(end);
    };
    // Who cannot renew works on until the end, and is asked to sign in then.
    void navigator.locks.request("sign-in", renew).catch(() => undefined);
  }, inMs);
  return () => window.clearTimeout(timer);
}
