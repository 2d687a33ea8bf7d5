import { useEffect, useState } from "preact/hooks";

/** Whole seconds since a time, told each second; undefined without one. */
export function useSecondsSince(since: string | undefined): number | undefined {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === undefined) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [since]);
  return since === undefined ? undefined : Math.max(0, Math.round((now - Date.parse(since)) / 1_000));
}

/** Since when this page has seen something be false. */
export function useFalseSince(isSo: boolean | undefined): string | undefined {
  const [since, setSince] = useState<string | undefined>();
  useEffect(() => setSince(isSo === false ? new Date().toISOString() : undefined), [isSo]);
  return since;
}
