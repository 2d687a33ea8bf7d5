import { h } from "preact";
import type { JSX } from "preact";
import type { SessionView } from "../api/schemas.ts";
import { useSecondsSince } from "./seconds.ts";
import type { Words } from "./words.ts";

export interface ProgressProps {
  readonly session: SessionView;
  /** Of its template. */
  readonly usualSeconds: number | undefined;
  readonly words: Words;
}

/** How far a start is: as a share of what starts of the template usually take, where that is known. */
export function Progress({ session, usualSeconds, words: { t } }: ProgressProps): JSX.Element {
  const seconds = useSecondsSince(startBegan(session));
  const share = seconds === undefined ? undefined : startShare(seconds, usualSeconds);
  const isLate = usualSeconds !== undefined && (seconds ?? 0) > 2 * Math.max(usualSeconds, 1);
  const notes = [
    ...(seconds === undefined ? [] : [t("session.elapsed", { seconds })]),
    ...(usualSeconds === undefined ? [] : [t("session.usual", { seconds: Math.max(1, Math.round(usualSeconds)) })]),
  ];
  return h("div", {}, [
    h("progress", { "aria-label": t("state.Creating"), ...(share !== undefined && { value: share, max: 1 }) }),
    h("p", { class: "quiet" }, notes.join(" · ")),
    isLate && h("p", { class: "notice", role: "status" }, t("session.longer")),
  ]);
}

/**
 * When the start under way began: the one that was asked for, or that of a pod which has to take the place of another.
 * Undefined as long as the operator has not taken it up: what is known then is of an earlier start.
 */
export function startBegan({
  isTakenUp,
  startedAt,
  createdAt,
  conditions,
}: Pick<SessionView, "isTakenUp" | "startedAt" | "createdAt" | "conditions">): string | undefined {
  if (!isTakenUp) return undefined;
  const times = [startedAt ?? createdAt, conditions.find(({ type }) => type === "Ready")?.since ?? ""];
  return times.sort().at(-1);
}

/** Never full before the desktop is ready, however long it takes; undefined where nothing is known to go by. */
export function startShare(seconds: number, usualSeconds: number | undefined): number | undefined {
  if (usualSeconds === undefined) return undefined;
  // Three quarters at the usual time, and ever slower after it.
  return Math.min(0.98, 1 - Math.pow(0.25, seconds / Math.max(usualSeconds, 1)));
}
